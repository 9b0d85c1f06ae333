/* SPDX-License-Identifier: MIT */
/* System events, work on threads, and failures that are checked and trapped:
 * rules TR4, TR12, DF21, DF26. */
#include "deferred_fixture.h"
#include "deferreds/made.h"
#include "deferreds/system_event.h"
#include "deferreds/to_thread.h"
#include "nonblocking/selector.h"
#include "support/contract.h"

#include <thread>

/* ---- TR4: an event in three phases ---- */

namespace
{

class SystemEventTest : public DeferredTest
{
  protected:
    void SetUp() override
    {
        over.test = this;
        over.over = [](system_event *event) {
            static_cast<Event *>(event)->test->diary += "over ";
        };
    }
    struct Trigger : event_trigger {
        std::function<struct outcome()> what;
    };
    Trigger *add(enum event_phase phase, const std::string &name,
                 std::function<struct outcome()> what = nullptr)
    {
        triggers.emplace_back();
        Trigger *trigger = &triggers.back();
        static_cast<event_trigger &>(*trigger) = {};
        trigger->what = [this, name, what] {
            diary += name + " ";
            return what ? what() : outcome_none();
        };
        trigger->fn = [](void *context, struct outcome) {
            return static_cast<Trigger *>(context)->what();
        };
        trigger->context = trigger;
        event_add_trigger(&over, phase, trigger);
        return trigger;
    }
    struct Event : system_event {
        SystemEventTest *test;
    } over = {};
    std::list<Trigger> triggers;
};

TEST_F(SystemEventTest, RunsItsPhasesInOrder_TR4)
{
    add(EVENT_AFTER, "after");
    add(EVENT_DURING, "during");
    add(EVENT_BEFORE, "before");
    add(EVENT_BEFORE, "before2");
    event_fire(&over);
    EXPECT_EQ(diary, "before before2 during after over ");
}

TEST_F(SystemEventTest, ATriggerRunsOnce_TR4)
{
    add(EVENT_BEFORE, "before");
    add(EVENT_DURING, "during");
    event_fire(&over);
    event_fire(&over);
    EXPECT_EQ(diary, "before during over over ");
}

TEST_F(SystemEventTest, WaitsForWhatTheTriggersBeforeReturn_TR4)
{
    struct deferred *a = deferred_new(NULL), *b = deferred_new(NULL);
    add(EVENT_BEFORE, "a", [=] { return outcome_deferred(a); });
    add(EVENT_BEFORE, "b", [=] { return outcome_deferred(b); });
    add(EVENT_BEFORE, "c");
    add(EVENT_DURING, "during");
    event_fire(&over);
    EXPECT_EQ(diary, "a b c ");
    event_fire(&over);
    deferred_callback(a, outcome_none());
    EXPECT_EQ(diary, "a b c ");
    deferred_callback(b, outcome_none());
    EXPECT_EQ(diary, "a b c during over ");
}

TEST_F(SystemEventTest, ALaterTriggerMayFireTheDeferredOfAnEarlierOne_TR4)
{
    struct deferred *a = deferred_new(NULL);
    add(EVENT_BEFORE, "a", [=] { return outcome_deferred(a); });
    add(EVENT_BEFORE, "b", [=] {
        deferred_callback(a, outcome_none());
        return outcome_none();
    });
    add(EVENT_DURING, "during");
    event_fire(&over);
    EXPECT_EQ(diary, "a b during over ");
}

TEST_F(SystemEventTest, AFailureIsReportedAndTheEventGoesOn_TR4)
{
    auto fail = [] { return fails(outcome_none()); };
    add(EVENT_BEFORE, "before", fail);
    add(EVENT_BEFORE, "later", [=] {
        return outcome_deferred(deferred_execute(
            [](void *, struct outcome) { return fails(outcome_none()); },
            nullptr, outcome_none()));
    });
    add(EVENT_DURING, "during", fail);
    add(EVENT_AFTER, "after");
    event_fire(&over);
    EXPECT_EQ(diary, "before later during after over ");
    EXPECT_EQ(count_of("Unhandled error in a system event: OSError(no)\n",
                       reports.told),
              3);
}

TEST_F(SystemEventTest, ARemovedTriggerDoesNotRunAndIsRemovedOnce_TR4)
{
    Trigger *before = add(EVENT_BEFORE, "before");
    Trigger *after = add(EVENT_AFTER, "after");
    Trigger never = {};
    add(EVENT_DURING, "during");
    EXPECT_EQ(event_remove_trigger(before), 0);
    EXPECT_EQ(event_remove_trigger(before), -ENOENT);
    EXPECT_EQ(event_remove_trigger(after), 0);
    EXPECT_EQ(event_remove_trigger(&never), -ENOENT);
    event_fire(&over);
    EXPECT_EQ(diary, "during over ");
}

TEST_F(SystemEventTest, TriggersMayBeRemovedWhileItIsFired_TR4)
{
    Trigger *during = nullptr, *first = nullptr, *pending = nullptr;
    first = add(EVENT_BEFORE, "first");
    add(EVENT_BEFORE, "second", [&] {
        EXPECT_EQ(event_remove_trigger(first), -ENOENT);
        EXPECT_EQ(event_remove_trigger(pending), 0);
        EXPECT_EQ(event_remove_trigger(during), 0);
        return outcome_none();
    });
    pending = add(EVENT_BEFORE, "pending");
    during = add(EVENT_DURING, "during");
    add(EVENT_DURING, "during2");
    event_fire(&over);
    EXPECT_EQ(diary, "first second during2 over ");
}

TEST_F(SystemEventTest, ALateTriggerBeforeMayRemoveOneOfTheNextPhase_TR4)
{
    struct deferred *a = deferred_new(NULL);
    Trigger *during = nullptr;
    add(EVENT_BEFORE, "a", [=] { return outcome_deferred(a); });
    during = add(EVENT_DURING, "during");
    callback(a, silently([&](struct outcome outcome) {
                 EXPECT_EQ(event_remove_trigger(during), 0);
                 return outcome;
             }));
    event_fire(&over);
    deferred_callback(a, outcome_none());
    EXPECT_EQ(diary, "a over ");
}

TEST_F(SystemEventTest, ATriggerMayRemoveOneOfItsOwnPhase_TR4)
{
    Trigger *second = nullptr;
    add(EVENT_DURING, "first", [&] {
        EXPECT_EQ(event_remove_trigger(second), 0);
        return outcome_none();
    });
    second = add(EVENT_DURING, "second");
    event_fire(&over);
    EXPECT_EQ(diary, "first over ");
}

TEST_F(SystemEventTest, AnUnknownPhaseBreaksTheContract_TR4)
{
    Trigger trigger = {};
    EXPECT_CONTRACT(event_add_trigger(&over, EVENT_PHASES, &trigger),
                    "the phase is before, during or after");
}

/* ---- TR12: threads ---- */

class ToThreadTest : public DeferredTest
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(offloader_new(&offloader, loop, 2), 0);
    }
    void TearDown() override
    {
        offloader_free(offloader);
        loop_free(loop);
    }
    static struct outcome double_it(void *context)
    {
        return outcome_number(2 * *static_cast<int *>(context));
    }
    static struct outcome fail_there(void *)
    {
        return outcome_fail(&system_type, -EIO, "on a thread");
    }
    struct loop *loop;
    struct offloader *offloader;
};

