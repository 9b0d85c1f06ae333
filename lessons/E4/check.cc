/* SPDX-License-Identifier: MIT */
/* What the steps of E4 promise. The clock is virtual, and the loop is the lab's
 * own; its turns are counted. */
#include "coroutines/runner.h"
#include "lessons/E4/answers.h"
#include "lessons/check/body.h"
#include "lessons/check/calls.h"
#include "lessons/check/orders.h"
#include "lessons/check/turns.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace
{

/* A callback of a Future, which writes its letter down. */
struct Call : handle {
    Call(std::string *text, char name) : handle(), trace(text), letter(name)
    {
        run = [](struct handle *self) {
            auto *call = static_cast<Call *>(self);
            *call->trace += call->letter;
            if (call->then)
                call->then();
        };
    }
    Call(const Call &) = delete;
    std::string *trace;
    char letter;
    std::function<void()> then;
};

/* It notes when it is released. */
struct Promise : future {
    Promise(struct loop *of, int *count) : future(), releases(count)
    {
        future_init(this, of);
        release = [](struct future *self) {
            ++*static_cast<Promise *>(self)->releases;
        };
    }
    Promise(const Promise &) = delete;
    int *releases;
};

class Lesson : public testing::Test
{
  protected:
    void SetUp() override
    {
        calls_may_wait(CALLS_NONE);
    }
    void TearDown() override
    {
        EXPECT_EQ(reports.told, wanted_reports)
            << "what was reported as unhandled.";
    }
    /* What future_result says: "42", or "-EINVAL". */
    static std::string result(struct future *future)
    {
        const struct outcome *outcome = nullptr;
        int error = future_result(future, &outcome);
        if (error)
            return returned(error);
        return outcome ? seen(outcome) : "0, and no outcome";
    }
    void turn()
    {
        turns.turn();
        trace += '|';
    }
    Turns turns;
    Reports reports;
    std::string wanted_reports, trace;
    int releases = 0, drops = 0;
    Promise future{turns.loop, &releases};
    Call a{&trace, 'a'}, b{&trace, 'b'}, c{&trace, 'c'}, d{&trace, 'd'};
};

using Step1 = Lesson;
using Step2 = Lesson;
using Step3 = Lesson;
using Step4 = Lesson;
using Step6 = Lesson;

} // namespace

/* ---- 1: set once, read any time ---- */

TEST_F(Step1, WhatIsPendingHasNoResult)
{
    EXPECT_EQ(result(&future), "-EINVAL")
        << "what future_result returned of a new one.";
    EXPECT_FALSE(future_done(&future)) << "whether it is done.";
    future_unref(&future);
}

TEST_F(Step1, ItIsSetOnce)
{
    EXPECT_EQ(returned(future_set_result(&future, outcome_number(42))), "0")
        << "what setting it to 42 returned.";
    EXPECT_TRUE(future_done(&future)) << "whether it is done.";
    EXPECT_FALSE(future_cancelled(&future)) << "whether it is cancelled.";
    EXPECT_EQ(returned(future_set_result(&future, counted(&drops))),
              "-EALREADY")
        << "what setting it again returned.";
    EXPECT_EQ(drops, 1) << "how often the second value was dropped.";
    EXPECT_EQ(result(&future), "42") << "its result then.";
    future_unref(&future);
}

TEST_F(Step1, EveryoneReadsTheSame)
{
    const struct outcome *one = nullptr, *two = nullptr;
    future_finish(&future, counted(&drops));
    EXPECT_EQ(result(&future), "<counted>") << "what it is for the first.";
    EXPECT_EQ(result(&future), "<counted>")
        << "and for the second. A Deferred would have given it to the first"
           " one; a Future lends it.";
    future_result(&future, &one);
    future_result(&future, &two);
    EXPECT_TRUE(one && one == two) << "whether both were lent the same one.";
    EXPECT_EQ(drops, 0) << "how often the value was dropped so far.";
    future_unref(&future);
    EXPECT_EQ(drops, 1) << "how often it was dropped with the last owner.";
}

TEST_F(Step1, AFailureIsAResultToo)
{
    EXPECT_EQ(
        returned(future_set_exception(&future, a_failure("gone").failure)), "0")
        << "what setting a failure returned.";
    EXPECT_EQ(result(&future), "OSError(gone)") << "what future_result lends.";
    future_unref(&future);
}

