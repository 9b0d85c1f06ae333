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
 * tried if there are at most `most` of them, else a sample. */
inline std::string wrong_in_an_order(uint64_t most, const InOneOrder &run)
{
    struct Case {
        const InOneOrder &run;
        std::string wrong;
    } all = {run, ""};
    struct exploration exploration = {};
    exploration.every_up_to = most;
    exploration.seed = 1;
    interleaving_explore(
        &exploration,
        [](void *context, struct interleaving *order) {
            auto *it = static_cast<Case *>(context);
            it->wrong = it->run(order);
            return it->wrong.empty();
        },
        &all);
    return all.wrong;
}

#endif
