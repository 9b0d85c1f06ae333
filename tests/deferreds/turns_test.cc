/* SPDX-License-Identifier: MIT */
/* Deferreds that wait for each other and for time: semaphore, queue, timeout.
 */
#include "callbacks/loop.h"
#include "deferred_fixture.h"
#include "deferreds/queue.h"
#include "deferreds/semaphore.h"
#include "deferreds/timeout.h"
#include "support/contract.h"
#include "support/scripted_selector.h"

class TurnsTest : public DeferredTest
{
  protected:
    struct deferred *acquire(const std::string &name)
    {
        struct deferred *d = deferred_acquire(&semaphore);
        both(d, silently([this, name](struct outcome outcome) {
                 diary += name + (outcome_is_failure(&outcome) ? "! " : " ");
                 outcome_drop(outcome);
                 return outcome_none();
             }));
        return d;
    }
    struct deferred_semaphore semaphore;
};

TEST_F(TurnsTest, ALockIsTakenAtOnceWhenItIsFreeAndThenInOrder_DF23)
{
    deferred_lock_init(&semaphore);
    struct deferred *a = acquire("a"), *b = acquire("b"), *c = acquire("c");
    EXPECT_EQ(diary, "a ");
    deferred_release(&semaphore);
    EXPECT_EQ(diary, "a b ");
    EXPECT_EQ(semaphore.tokens, 0u);
    deferred_release(&semaphore);
    deferred_release(&semaphore);
    EXPECT_EQ(diary, "a b c ");
    EXPECT_EQ(semaphore.tokens, 1u);
    for (struct deferred *d : {a, b, c})
        deferred_detach(d);
}

TEST_F(TurnsTest, ACancelledOneGivesUpItsPlace_DF23)
{
    deferred_lock_init(&semaphore);
    struct deferred *a = acquire("a"), *b = acquire("b"), *c = acquire("c");
    deferred_cancel(b);
    deferred_cancel(a);
    EXPECT_EQ(diary, "a b! ");
    deferred_release(&semaphore);
    EXPECT_EQ(diary, "a b! c ");
    deferred_release(&semaphore);
    for (struct deferred *d : {a, b, c})
        deferred_detach(d);
}

TEST_F(TurnsTest, ASemaphoreHasSeveralTokens_DF24)
{
    deferred_semaphore_init(&semaphore, 2);
    struct deferred *a = acquire("a"), *b = acquire("b"), *c = acquire("c");
    EXPECT_EQ(diary, "a b ");
    deferred_release(&semaphore);
    EXPECT_EQ(diary, "a b c ");
    for (struct deferred *d : {a, b, c})
        deferred_detach(d);
}

TEST_F(TurnsTest, CodeThatAsksWhileATokenIsGivenBackWaitsBehindTheOthers)
{
    deferred_lock_init(&semaphore);
    struct deferred *a = acquire("a"), *late = nullptr;
    struct deferred *b = deferred_acquire(&semaphore);
    callback(b, silently([&](struct outcome outcome) {
                 diary += "b( ";
                 deferred_release(&semaphore);
                 late = acquire("late");
                 diary += ") ";
                 return outcome;
             }));
    struct deferred *c = acquire("c");
    deferred_release(&semaphore);
    EXPECT_EQ(diary, "a b( ) c ");
    deferred_release(&semaphore);
    EXPECT_EQ(diary, "a b( ) c late ");
    for (struct deferred *d : {a, b, c, late})
        deferred_detach(d);
}

/* Each gives the token back before its callback has returned. */
TEST_F(TurnsTest, AHundredThousandTurnsNeedNoDeeperStack)
{
    enum { WAITING = 100000 };
    int turns = 0;
    std::function<struct outcome(struct outcome)> turn =
        [&](struct outcome outcome) {
            turns++;
            deferred_release(&semaphore);
            return outcome;
        };
    Rung *rung = silently(turn);
    deferred_lock_init(&semaphore);
    deferred_detach(deferred_acquire(&semaphore));
    for (int i = 0; i < WAITING; i++) {
        struct deferred *d = deferred_acquire(&semaphore);
        callback(d, rung);
        deferred_detach(d);
    }
    in_a_small_stack([this] { deferred_release(&semaphore); });
    EXPECT_EQ(turns, WAITING);
}

static struct outcome ask(void *context, struct outcome outcome)
{
    outcome_drop(outcome);
    return outcome_deferred(static_cast<struct deferred *>(context));
}

TEST_F(TurnsTest, RunHoldsATokenUntilWhatIsRunHasCome_DF24)
{
    struct deferred *work = deferred_new(NULL);
    deferred_lock_init(&semaphore);
    struct deferred *done = deferred_run_with(&semaphore, ask, work);
    both(done, rung("done", mends));
    EXPECT_EQ(semaphore.tokens, 0u);
    deferred_fire(work, outcome_fail(&system_type, -EIO, "no"));
    EXPECT_EQ(semaphore.tokens, 1u);
    EXPECT_EQ(diary, "done(OSError(no)) ");
    deferred_detach(done);
}

TEST_F(TurnsTest, ARunThatIsCancelledBeforeItBeganGivesNothingBack_DF24)
{
    deferred_lock_init(&semaphore);
    struct deferred *a = acquire("a"), *work = deferred_new(NULL);
    struct deferred *done = deferred_run_with(&semaphore, ask, work);
    both(done, rung("done", mends));
    deferred_cancel(done);
    EXPECT_EQ(diary, "a done(CancelledError()) ");
    EXPECT_EQ(semaphore.tokens, 0u);
    deferred_release(&semaphore);
    deferred_detach(a);
    deferred_detach(done);
    deferred_drop(work);
    deferred_callback(work, outcome_none());
}

