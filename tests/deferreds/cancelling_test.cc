/* SPDX-License-Identifier: MIT */
/* A Deferred that is cancelled: rules DF13 to DF15. */
#include "deferred_fixture.h"

/* ---- DF13 to DF15: cancelling ---- */

TEST_F(DeferredTest, CancelledItFailsAndForgivesOneLateFire_DF13)
{
    int drops = 0;
    struct deferred *d = deferred_new(NULL);
    both(d, rung("r", mends));
    deferred_cancel(d);
    EXPECT_EQ(diary, "r(CancelledError()) ");
    EXPECT_EQ(deferred_callback(d, counted(&drops)), 0);
    EXPECT_EQ(deferred_callback(d, counted(&drops)), -EALREADY);
    EXPECT_EQ(drops, 2);
    deferred_detach(d);
}

TEST_F(DeferredTest, LivesUntilTheLateFireHasCome_DF13)
{
    struct deferred *d = deferred_new(NULL);
    both(d, rung("r", mends));
    deferred_cancel(d);
    deferred_detach(d);
    EXPECT_EQ(fire(d, 1), 0);
}

TEST_F(DeferredTest, ACancellerThatDoesNotFireItLetsItFail_DF14)
{
    with_canceller it([] { return false; });
    both(&it.deferred, rung("r", mends));
    deferred_cancel(&it.deferred);
    EXPECT_EQ(diary, "r(CancelledError()) ");
    EXPECT_EQ(fire(&it.deferred, 1), -EALREADY);
    deferred_cancel(&it.deferred);
    EXPECT_EQ(it.cancelled, 1);
    deferred_detach(&it.deferred);
    EXPECT_EQ(it.released, 1);
}

TEST_F(DeferredTest, WhatTheCancellerFiresIsKept_DF14)
{
    with_canceller it([&it] {
        deferred_callback(&it.deferred, outcome_text("so far"));
        return false;
    });
    both(&it.deferred, rung("r"));
    deferred_cancel(&it.deferred);
    EXPECT_EQ(diary, "r('so far') ");
    EXPECT_EQ(it.cancelled, 1);
    deferred_detach(&it.deferred);
}

TEST_F(DeferredTest, OneThatItsCancellerEndsIsNotTouchedAfterwards_DF14)
{
    auto *it = new with_canceller(nullptr);
    it->cancel = [it] {
        deferred_callback(&it->deferred, outcome_none());
        return false;
    };
    it->deferred.release = [](struct deferred *d) {
        delete with_canceller::of(d);
    };
    deferred_detach(&it->deferred);
    deferred_cancel(&it->deferred);
}

TEST_F(DeferredTest, ACancellerMayPromiseThatItWillBeFired)
{
    with_canceller it([] { return true; });
    both(&it.deferred, rung("r", mends));
    deferred_cancel(&it.deferred);
    deferred_cancel(&it.deferred);
    EXPECT_EQ(it.cancelled, 1);
    EXPECT_EQ(diary, "");
    EXPECT_EQ(deferred_errback(&it.deferred, &failure_cancelled), 0);
    EXPECT_EQ(diary, "r(CancelledError()) ");
    deferred_detach(&it.deferred);
}

TEST_F(DeferredTest, ACancellerIsNotAskedOnceItHasFired_DF14)
{
    with_canceller it([] { return false; });
    fire(&it.deferred, 1);
    deferred_cancel(&it.deferred);
    EXPECT_EQ(it.cancelled, 0);
    deferred_detach(&it.deferred);
}

TEST_F(DeferredTest, ACancelGoesToTheOneThatItWaitsFor_DF15)
{
    with_canceller it([] { return false; });
    struct deferred *outer = deferred_new(NULL);
    callback(outer, rung("ask", asks(&it.deferred)));
    both(outer, rung("o", mends));
    fire(outer, 1);
    deferred_cancel(outer);
    EXPECT_EQ(it.cancelled, 1);
    EXPECT_EQ(it.released, 1);
    EXPECT_EQ(diary, "ask(1) o(CancelledError()) ");
    deferred_detach(outer);
}

TEST_F(DeferredTest, MoreCancelsForgiveNoMoreFires_DF13)
{
    struct deferred *d = deferred_new(NULL);
    errback(d, rung("failed", mends));
    for (int i = 0; i < 3; i++)
        deferred_cancel(d);
    EXPECT_EQ(diary, "failed(CancelledError()) ");
    EXPECT_EQ(fire(d, 1), 0);
    deferred_cancel(d);
    EXPECT_EQ(fire(d, 1), -EALREADY);
    EXPECT_EQ(deferred_errback(d, &failure_no_memory), -EALREADY);
    deferred_detach(d);
}

TEST_F(DeferredTest, ACancellerIsAskedOnce_DF14)
{
    static int asked;
    asked = 0;
    struct deferred *d = deferred_new([](struct deferred *) {
        asked++;
        return false;
    });
    errback(d, silently(mends));
    deferred_cancel(d);
    deferred_cancel(d);
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(fire(d, 1), -EALREADY);
    deferred_detach(d);
}