TEST_F(Step1, ItIsNotedWhetherAFailureWasLookedAt)
{
    future_set_exception(&future, a_failure().failure);
    EXPECT_TRUE(future.unasked)
        << "future->unasked is false, of one that has failed and was not asked"
           " yet. It should be true.";
    result(&future);
    EXPECT_FALSE(future.unasked)
        << "future->unasked is true, after future_result. It should be false.";
    future_unref(&future);
    Promise value(turns.loop, &releases), disregarded(turns.loop, &releases);
    future_set_result(&value, outcome_number(1));
    EXPECT_FALSE(value.unasked)
        << "future->unasked is true, of one that was set to 1. It should be"
           " false: only failures have to be looked at.";
    future_unref(&value);
    disregarded.disregarded = true;
    future_set_exception(&disregarded, a_failure().failure);
    EXPECT_FALSE(disregarded.unasked)
        << "future->unasked is true, of one that has failed and is"
           " disregarded. It should be false.";
    future_unref(&disregarded);
}

TEST_F(Step1, TheLastOwnerLetsItGo)
{
    future_ref(&future);
    future_finish(&future, counted(&drops));
    future_unref(&future);
    EXPECT_EQ(drops, 0) << "how often its value was dropped. Of two owners one"
                           " has let go.";
    EXPECT_EQ(releases, 0) << "how often it was released.";
    EXPECT_EQ(result(&future), "<counted>") << "its result for the other one.";
    future_unref(&future);
    EXPECT_EQ(drops, 1) << "how often its value was dropped, after both.";
    EXPECT_EQ(releases, 1) << "how often it was released.";
}

TEST_F(Step1, ItMayBeGoneWhenItIsReleased)
{
    struct future *other = future_new(turns.loop);
    future_finish(other, counted(&drops));
    future_unref(other);
    EXPECT_EQ(drops, 1) << "how often the value of a Future on the heap was"
                           " dropped with its last owner.";
    future_unref(&future);
    EXPECT_EQ(releases, 1) << "how often one was released that never was done.";
    Promise still(turns.loop, &releases);
    still.release = nullptr;
    future_unref(&still); /* that is not a contract to be called */
}

/* ---- 2: callbacks, through the loop ---- */

TEST_F(Step2, CallbacksRunInTheNextTurn)
{
    Act setter([this] {
        trace += "(";
        future_finish(&future, outcome_number(1));
        trace += ")";
    });
    future_add_done_callback(&future, &a);
    future_add_done_callback(&future, &b);
    loop_call_soon(turns.loop, &setter);
    turn();
    EXPECT_EQ(trace, "()|")
        << "what ran in the turn in which it was set; '(' is the line before"
           " it, ')' the line behind it. No callback runs inside"
           " future_finish, and none in the same turn.";
    turn();
    EXPECT_EQ(trace, "()|ab|") << "and in the next one: a was added before b.";
    turn();
    EXPECT_EQ(trace, "()|ab||") << "and in the one after that.";
    future_unref(&future);
}

TEST_F(Step2, AddedLateItRunsInTheNextTurn)
{
    future_finish(&future, outcome_number(1));
    future_add_done_callback(&future, &a);
    EXPECT_EQ(trace, "") << "what ran when a was added to one that is done.";
    turn();
    EXPECT_EQ(trace, "a|") << "and in the next turn.";
    future_unref(&future);
}

TEST_F(Step2, TakenBackItDoesNotRun)
{
    for (Call *call : {&a, &b, &c, &d})
        future_add_done_callback(&future, call);
    std::string answers;
    for (Call *call : {&b, &a, &d})
        answers += future_remove_done_callback(&future, call) ? "yes " : "no ";
    EXPECT_EQ(answers, "yes yes yes ")
        << "what taking back b, a and d returned. a, b, c and d were waiting.";
    EXPECT_FALSE(future_remove_done_callback(&future, &d))
        << "what taking back d once more returned. c was still waiting.";
    future_finish(&future, outcome_number(1));
    turn();
    EXPECT_EQ(trace, "c|") << "what ran when it was set.";
    future_unref(&future);
}

