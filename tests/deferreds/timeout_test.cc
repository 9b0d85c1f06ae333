/* SPDX-License-Identifier: MIT */
/* addTimeout, with a function of one's own: rule DF22. */
#include "deferreds/timeout.h"
#include "time_fixture.h"

/* ---- addTimeout with a function of one's own ---- */

TEST_F(TimeTest, ALateOutcomeGoesThroughTheFunctionGivenForThat_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        outcome_drop(outcome);
        return outcome_text("too late");
    };
    struct deferred *d = deferred_new([](struct deferred *) { return false; });
    ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, late, NULL), 0);
    callback(d, rung("got"));
    advance(S);
    EXPECT_EQ(diary, "got('too late') ");
    deferred_detach(d);
}

TEST_F(TimeTest, AnOutcomeInTimeDoesNotGoThroughIt_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        ADD_FAILURE();
        return outcome;
    };
    struct deferred *d = deferred_new(NULL);
    ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, late, NULL), 0);
    callback(d, rung("got"));
    fire(d, 1);
    advance(2 * S);
    EXPECT_EQ(diary, "got(1) ");
    deferred_detach(d);
}

TEST_F(TimeTest, AnErrbackBeforeTheTimeoutMayMendTheCancellation_DF22)
{
    struct deferred *d = deferred_new([](struct deferred *) { return false; });
    errback(d, rung("mends", mends));
    ASSERT_EQ(deferred_add_timeout(d, clock.loop, S), 0);
    both(d, rung("got"));
    advance(S);
    EXPECT_EQ(diary, "mends(CancelledError()) got('mended') ");
    deferred_detach(d);
}

TEST_F(TimeTest, ACancellerMayFireItWithAValueWhenTheTimeHasCome_DF22)
{
    struct deferred *d = deferred_new([](struct deferred *self) {
        deferred_callback(self, outcome_number(5));
        return false;
    });
    ASSERT_EQ(deferred_add_timeout(d, clock.loop, S), 0);
    both(d, rung("got"));
    advance(S);
    EXPECT_EQ(diary, "got(5) ");
    deferred_detach(d);
}

TEST_F(TimeTest, ACancellerMayFireItWithAFailureWhenTheTimeHasCome_DF22)
{
    struct deferred *d = deferred_new([](struct deferred *self) {
        deferred_errback(self, &failure_no_memory);
        return false;
    });
    ASSERT_EQ(deferred_add_timeout(d, clock.loop, S), 0);
    errback(d, rung("got", mends));
    advance(S);
    EXPECT_EQ(diary, "got(OSError(out of memory)) ");
    deferred_detach(d);
}

TEST_F(TimeTest, AFailureInTimeTakesTheTimerOff_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        ADD_FAILURE();
        return outcome;
    };
    for (deferred_fn *fn : {static_cast<deferred_fn *>(nullptr),
                            static_cast<deferred_fn *>(late)}) {
        struct deferred *d = deferred_new(NULL);
        ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, fn, NULL), 0);
        errback(d, rung("failed", mends));
        deferred_errback(d, &failure_no_memory);
        EXPECT_EQ(task_clock_delayed_calls(&clock), 0u);
        deferred_detach(d);
    }
    EXPECT_EQ(count_of("failed(OSError(out of memory)) ", diary), 2);
}

TEST_F(TimeTest, ACancellationBeforeTheTimeDoesNotGoThroughIt_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        ADD_FAILURE();
        return outcome;
    };
    struct deferred *d = deferred_new([](struct deferred *) { return false; });
    ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, late, NULL), 0);
    errback(d, rung("failed", mends));
    deferred_cancel(d);
    EXPECT_EQ(diary, "failed(CancelledError()) ");
    deferred_detach(d);
}

/* What comes before the timeout runs first. */
TEST_F(TimeTest, WhatAnErrbackMadeOfTheCancellationGoesThroughIt_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        EXPECT_STREQ(outcome.text, "mended");
        return outcome_text("too late");
    };
    struct deferred *d = deferred_new([](struct deferred *) { return false; });
    errback(d, rung("mends", mends));
    ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, late, NULL), 0);
    both(d, rung("got"));
    advance(S);
    EXPECT_EQ(diary, "mends(CancelledError()) got('too late') ");
    deferred_detach(d);
}

TEST_F(TimeTest, WhatTheCancellerFiredGoesThroughItToo_DF22)
{
    auto late = [](void *, struct outcome outcome) {
        EXPECT_EQ(outcome.number, 5);
        return outcome_text("too late");
    };
    struct deferred *d = deferred_new([](struct deferred *self) {
        deferred_callback(self, outcome_number(5));
        return false;
    });
    ASSERT_EQ(deferred_add_timeout_with(d, clock.loop, S, late, NULL), 0);
    both(d, rung("got"));
    advance(S);
    EXPECT_EQ(diary, "got('too late') ");
    deferred_detach(d);
}
