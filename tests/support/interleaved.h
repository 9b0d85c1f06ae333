/* SPDX-License-Identifier: MIT */
/* Programs on a loop, run in every order that its contract leaves open. */
#ifndef SUPPORT_INTERLEAVED_H
#define SUPPORT_INTERLEAVED_H

#include "support/interleaved_loop.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <utility>

/* What other code does, at any moment. */
struct Act : occurrence {
    Act(const char *what, std::function<void()> function)
        : occurrence(), act(std::move(function))
    {
        name = what;
        watch.handle.run = [](struct handle *run) {
            auto *it = container_of(run, struct occurrence, watch.handle);
            static_cast<Act *>(it)->act();
        };
    }
    Act(const Act &) = delete;
    std::function<void()> act;
};

/* Runs once on a loop; returns what is wrong in the end, or nothing. */
using Program = std::function<std::string(struct interleaved_loop *)>;

struct Orders {
    struct exploration exploration;
    std::string wrong, story, order; /* of the run that failed */
};

/* One run. */
inline std::string run_interleaved(const Program &program,
                                   struct interleaving *interleaving,
                                   std::string *story)
{
    struct interleaved_loop loop;
    if (interleaved_loop_init(&loop, interleaving))
        return "there is no loop";
    std::string wrong = program(&loop);
    *story = loop.story;
    interleaved_loop_deinit(&loop);
    return wrong;
}

/* Tries each order, if there are at most `every_up_to`; else that many, and a
 * sample. */
inline Orders explore(const Program &program, size_t every_up_to = 20000,
                      size_t sample = 5000)
{
    struct Both {
        const Program &program;
        Orders orders;
    } both = {program, {}};
    both.orders.exploration.every_up_to = every_up_to;
    both.orders.exploration.sample = sample;
    both.orders.exploration.seed = 1;
    auto run = [](void *context, struct interleaving *interleaving) {
        auto *it = static_cast<Both *>(context);
        it->orders.wrong =
            run_interleaved(it->program, interleaving, &it->orders.story);
        return it->orders.wrong.empty();
    };
    interleaving_explore(&both.orders.exploration, run, &both);
    char text[INTERLEAVING_TEXT_MAX];
    both.orders.order = interleaving_text(&both.orders.exploration.last, text);
    return both.orders;
}

/* What is wrong in this order; empty if nothing is. */
inline std::string replay(const Program &program, const std::string &order,
                          std::string *story)
{
    struct interleaving interleaving;
    if (!interleaving_parse(&interleaving, order.c_str()))
        return "not an order: " + order;
    std::string wrong = run_interleaved(program, &interleaving, story);
    return interleaving.misfit ? "the order does not fit this program" : wrong;
}

/* Expects that no order is wrong. With WAITLAB_ORDER=0.2.1 only that one is
 * run. */
inline void expect_every_order(const Program &program,
                               size_t every_up_to = 20000, size_t sample = 5000)
{
    const char *only = getenv("WAITLAB_ORDER");
    std::string story;
    if (only) {
        EXPECT_EQ(replay(program, only, &story), "") << story;
        return;
    }
    Orders orders = explore(program, every_up_to, sample);
    testing::Test::RecordProperty("orders",
                                  std::to_string(orders.exploration.runs));
    EXPECT_FALSE(orders.exploration.failed)
        << orders.wrong << "\n  in the order " << orders.order << ": "
        << orders.story << "\n  WAITLAB_ORDER=" << orders.order
        << " runs it again";
}

/* Expects that this fault is found, and found again by the order alone. */
inline void expect_order_found(const Program &program, const std::string &wrong)
{
    Orders orders = explore(program);
    EXPECT_EQ(orders.wrong, wrong);
    std::string story;
    EXPECT_EQ(replay(program, orders.order, &story), wrong);
    EXPECT_EQ(story, orders.story);
}

#endif