TEST_F(Step2, OnItsWayItCanBeTakenBack)
{
    for (Call *call : {&a, &b, &c})
        future_add_done_callback(&future, call);
    future_finish(&future, outcome_number(1));
    EXPECT_TRUE(future_remove_done_callback(&future, &b))
        << "whether b was taken back. The Future is done, and b is in the"
           " loop's queue.";
    turn();
    EXPECT_EQ(trace, "ac|") << "what ran in the next turn.";
    EXPECT_FALSE(future_remove_done_callback(&future, &a))
        << "whether a was taken back, which has run.";
    EXPECT_FALSE(future_remove_done_callback(&future, &d))
        << "whether d was taken back, which was never added.";
    future_unref(&future);
}

TEST_F(Step2, TakenBackItMayBeAddedAgain)
{
    for (Call *call : {&a, &b})
        future_add_done_callback(&future, call);
    future_remove_done_callback(&future, &a);
    future_add_done_callback(&future, &a);
    future_finish(&future, outcome_number(1));
    turn();
    EXPECT_EQ(trace, "ba|") << "what ran. a was taken back and added again, so"
                               " that it is behind b.";
    future_unref(&future);
}

TEST_F(Step2, ACallbackMayDoAnything)
{
    a.then = [this] {
        future_add_done_callback(&future, &d);
        future_remove_done_callback(&future, &b);
    };
    c.then = [this] { future_unref(&future); };
    for (Call *call : {&a, &b, &c})
        future_add_done_callback(&future, call);
    future_ref(&future);
    future_finish(&future, outcome_number(1));
    turn();
    EXPECT_EQ(trace, "ac|")
        << "what ran in the next turn. a has taken back b, and added d.";
    turn();
    EXPECT_EQ(trace, "ac|d|") << "and in the one after that.";
    future_unref(&future);
}

TEST_F(Step2, AReaderInACallbackFindsTheResult)
{
    std::string found;
    a.then = [&] { found = result(&future); };
    future_add_done_callback(&future, &a);
    future_finish(&future, outcome_number(42));
    turn();
    EXPECT_EQ(found, "42") << "what a callback has read.";
    future_unref(&future);
}

/* ---- 3: cancel ---- */

TEST_F(Step3, CancelledItIsDone)
{
    future_add_done_callback(&future, &a);
    EXPECT_TRUE(future_cancel(&future)) << "what future_cancel returned.";
    EXPECT_EQ(trace, "") << "what ran in there.";
    EXPECT_TRUE(future_done(&future)) << "whether it is done.";
    EXPECT_TRUE(future_cancelled(&future)) << "whether it is cancelled.";
    EXPECT_EQ(result(&future), "CancelledError()") << "its result.";
    turn();
    EXPECT_EQ(trace, "a|") << "what ran in the next turn.";
    future_unref(&future);
}

TEST_F(Step3, ACancelledOneCannotBeSet)
{
    future_cancel(&future);
    EXPECT_EQ(returned(future_finish(&future, counted(&drops))), "-EALREADY")
        << "what setting it returned.";
    EXPECT_EQ(drops, 1) << "how often the value was dropped.";
    EXPECT_FALSE(future_cancel(&future))
        << "what cancelling it again returned.";
    EXPECT_EQ(result(&future), "CancelledError()") << "its result.";
    future_unref(&future);
}

TEST_F(Step3, WhatIsDoneIsNotCancelled)
{
    future_finish(&future, counted(&drops));
    EXPECT_FALSE(future_cancel(&future)) << "what future_cancel returned.";
    EXPECT_FALSE(future_cancelled(&future)) << "whether it is cancelled.";
    EXPECT_EQ(result(&future), "<counted>") << "its result.";
    EXPECT_EQ(drops, 0) << "how often that was dropped so far.";
    future_unref(&future);
}

TEST_F(Step3, WhatIsMoreThanAFutureHasItsOwnWay)
{
    static int asked;
    asked = 0;
    future.cancel = [](struct future *) { return ++asked == 1; };
    EXPECT_TRUE(future_cancel(&future)) << "what future_cancel returned.";
    EXPECT_EQ(asked, 1) << "how often future->cancel was called.";
    EXPECT_FALSE(future_done(&future))
        << "whether it is done. Its own way has not ended it yet.";
    EXPECT_FALSE(future_cancel(&future))
        << "what it returned when future->cancel returned false.";
    future_finish(&future, outcome_number(1));
    future_unref(&future);
}

TEST_F(Step3, ACancelIsNotALostFailure)
{
    future_cancel(&future);
    EXPECT_FALSE(future.unasked)
        << "future->unasked of one that was cancelled: that is what was"
           " wanted, and need not be looked at.";
    future_unref(&future);
}

