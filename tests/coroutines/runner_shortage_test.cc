/* SPDX-License-Identifier: MIT */
/* Each allocation of a generator under a Runner fails once. Whatever comes of
 * it, it ends once, and no value is lost or dropped twice. */
#include "coroutines/yield_point.h"
#include "script.h"
#include "support/failing_malloc.h"

namespace
{

enum { VALUES = 6 };

/* Two values under keys, two of Tasks, and two as the arguments of one call. */
struct Six : runner {
    explicit Six(std::string *diary) : runner(), body(diary)
    {
        body.then(yields(gen_callback(&first, "a")))
            .with([this](struct outcome got) {
                call(got);
                return yields(gen_callback(&second, "b"));
            })
            .with([this](struct outcome got) {
                call(got);
                return yields(gen_wait_all(&all, keys, 2));
            })
            .except([this](struct outcome got) {
                outcome_drop(got);
                return yields(gen_multi(&multi, children, 2));
            })
            .except([this](struct outcome got) {
                outcome_drop(got);
                return yields(gen_task(&last, call_with_two, this));
            })
            .except([](struct outcome got) { return returns(got); });
    }
    void call(struct outcome got)
    {
        runner_call(static_cast<struct runner_callback *>(got.pointer),
                    counted(&drops[made++]));
    }
    static void call_with_one(void *self, struct runner_callback *callback)
    {
        auto *six = static_cast<Six *>(self);
        runner_call(callback, counted(&six->drops[six->made++]));
    }
    static void call_with_two(void *self, struct runner_callback *callback)
    {
        auto *six = static_cast<Six *>(self);
        struct outcome arguments[2];
        for (struct outcome &argument : arguments)
            argument = counted(&six->drops[six->made++]);
        runner_call_with(callback, 2, arguments);
    }

    Script body;
    int made = 0, drops[VALUES] = {}, ends = 0;
    bool failed = false;
    const char *keys[2] = {"a", "b"};
    struct callback_point first, second;
    struct wait_all_point all;
    struct task_point tasks[2], last;
    struct outcome children[2] = {gen_task(&tasks[0], call_with_one, this),
                                  gen_task(&tasks[1], call_with_one, this)};
    struct multi_point multi;
};

void end(struct runner *self, struct outcome outcome)
{
    auto *six = static_cast<Six *>(self);
    six->failed = outcome_is_failure(&outcome);
    outcome_drop(outcome);
    six->ends++;
}

TEST(RunnerShortage, EndsOnceAndLosesNoValue)
{
    unsigned number = 1, seen, failed = 0;
    do {
        std::string diary;
        Six six(&diary);
        failing_malloc_begin(number);
        struct generator *generator = frame_engine.make(&six.body);
        if (generator)
            runner_start(&six, generator, end);
        seen = failing_malloc_end();
        if (!generator)
            continue;
        EXPECT_EQ(six.ends, 1);
        EXPECT_EQ(six.made, VALUES);
        failed += six.failed;
        for (int drops : six.drops)
            EXPECT_EQ(drops, 1) << "of allocations " << number << " failed";
    } while (seen >= number++);
    EXPECT_GE(seen, 4u); /* the frame, and a list for each of three */
    EXPECT_EQ(failed, 1u);
}

} // namespace
