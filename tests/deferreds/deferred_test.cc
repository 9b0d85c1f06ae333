/* SPDX-License-Identifier: MIT */
/* Rules DF1 to DF4, DF11, the owner of a Deferred, and its contracts. */
#include "deferred_fixture.h"
#include "deferreds/made.h"
#include "support/contract.h"

/* ---- DF1 to DF4: one outcome, two lanes ---- */

TEST_F(DeferredTest, PassesWhatEachRungReturnsToTheNext_DF4)
{
    struct deferred *d = deferred_new(NULL);
    auto add_one = [](struct outcome outcome) {
        return outcome_number(outcome.number + 1);
    };
    callback(d, rung("a", add_one));
    callback(d, rung("b", add_one));
    callback(d, rung("c"));
    EXPECT_EQ(diary, "");
    EXPECT_EQ(fire(d, 1), 0);
    EXPECT_EQ(diary, "a(1) b(2) c(3) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, HasMoreRungsThanFitInline)
{
    struct deferred *d = deferred_new(NULL);
    for (int i = 0; i < 3 * DEFERRED_RUNGS; i++)
        callback(d, rung("r", [](struct outcome outcome) {
                     return outcome_number(outcome.number + 1);
                 }));
    fire(d, 0);
    EXPECT_EQ(count_of("r(", diary), 3 * DEFERRED_RUNGS);
    EXPECT_NE(diary.find("r(11)"), std::string::npos);
    deferred_detach(d);
}

TEST_F(DeferredTest, AFailureGoesToTheNextErrbackNeverToItsSibling_DF2)
{
    struct deferred *d = deferred_new(NULL);
    level(d, rung("cb1", fails), rung("eb1"));
    callback(d, rung("cb2"));
    level(d, rung("cb3"), rung("eb3", mends));
    level(d, rung("cb4"), rung("eb4"));
    fire(d, 1);
    EXPECT_EQ(diary, "cb1(1) eb3(OSError(no)) cb4('mended') ");
    deferred_detach(d);
}

TEST_F(DeferredTest, FiredWithAFailureItBeginsInTheErrorLane_DF1)
{
    struct deferred *d = deferred_new(NULL);
    level(d, rung("cb"), rung("eb", mends));
    EXPECT_EQ(deferred_errback(d, failure_ref(&failure_no_memory)), 0);
    EXPECT_EQ(diary, "eb(OSError(out of memory)) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, IsFiredOnceAndTheSecondOutcomeIsDropped_DF1)
{
    int drops = 0;
    struct deferred *d = deferred_new(NULL);
    EXPECT_EQ(fire(d, 1), 0);
    EXPECT_EQ(deferred_callback(d, counted(&drops)), -EALREADY);
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(d->outcome.number, 1);
    deferred_detach(d);
}

TEST_F(DeferredTest, RungsAddedAfterItFiredRunAtOnce_DF3)
{
    struct deferred *d = deferred_new(NULL);
    fire(d, 5);
    callback(d, rung("late"));
    EXPECT_EQ(diary, "late(5) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, ARungAddedByARunningOneRunsBehindThoseThatAreThere_DF3)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, silently([&](struct outcome outcome) {
                 diary += "[ ";
                 callback(d, rung("added"));
                 diary += "] ";
                 return outcome;
             }));
    callback(d, rung("there"));
    fire(d, 1);
    EXPECT_EQ(diary, "[ ] there(1) added(1) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, AChainThatExtendsItselfNeedsNoMoreRoom)
{
    struct deferred *d = deferred_new(NULL);
    Rung *again = silently([&](struct outcome outcome) {
        if (outcome.number < 10000)
            callback(d, again);
        return outcome_number(outcome.number + 1);
    });
    callback(d, again);
    fire(d, 0);
    EXPECT_EQ(d->outcome.number, 10001);
    EXPECT_LE(d->capacity, (unsigned)DEFERRED_RUNGS);
    deferred_detach(d);
}

TEST_F(DeferredTest, ARungGetsItsContextAndTheOutcome)
{
    int context = 0;
    struct deferred *d = deferred_new(NULL);
    deferred_add_callback(
        d,
        [](void *seen, struct outcome outcome) {
            *static_cast<int *>(seen) = (int)outcome.number;
            return outcome_none();
        },
        &context);
    fire(d, 7);
    EXPECT_EQ(context, 7);
    deferred_detach(d);
}

TEST_F(DeferredTest, IsFiredOnceWhicheverWayItIsFiredAgain_DF1)
{
    for (bool first_fails : {false, true})
        for (bool then_fails : {false, true}) {
            struct deferred *d = deferred_new(NULL);
            errback(d, silently(mends));
            auto shoot = [&](bool failed) {
                return failed ? deferred_errback(d, &failure_no_memory)
                              : fire(d, 1);
            };
            EXPECT_EQ(shoot(first_fails), 0);
            EXPECT_EQ(shoot(then_fails), -EALREADY);
            deferred_detach(d);
        }
}

TEST_F(DeferredTest, ARungAddedByOneThatFailsGetsTheFailure_DF3)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, silently([&](struct outcome outcome) {
                 errback(d, rung("added", mends));
                 return fails(outcome);
             }));
    fire(d, 1);
    EXPECT_EQ(diary, "added(OSError(no)) ");
    deferred_detach(d);
}

/* ---- DF11: failures that no errback has seen ---- */

TEST_F(DeferredTest, AFailureLeftAtTheEndIsReported_DF11)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, rung("r", fails));
    fire(d, 1);
    EXPECT_EQ(reports.told, "");
    deferred_detach(d);
    EXPECT_EQ(reports.told, "Unhandled error in Deferred: OSError(no)\n");
}