TEST_F(ToThreadTest, TheValueArrivesOnTheThreadOfTheLoop_TR12)
{
    int number = 21;
    std::thread::id here = std::this_thread::get_id();
    struct deferred *d = deferred_to_thread(offloader, double_it, &number);
    callback(d, rung("got", [&](struct outcome outcome) {
                 EXPECT_EQ(std::this_thread::get_id(), here);
                 return outcome;
             }));
    EXPECT_EQ(diary, "");
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "got(42) ");
    deferred_detach(d);
}

TEST_F(ToThreadTest, AFailureOfTheWorkIsAFailureOfTheDeferred_TR12)
{
    struct deferred *d = deferred_to_thread(offloader, fail_there, NULL);
    errback(d, rung("failed", mends));
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "failed(OSError(on a thread)) ");
    deferred_detach(d);
}

TEST_F(ToThreadTest, AFailureAfterASuccessIsNotMixedUpWithIt_TR12)
{
    int number = 1;
    struct deferred *a = deferred_to_thread(offloader, double_it, &number);
    callback(a, rung("a", [&](struct outcome) {
                 return outcome_deferred(
                     deferred_to_thread(offloader, fail_there, NULL));
             }));
    errback(a, rung("b", mends));
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "a(2) b(OSError(on a thread)) ");
    deferred_detach(a);
}

TEST_F(ToThreadTest, CancelledItFailsAtOnceAndTheLoopDoesNotWait_TR12)
{
    int number = 1;
    struct deferred *d = deferred_to_thread(offloader, double_it, &number);
    errback(d, rung("failed", mends));
    deferred_cancel(d);
    EXPECT_EQ(diary, "failed(CancelledError()) ");
    deferred_detach(d);
    EXPECT_EQ(loop_run(loop), 0);
}

