/* SPDX-License-Identifier: MIT */
/* A run in every order in which it can go: what happens next is chosen by an
 * interleaving, see tests/support/interleaving.h. */
#ifndef LESSONS_CHECK_ORDERS_H
#define LESSONS_CHECK_ORDERS_H

#include "support/interleaving.h"

#include <functional>
#include <string>

/* Goes in one order, and says what was wrong; nothing if all was right. */
using InOneOrder = std::function<std::string(struct interleaving *)>;

/* What was wrong in the first order in which something was. All orders are
 * tried: if there are more than `most`, that is what is wrong. */
inline std::string wrong_in_an_order(uint64_t most, const InOneOrder &run)
{
    struct Case {
        const InOneOrder &run;
        std::string wrong;
    } all = {run, ""};
    struct exploration exploration = {};
    exploration.every_up_to = most;
    interleaving_explore(
        &exploration,
        [](void *context, struct interleaving *order) {
            auto *it = static_cast<Case *>(context);
            it->wrong = it->run(order);
            return it->wrong.empty();
        },
        &all);
    if (all.wrong.empty() && !exploration.all)
        return "there are more than " + std::to_string(most) + " orders";
    return all.wrong;
}

#endif