TEST(TurnsDeathTest, ATokenIsNotGivenBackMoreOftenThanTaken_DF23)
{
    struct deferred_semaphore lock;
    deferred_lock_init(&lock);
    EXPECT_CONTRACT(deferred_release(&lock), "deferred_release:");
}

/* ---- queue ---- */

TEST_F(TurnsTest, AQueueKeepsWhatNoCodeWaitsForInOrder_DF25)
{
    struct deferred_queue queue;
    deferred_queue_init(&queue, 2, 1);
    EXPECT_EQ(deferred_queue_put(&queue, outcome_number(1)), 0);
    EXPECT_EQ(deferred_queue_put(&queue, outcome_number(2)), 0);
    int drops = 0;
    EXPECT_EQ(deferred_queue_put(&queue, counted(&drops)), -ENOBUFS);
    EXPECT_EQ(drops, 1);
    for (const char *expected : {"1", "2"}) {
        struct deferred *get = deferred_queue_get(&queue);
        EXPECT_EQ(shown(awaitable_take(&get->awaitable)), expected);
    }
    deferred_queue_put(&queue, counted(&drops));
    deferred_queue_deinit(&queue);
    EXPECT_EQ(drops, 2);
}

TEST_F(TurnsTest, AQueueGivesToTheFirstThatWaitsAndToNoneThatGaveUp_DF25)
{
    struct deferred_queue queue;
    deferred_queue_init(&queue, DEFERRED_QUEUE_NO_LIMIT, 2);
    struct deferred *a = deferred_queue_get(&queue),
                    *b = deferred_queue_get(&queue),
                    *c = deferred_queue_get(&queue);
    both(a, rung("a", mends));
    both(b, rung("b"));
    both(c, rung("c", mends));
    deferred_cancel(a);
    deferred_queue_put(&queue, outcome_number(1));
    EXPECT_EQ(diary, "c(QueueUnderflow(2 wait already)) a(CancelledError()) "
                     "b(1) ");
    for (struct deferred *d : {a, b, c})
        deferred_detach(d);
    deferred_queue_deinit(&queue);
}

/* ---- timeout ---- */

TEST_F(TurnsTest, ACancelledAcquisitionOfASemaphoreGivesUpItsPlace_DF24)
{
    deferred_semaphore_init(&semaphore, 2);
    struct deferred *a = acquire("a"), *b = acquire("b"), *c = acquire("c");
    struct deferred *d = acquire("d");
    deferred_cancel(a);
    deferred_cancel(c);
    EXPECT_EQ(diary, "a b c! ");
    deferred_release(&semaphore);
    EXPECT_EQ(diary, "a b c! d ");
    for (struct deferred *one : {a, b, c, d})
        deferred_detach(one);
}

TEST_F(TurnsTest, AGetThatHasFiredIsNotCancelled_DF25)
{
    struct deferred_queue queue;
    deferred_queue_init(&queue, 1, 1);
    EXPECT_EQ(deferred_queue_put(&queue, outcome_number(5)), 0);
    struct deferred *get = deferred_queue_get(&queue);
    deferred_cancel(get);
    callback(get, rung("got"));
    EXPECT_EQ(diary, "got(5) ");
    deferred_detach(get);
    deferred_queue_deinit(&queue);
}

TEST(TurnsDeathTest, ASemaphoreHasAToken_DF24)
{
    struct deferred_semaphore none;
    EXPECT_CONTRACT(deferred_semaphore_init(&none, 0),
                    "there is at least one token");
}

class TimeoutTest : public DeferredTest
{
  protected:
    void SetUp() override
    {
        virtual_clock_init(&clock);
        script_init(&script, &clock);
        ASSERT_EQ(loop_new(&loop, &scripted_selector, &clock.clock), 0);
        deferred_init(&d, [](struct deferred *) { return false; });
    }
    void TearDown() override
    {
        deferred_detach(&d);
        loop_free(loop);
    }
    struct virtual_clock clock;
    struct script script;
    struct loop *loop = nullptr;
    struct deferred d;
};

TEST_F(TimeoutTest, CancelsAndTheErrorIsATimeout_DF22)
{
    both(&d, rung("inside"));
    ASSERT_EQ(deferred_add_timeout(&d, loop, 2 * NANOS_PER_SECOND), 0);
    both(&d, rung("behind", mends));
    nanos start = clock.now;
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(clock.now - start, 2 * NANOS_PER_SECOND);
    EXPECT_EQ(diary, "inside(CancelledError()) "
                     "behind(TimeoutError(not there after 2 seconds)) ");
}

TEST_F(TimeoutTest, AnOutcomeInTimeTakesTheTimerOff_DF22)
{
    ASSERT_EQ(deferred_add_timeout(&d, loop, 2 * NANOS_PER_SECOND), 0);
    both(&d, rung("behind"));
    nanos start = clock.now;
    fire(&d, 5);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(clock.now, start);
    EXPECT_EQ(diary, "behind(5) ");
}

TEST_F(TimeoutTest, ACancellationByTheOwnerStaysOne_DF22)
{
    ASSERT_EQ(deferred_add_timeout(&d, loop, 2 * NANOS_PER_SECOND), 0);
    both(&d, rung("behind", mends));
    deferred_cancel(&d);
    EXPECT_EQ(diary, "behind(CancelledError()) ");
}

TEST_F(TimeoutTest, RungsAddedLaterAreNotCovered_DF22)
{
    struct deferred *slow = deferred_new(NULL);
    ASSERT_EQ(deferred_add_timeout(&d, loop, 2 * NANOS_PER_SECOND), 0);
    callback(&d, rung("ask", asks(slow)));
    callback(&d, rung("end"));
    fire(&d, 1);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "ask(1) ");
    fire(slow, 2);
    EXPECT_EQ(diary, "ask(1) end(2) ");
}
