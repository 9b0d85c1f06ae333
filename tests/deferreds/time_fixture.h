/* SPDX-License-Identifier: MIT */
/* Time on a clock that is moved by hand, with calls that are written into the
 * diary. */
#ifndef DEFERREDS_TIME_FIXTURE_H
#define DEFERREDS_TIME_FIXTURE_H

#include "deferred_fixture.h"
#include "deferreds/delayed_call.h"
#include "deferreds/looping_call.h"
#include "deferreds/task_clock.h"

static const nanos S = NANOS_PER_SECOND;

class TimeTest : public DeferredTest
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(task_clock_init(&clock), 0);
        loop.loop = clock.loop;
        loop.fn = [](void *test, struct outcome count) {
            return static_cast<TimeTest *>(test)->tick(count);
        };
        loop.context = this;
    }
    void TearDown() override
    {
        task_clock_deinit(&clock);
    }
    /* A call that writes its name and the time. */
    struct Call : delayed_call {
        TimeTest *test;
        std::string name;
        std::function<void()> then;
    };
    Call *call(const std::string &name, nanos after,
               std::function<void()> then = nullptr)
    {
        calls.emplace_back();
        Call *made = &calls.back();
        static_cast<delayed_call &>(*made) = {};
        made->test = this;
        made->name = name;
        made->then = std::move(then);
        delayed_call_start(
            made, clock.loop, after,
            [](void *context) {
                auto *self = static_cast<Call *>(context);
                self->test->diary += self->name + "@" + self->test->now() + " ";
                if (self->then)
                    self->then();
            },
            made);
        return made;
    }
    std::string now() const
    {
        char text[32];
        snprintf(text, sizeof text, "%g", (double)clock.now / (double)S);
        return text;
    }
    void advance(nanos time)
    {
        ASSERT_EQ(task_clock_advance(&clock, time), 0);
    }
    struct outcome tick(struct outcome count)
    {
        diary += std::to_string(count.number) + "@" + now() + " ";
        return on_tick ? on_tick() : outcome_none();
    }
    struct deferred *start(nanos interval, bool at_once = true)
    {
        struct deferred *d = looping_call_start(&loop, interval, at_once);
        both(d, rung("done"));
        callback(d, silently(consumed));
        errback(d, silently(consumed));
        return d;
    }
    static struct outcome consumed(struct outcome outcome)
    {
        outcome_drop(outcome);
        return outcome_none();
    }

    struct task_clock clock;
    std::list<Call> calls;
    struct looping_call loop = {};
    std::function<struct outcome()> on_tick;
};

#endif