/* One after the other, in an order that is chosen: two callbacks are added, one
 * is taken back, it is set, it is cancelled, and turns are made. */
TEST_F(Step3, HoldsInEveryOrder)
{
    std::string story;
    InOneOrder run = [&](struct interleaving *order) -> std::string {
        Promise mine(turns.loop, &releases);
        std::vector<std::string> left = {"add a",  "add b",  "remove a",
                                         "finish", "cancel", "turn"};
        std::string wanted, waiting, queued;
        bool done = false;
        int values = 0;
        story = trace = "";
        drops = 0;
        while (!left.empty()) {
            size_t at = interleaving_choose(order, left.size());
            std::string move = left[at];
            left.erase(left.begin() + (long)at);
            story += (story.empty() ? "" : ", ") + move;
            if (move == "add a" || move == "add b") {
                (done ? queued : waiting) += move[4];
                future_add_done_callback(&mine, move[4] == 'a' ? &a : &b);
            } else if (move == "remove a") {
                bool was = (waiting + queued).find('a') != std::string::npos;
                for (std::string *list : {&waiting, &queued})
                    if (list->find('a') != std::string::npos)
                        list->erase(list->find('a'), 1);
                if (future_remove_done_callback(&mine, &a) != was)
                    return "taking a back has returned the wrong answer";
            } else if (move == "turn") {
                wanted += queued + "|";
                queued = "";
                turn();
            } else {
                values += move == "finish";
                int error = move == "finish"
                                ? future_finish(&mine, counted(&drops))
                                : -!future_cancel(&mine);
                if ((error == 0) == done)
                    return move + " has returned the wrong answer";
                queued += waiting;
                waiting = "";
                done = true;
            }
            if (trace != wanted)
                return "what ran is " + trace + " and not " + wanted;
        }
        wanted += queued + "|";
        turn();
        future_unref(&mine);
        if (trace != wanted)
            return "what ran is " + trace + " and not " + wanted;
        return drops == values ? "" : "the value was not dropped once";
    };
    EXPECT_EQ(wrong_in_an_order(1000, run), "")
        << "what was wrong in this order: " << story
        << ". '|' is the end of a turn.";
    future_unref(&future);
}

/* ---- 4: a Future eats a callback ---- */

namespace
{

/* What came of waiting for it: "7"; or "pending" as long as it is. */
std::string waited(struct outcome *come)
{
    if (!outcome_is_pending(come))
        return seen(come);
    if (!awaitable_ready(come->awaitable))
        return "pending";
    *come = awaitable_take(come->awaitable);
    return seen(come);
}

} // namespace

TEST_F(Step4, TheQuotientComes)
{
    struct outcome come = division(turns.loop, 42, 6);
    EXPECT_EQ(waited(&come), "pending") << "what division returned.";
    turn();
    EXPECT_EQ(waited(&come), "7") << "what came of 42 : 6, a turn later.";
    outcome_drop(come);
    future_unref(&future);
}

TEST_F(Step4, AnErrorComesToo)
{
    struct outcome come = division(turns.loop, 42, 0);
    EXPECT_EQ(waited(&come), "RuntimeError(division by zero)")
        << "what came of 42 : 0. divide has called back before division could"
           " return.";
    outcome_drop(come);
    future_unref(&future);
}

TEST_F(Step4, SeveralAtATime)
{
    struct outcome one = division(turns.loop, 42, 6);
    struct outcome two = division(turns.loop, 42, 7);
    turn();
    EXPECT_EQ(waited(&one) + " " + waited(&two), "7 6")
        << "what came of 42 : 6 and 42 : 7, which were under way together.";
    outcome_drop(one);
    outcome_drop(two);
    future_unref(&future);
}

TEST_F(Step4, CodeThatWaitsMayGiveUp)
{
    struct outcome come = division(turns.loop, 42, 6);
    if (outcome_is_pending(&come))
        awaitable_drop(come.awaitable);
    turn();
    struct outcome other = division(turns.loop, 42, 6);
    if (outcome_is_pending(&other)) {
        awaitable_cancel(other.awaitable);
        EXPECT_EQ(waited(&other), "CancelledError()")
            << "what came of a division that was cancelled.";
    }
    outcome_drop(other);
    turn();
    future_unref(&future); /* what is left is found by the leak sanitizer */
}

/* ---- 5: a is 3, b is 5 ---- */

