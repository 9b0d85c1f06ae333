/* SPDX-License-Identifier: MIT */
/* A loop for a check, whose turns it makes one by one. The clock is virtual:
 * where a loop would sleep until a timer, the time has come. */
#ifndef LESSONS_CHECK_TURNS_H
#define LESSONS_CHECK_TURNS_H

#include "callbacks/loop.h"
#include "lessons/check/words.h"
#include "support/scripted_selector.h"
#include "support/virtual_clock.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

/* A handle that does what it is given. */
struct Act : handle {
    explicit Act(std::function<void()> function = nullptr)
        : handle(), act(std::move(function))
    {
        run = [](struct handle *self) { static_cast<Act *>(self)->act(); };
    }
    Act(const Act &) = delete;
    std::function<void()> act;
};

struct Turns {
    Turns() : stop([this] { loop_stop(loop); })
    {
        virtual_clock_init(&clock);
        script_init(&script, &clock);
        begin = clock.now;
        if (loop_new(&loop, &scripted_selector, &clock.clock))
            ADD_FAILURE() << own_trouble;
    }
    ~Turns()
    {
        loop_free(loop);
    }
    Turns(const Turns &) = delete;

    /* One turn, that does not sleep. */
    void turn()
    {
        loop_call_soon(loop, &stop);
        EXPECT_EQ(loop_run(loop), 0) << own_trouble;
        made++;
    }
    /* Until nothing is left that could happen. False: the loop has turned a
     * hundred times, and that was still not so. */
    bool run()
    {
        script.fail_at = script.waits + 100;
        return loop_run(loop) == 0;
    }
    /* Since the beginning: "1 s". */
    std::string now() const
    {
        char text[32];
        snprintf(text, sizeof text, "%g s",
                 nanos_as_seconds(clock.now - begin));
        return text;
    }

    struct virtual_clock clock;
    struct script script;
    struct loop *loop = nullptr;
    nanos begin = 0;
    int made = 0;
    Act stop;
};

#endif
