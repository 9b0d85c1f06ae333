/* SPDX-License-Identifier: MIT */
/* What every test of a loop begins with: a loop on a virtual clock and a
 * script, calls that are C++ functions, and a diary of what was called. */
#ifndef CALLBACKS_LOOP_FIXTURE_H
#define CALLBACKS_LOOP_FIXTURE_H

#include "callbacks/loop.h"
#include "support/scripted_selector.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

/* A handle that calls a C++ function. */
struct Call : handle {
    explicit Call(std::function<void()> function)
        : handle(), what(std::move(function))
    {
        run = [](handle *self) { static_cast<Call *>(self)->what(); };
    }
    Call(const Call &) = delete;
    std::function<void()> what;
};

/* A watch that calls a C++ function with what is ready. */
struct Watch : watch {
    Watch(int descriptor, std::function<void(unsigned)> function)
        : watch(), what(std::move(function))
    {
        fd = descriptor;
        handle.run = [](struct handle *run) {
            auto *self = container_of(run, struct watch, handle);
            static_cast<Watch *>(self)->what(self->ready);
        };
    }
    Watch(const Watch &) = delete;
    std::function<void(unsigned)> what;
};

class LoopTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        virtual_clock_init(&clock);
        start = clock.now;
        script_init(&script, &clock);
        ASSERT_EQ(loop_new(&loop, &scripted_selector, &clock.clock), 0);
    }
    void TearDown() override
    {
        loop_free(loop);
    }

    void soon(Call &call)
    {
        loop_call_soon(loop, &call);
    }
    void at(Call &call, nanos after)
    {
        loop_call_at(loop, &call, start + after);
    }
    void cancel(Call &call)
    {
        loop_cancel(loop, &call);
    }
    int watch(Watch &who, unsigned interest)
    {
        return loop_watch(loop, &who, interest);
    }
    int run()
    {
        return loop_run(loop);
    }
    /* A function that writes one letter into the diary. */
    std::function<void()> note(char letter)
    {
        return [this, letter] { diary += letter; };
    }

    struct virtual_clock clock;
    nanos start;
    struct script script;
    struct loop *loop = nullptr;
    std::string diary;
};

#endif