TEST_F(ToThreadTest, AFailureThatNoCodeWaitsForIsReported_TR12)
{
    ASSERT_EQ(call_in_thread(offloader, fail_there, NULL), 0);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(reports.told,
              "Unhandled error in Deferred: OSError(on a thread)\n");
}

TEST_F(ToThreadTest, SeveralPiecesOfWorkAllComeBack_TR12)
{
    int numbers[5];
    intptr_t sum = 0;
    for (int i = 0; i < 5; i++) {
        numbers[i] = i;
        struct deferred *d =
            deferred_to_thread(offloader, double_it, &numbers[i]);
        callback(d, silently([&](struct outcome outcome) {
                     sum += outcome.number;
                     return outcome;
                 }));
        deferred_detach(d);
    }
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(sum, 20);
}

TEST_F(ToThreadTest, WorkWithoutADeferredIsDoneToo_TR12)
{
    std::thread::id where = std::this_thread::get_id();
    ASSERT_EQ(call_in_thread(
                  offloader,
                  [](void *context) {
                      *static_cast<std::thread::id *>(context) =
                          std::this_thread::get_id();
                      return outcome_none();
                  },
                  &where),
              0);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_NE(where, std::this_thread::get_id());
}

TEST_F(ToThreadTest, TheEndOfItsWorkMayStopTheLoop_TR12)
{
    int number = 1;
    handle never = {};
    never.run = [](handle *) {};
    loop_call_at(loop, &never, NEVER);
    struct deferred *d = deferred_to_thread(offloader, double_it, &number);
    callback(d, silently([&](struct outcome outcome) {
                 loop_stop(loop);
                 return outcome;
             }));
    deferred_detach(d);
    EXPECT_EQ(loop_run(loop), 0);
    loop_cancel(loop, &never);
}

/* ---- DF21, DF26 ---- */

TEST_F(DeferredTest, ExecuteIsWhatTheFunctionReturns_DF21)
{
    struct deferred *value = deferred_execute(
        [](void *, struct outcome outcome) {
            return outcome_number(outcome.number + 1);
        },
        nullptr, outcome_number(1));
    struct deferred *failed = deferred_execute(
        [](void *, struct outcome outcome) { return fails(outcome); }, nullptr,
        outcome_none());
    callback(value, rung("value"));
    errback(failed, rung("failed", mends));
    EXPECT_EQ(diary, "value(2) failed(OSError(no)) ");
    deferred_detach(value);
    deferred_detach(failed);
}

class FailureTest : public testing::Test
{
  protected:
    const struct failure_type parent = {"Parent", nullptr};
    const struct failure_type child = {"Child", &parent};
};

TEST_F(FailureTest, CheckFindsTheFirstTypeThatItIsOf_DF26)
{
    struct outcome outcome = outcome_fail(&child, 0, "why");
    const struct failure *failure = outcome.failure;
    EXPECT_EQ(failure_check(failure, &child, &parent, NULL), &child);
    EXPECT_EQ(failure_check(failure, &system_type, &parent, NULL), &parent);
    EXPECT_EQ(failure_check(failure, &system_type, NULL), nullptr);
    outcome_drop(outcome);
}

TEST_F(FailureTest, TrapLetsOthersPassAndNotesTheirWay_DF26)
{
    struct outcome outcome = outcome_fail(&child, 0, "why");
    EXPECT_EQ(outcome_trap(&outcome, &parent, NULL), &parent);
    EXPECT_EQ(outcome.failure->passed, 1u);
    EXPECT_EQ(outcome_trap(&outcome, &system_type, &timeout_type, NULL),
              nullptr);
    EXPECT_EQ(outcome.failure->passed, 2u);
    EXPECT_STREQ(outcome.failure->trail[1].function, "TestBody");
    outcome_drop(outcome);
}

TEST_F(FailureTest, OnlyAFailureCanBeTrapped_DF26)
{
    struct outcome outcome = outcome_number(1);
    EXPECT_CONTRACT(outcome_trap(&outcome, &parent, NULL),
                    "the outcome is a failure");
}

TEST_F(FailureTest, ItsMessageIsItsTypeWhereThereIsNone_DF26)
{
    struct outcome outcome = outcome_fail(&child, 0, "why %d", 7);
    EXPECT_STREQ(failure_message(outcome.failure), "why 7");
    EXPECT_STREQ(failure_message(&failure_cancelled), "CancelledError");
    outcome_drop(outcome);
}

} // namespace