TEST_F(DeferredTest, OneThatFailsAfterItWasDetachedIsReportedToo_DF11)
{
    struct deferred *d = deferred_new(NULL);
    callback(d, rung("r", fails));
    deferred_detach(d);
    fire(d, 1);
    EXPECT_EQ(reports.told, "Unhandled error in Deferred: OSError(no)\n");
}

TEST_F(DeferredTest, AFailureHandledLateOrPassedOnIsNotReported_DF11)
{
    struct deferred *late = deferred_new(NULL), *inner = deferred_new(NULL),
                    *outer = deferred_new(NULL);
    callback(late, rung("r", fails));
    fire(late, 1);
    errback(late, rung("eb", mends));
    deferred_detach(late);
    callback(inner, rung("r", fails));
    fire(inner, 1);
    callback(outer, rung("ask", asks(inner)));
    errback(outer, rung("eb", mends));
    fire(outer, 1);
    deferred_detach(outer);
    EXPECT_EQ(reports.told, "");
}

/* ---- ownership ---- */

TEST_F(DeferredTest, IsReleasedOnceWhenItHasNoOwnerAndNothingLeftToRun)
{
    int drops = 0;
    with_canceller it(nullptr);
    deferred_detach(&it.deferred);
    EXPECT_EQ(it.released, 0);
    deferred_callback(&it.deferred, counted(&drops));
    EXPECT_EQ(it.released, 1);
    EXPECT_EQ(drops, 1);
}

TEST_F(DeferredTest, DroppedBeforeItFiresItIsCancelledWithoutAWord)
{
    with_canceller it([] { return false; });
    deferred_drop(&it.deferred);
    EXPECT_EQ(it.cancelled, 1);
    EXPECT_EQ(it.released, 1);
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredTest, DroppedWithACancellerThatTakesItsTimeItEndsWhenItIsFired)
{
    with_canceller it([] { return true; });
    deferred_drop(&it.deferred);
    EXPECT_EQ(it.released, 0);
    deferred_errback(&it.deferred, &failure_cancelled);
    EXPECT_EQ(it.released, 1);
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredTest, MayBeUsedAgainFromInsideTheRungThatWaitedForIt)
{
    static int rounds;
    struct Operation {
        struct deferred step;
        struct deferred *whole;
    } operation = {};
    rounds = 0;
    static auto again = [](void *context, struct outcome outcome) {
        auto *op = static_cast<Operation *>(context);
        outcome_drop(outcome);
        deferred_init(&op->step, NULL);
        rounds++;
        return outcome_deferred(&op->step);
    };
    struct deferred *whole = operation.whole = deferred_new(NULL);
    for (int i = 0; i < 3; i++)
        deferred_add_callback(whole, again, &operation);
    fire(whole, 0);
    for (int i = 0; i < 3; i++)
        fire(&operation.step, i);
    EXPECT_EQ(rounds, 3);
    EXPECT_TRUE(deferred_is_over(whole));
    EXPECT_EQ(whole->outcome.number, 2);
    deferred_detach(whole);
}

/* ---- made of what is there ---- */

TEST_F(DeferredTest, MaybeIsADeferredThatFailsLater_DF21)
{
    struct deferred *inner = deferred_new(NULL);
    struct deferred *d = deferred_maybe(outcome_deferred(inner));
    errback(d, rung("failed", mends));
    deferred_errback(inner, &failure_no_memory);
    EXPECT_EQ(diary, "failed(OSError(out of memory)) ");
    deferred_detach(d);
}

TEST_F(DeferredTest, LogErrorReportsAndPassesOn)
{
    struct deferred *d = deferred_new(NULL);
    deferred_add_errback(d, deferred_log_error, NULL);
    errback(d, rung("then", mends));
    deferred_errback(d, &failure_no_memory);
    EXPECT_EQ(reports.told, "Error in Deferred: OSError(out of memory)\n");
    EXPECT_EQ(diary, "then(OSError(out of memory)) ");
    deferred_detach(d);
}

/* ---- contracts ---- */

TEST(DeferredDeathTest, ADeferredIsNotFiredWithWhatIsPending)
{
    struct deferred a, b;
    deferred_init(&a, NULL);
    deferred_init(&b, NULL);
    EXPECT_CONTRACT(deferred_fire(&a, outcome_deferred(&b)), "deferred_fire:");
}

TEST(DeferredDeathTest, ADeferredIsNotUnpausedMoreOftenThanPaused)
{
    struct deferred a;
    deferred_init(&a, NULL);
    EXPECT_CONTRACT(deferred_unpause(&a), "deferred_unpause:");
}
