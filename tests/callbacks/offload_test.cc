/* SPDX-License-Identifier: MIT */
/* Work on a thread, its end on the loop. Each piece ends in exactly one way:
 * done or dropped. */
#include "callbacks/offload.h"
#include "loop_fixture.h"
#include "support/contract.h"
#include "support/gate.h"
#include "support/scripted_sockets.h"

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

namespace
{

/* What becomes of a piece of work; it outlives the piece. */
struct Fate {
    std::atomic<int> runs{0}, dones{0}, drops{0};
    std::thread::id runner;
    std::function<void()> when_done;
};

struct Piece : offload {
    Fate *fate;
    Gate *gate;

    explicit Piece(Fate &its, Gate *where = nullptr)
        : offload(), fate(&its), gate(where)
    {
        run = [](struct offload *one) {
            auto *piece = static_cast<Piece *>(one);
            piece->fate->runs++;
            piece->fate->runner = std::this_thread::get_id();
            if (piece->gate)
                piece->gate->pass();
        };
        done = [](struct offload *one) {
            auto *piece = static_cast<Piece *>(one);
            Fate *own = piece->fate;
            own->dones++;
            delete piece;
            if (own->when_done)
                own->when_done();
        };
        drop = [](struct offload *one) {
            auto *piece = static_cast<Piece *>(one);
            piece->fate->drops++;
            delete piece;
        };
    }
};

class OffloadTest : public testing::Test
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
        while (executor_left_behind())
            std::this_thread::yield();
    }
    Piece *start(Fate &its, Gate *where = nullptr)
    {
        auto *piece = new Piece(its, where);
        EXPECT_EQ(offload_start(offloader, piece), 0);
        EXPECT_EQ(its.dones, 0) << "never before offload_start returned";
        return piece;
    }

    struct loop *loop = nullptr;
    struct offloader *offloader = nullptr;
    Fate fate;
    Gate gate;
};

TEST_F(OffloadTest, LO9_WorkIsDoneOnAThreadAndItsEndIsToldOnTheLoop)
{
    std::thread::id teller;
    fate.when_done = [&] { teller = std::this_thread::get_id(); };
    start(fate);
    EXPECT_EQ(loop_run(loop), 0) << "the loop waits for it";
    EXPECT_EQ(fate.dones, 1);
    EXPECT_EQ(teller, std::this_thread::get_id());
    EXPECT_NE(fate.runner, std::this_thread::get_id());
}

TEST_F(OffloadTest, LO9_TheLoopGoesOnMeanwhile)
{
    start(fate, &gate);
    Call other([&] {
        EXPECT_EQ(fate.dones, 0);
        gate.open();
    });
    loop_call_soon(loop, &other);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(fate.dones, 1);
}

TEST_F(OffloadTest, MoreWorkThanThreadsAllComesBack)
{
    std::vector<Fate> fates(50);
    for (Fate &one : fates)
        start(one);
    EXPECT_EQ(loop_run(loop), 0);
    for (Fate &one : fates)
        EXPECT_EQ(one.dones, 1);
}

TEST_F(OffloadTest, DoneMayStartMoreAndTheLoopWaitsForThat)
{
    Fate second, third;
    second.when_done = [&] { start(third); };
    fate.when_done = [&] { start(second); };
    start(fate);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(third.dones, 1);
}

TEST_F(OffloadTest, CancelledWhileItRunsItIsNotWaitedFor)
{
    Piece *piece = start(fate, &gate);
    gate.wait_for(1);
    offload_cancel(piece);
    EXPECT_EQ(loop_run(loop), 0) << "with the work still under way";
    EXPECT_EQ(fate.drops, 0);
    gate.open();
    while (fate.drops == 0)
        std::this_thread::yield();
    EXPECT_EQ(fate.dones, 0);
}

TEST_F(OffloadTest, CancelledBeforeItBeginsItDoesNotBegin)
{
    Fate first, second;
    start(first, &gate);
    start(second, &gate);
    gate.wait_for(2); // both threads are busy
    offload_cancel(start(fate));
    gate.open();
    EXPECT_EQ(loop_run(loop), 0);
    offloader_free(offloader);
    offloader = nullptr;
    EXPECT_EQ(first.dones + second.dones, 2);
    EXPECT_EQ(fate.runs, 0);
    EXPECT_EQ(fate.drops, 1);
}

/* Both are finished when the loop looks: the first one's done() cancels the
 * other one. */
TEST_F(OffloadTest, CancelledWhenItIsFinishedItIsNotToldAnyMore)
{
    Fate other;
    Piece *pieces[2];
    fate.when_done = [&] { offload_cancel(pieces[1]); };
    other.when_done = [&] { offload_cancel(pieces[0]); };
    pieces[0] = start(fate);
    pieces[1] = start(other);
    while (fate.runs + other.runs < 2)
        std::this_thread::yield();
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(fate.dones + other.dones, 1);
    while (fate.drops + other.drops == 0)
        std::this_thread::yield();
    EXPECT_EQ(fate.drops + other.drops, 1);
}

TEST_F(OffloadTest, FreedItLeavesBehindWhatHangsAndTellsNoCaller)
{
    Fate waiting, finished;
    start(fate, &gate);
    start(waiting, &gate);
    start(finished);
    gate.wait_for(2);
    offloader_free(offloader);
    offloader = nullptr;
    EXPECT_EQ(executor_left_behind(), 2u);
    EXPECT_EQ(loop_run(loop), 0);
    gate.open();
    while (executor_left_behind())
        std::this_thread::yield();
    for (Fate *one : {&fate, &waiting, &finished}) {
        EXPECT_EQ(one->dones, 0);
        EXPECT_EQ(one->drops, 1);
    }
}

TEST_F(OffloadTest, WorkThatNoThreadCanDoStaysTheCallers)
{
    struct scripted_rule rules[] = {
        {SCRIPTED_THREAD, 1, 0, 0, EAGAIN},
    };
    ASSERT_EQ(scripted_begin(1, rules, 1), 0);
    Piece *piece = new Piece(fate);
    EXPECT_EQ(offload_start(offloader, piece), -EAGAIN);
    EXPECT_EQ(loop_run(loop), 0) << "there is nothing to wait for";
    EXPECT_EQ(offload_start(offloader, piece), 0);
    scripted_end();
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(fate.dones, 1);
}

TEST_F(OffloadTest, IsNotFreedFromInsideADone)
{
    fate.when_done = [&] { offloader_free(offloader); };
    auto start_and_free = [&] {
        start(fate);
        loop_run(loop);
    };
    EXPECT_CONTRACT(start_and_free(), "offloader_free: not from inside a "
                                      "done\\(\\) of this offloader");
}

TEST(Offload, NeedsAtLeastOneThread)
{
    struct loop *loop;
    struct offloader *offloader = nullptr;
    ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
    EXPECT_LT(offloader_new(&offloader, loop, 0), 0);
    loop_free(loop);
    offloader_free(nullptr);
}

} // namespace