namespace
{

class Step5 : public Lesson
{
  protected:
    struct Foo : foo_frame {
        Foo() : foo_frame()
        {
        }
        Step5 *lesson = nullptr;
    };
    void start()
    {
        mine.lesson = this;
        mine.loop = turns.loop;
        mine.say = [](struct foo_frame *self, const char *what,
                      intptr_t value) {
            Step5 *lesson = static_cast<Foo *>(self)->lesson;
            lesson->trace += std::string(what) + "=" + std::to_string(value) +
                             " at " + lesson->turns.now() + " ";
        };
        run.text = &ended;
        runner_start(&run, frame_init(&mine.frame, foo), end);
    }
    void TearDown() override
    {
        runner_close(&run);
        future_unref(&future);
        turns.run();
        Lesson::TearDown();
    }
    struct Run : runner {
        Run() : runner()
        {
        }
        std::string *text = nullptr;
    };
    static void end(struct runner *self, struct outcome outcome)
    {
        *static_cast<Run *>(self)->text += shown(outcome);
    }
    Foo mine;
    Run run;
    std::string ended;
};

} // namespace

TEST_F(Step5, AIsThreeAndBIsFive)
{
    start();
    EXPECT_EQ(trace, "a=3 at 0 s ")
        << "what foo has said when it was started: bar's Future is done, so"
           " foo goes on at once.";
    turns.run();
    EXPECT_EQ(trace, "a=3 at 0 s b=5 at 1 s ")
        << "what it has said in the end.";
    EXPECT_EQ(ended, "8") << "what it has returned.";
}

TEST_F(Step5, BIsWhatTheFutureCameTo)
{
    start();
    if (mine.promised)
        future_set_result(mine.promised, outcome_number(6));
    turns.run();
    EXPECT_EQ(trace, "a=3 at 0 s b=6 at 0 s ")
        << "what foo has said. Here foo->promised was set to 6, before"
           " on_complete came with its 5: that was too late.";
    EXPECT_EQ(ended, "9") << "what foo has returned.";
}

TEST_F(Step5, ItGoesOnInTheTurnBehindTheSetting)
{
    start();
    turns.clock.now += NANOS_PER_SECOND;
    turn();
    EXPECT_EQ(trace, "a=3 at 0 s |")
        << "what was said up to the turn in which on_complete was called. The"
           " callbacks of a Future run in the turn behind that, and what waits"
           " is a callback.";
    turn();
    EXPECT_EQ(trace, "a=3 at 0 s |b=5 at 1 s |") << "and in the next one.";
}

TEST_F(Step5, ASecondIsNotLess)
{
    start();
    turns.clock.now += NANOS_PER_SECOND - 1;
    turn();
    turn();
    EXPECT_EQ(ended, "") << "whether foo has ended, a nanosecond before its"
                            " second is over.";
}

TEST_F(Step5, ItCanBeCancelledWhileItWaits)
{
    start();
    EXPECT_TRUE(runner_cancel(&run)) << "whether foo could be cancelled.";
    EXPECT_EQ(ended, "CancelledError()") << "what came of foo.";
    turns.run();
    EXPECT_EQ(trace, "a=3 at 0 s ") << "what foo has said, when on_complete has"
                                       " come all the same.";
}

/* ---- 6: never asked ---- */

TEST_F(Step6, AFailureThatWasNotReadIsReported)
{
    future_set_exception(&future, a_failure("lost").failure);
    future_ref(&future);
    future_unref(&future);
    EXPECT_EQ(reports.told, "") << "what was reported while it has an owner.";
    future_unref(&future);
    wanted_reports = "Future exception was never retrieved: OSError(lost)\n";
}

TEST_F(Step6, WhatWasReadIsNotReported)
{
    future_set_exception(&future, a_failure("read").failure);
    result(&future);
    future_unref(&future);
    Promise value(turns.loop, &releases);
    future_set_result(&value, outcome_number(1));
    future_unref(&value);
    Promise pending(turns.loop, &releases);
    future_unref(&pending);
}

TEST_F(Step6, WhatWasTakenIsNotReported)
{
    struct outcome come = future_await(&future);
    future_set_exception(&future, a_failure("taken").failure);
    outcome_drop(awaitable_take(come.awaitable));
    future_unref(&future);
}

TEST_F(Step6, NorWhatIsDisregarded)
{
    future.disregarded = true;
    future_set_exception(&future, a_failure("disregarded").failure);
    future_unref(&future);
}
