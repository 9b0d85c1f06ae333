/* SPDX-License-Identifier: MIT */
/* Work handed to threads, and taken back when it is finished. Each piece counts
 * what happened to it; each must end in exactly one way: taken or dropped. */
#include "support/contract.h"
#include "support/gate.h"
#include "support/scripted_sockets.h"

#include "threads/completions.h"

#include <atomic>
#include <cerrno>
#include <gtest/gtest.h>
#include <memory>
#include <poll.h>
#include <thread>
#include <vector>

namespace
{

/* What becomes of a piece of work; it outlives the piece. */
struct Fate {
    std::atomic<int> runs{0}, drops{0};
};

struct Piece : completion {
    Fate *fate;
    Gate *gate;

    explicit Piece(Fate &its, Gate *where = nullptr)
        : completion(), fate(&its), gate(where)
    {
        run = [](struct completion *one) {
            auto *piece = static_cast<Piece *>(one);
            piece->fate->runs++;
            if (piece->gate)
                piece->gate->pass();
        };
        drop = [](struct completion *one) {
            auto *piece = static_cast<Piece *>(one);
            piece->fate->drops++;
            delete piece;
        };
    }
};

class Completions : public testing::Test
{
  protected:
    void TearDown() override
    {
        completions_free(list);
        while (executor_left_behind())
            std::this_thread::yield();
    }
    void open(size_t threads)
    {
        ASSERT_EQ(completions_new(&list, threads), 0);
    }
    Piece *start(Fate &fate, Gate *where = nullptr)
    {
        auto *piece = new Piece(fate, where);
        EXPECT_EQ(completions_start(list, piece), 0);
        return piece;
    }
    bool is_readable(int timeout = 0)
    {
        struct pollfd one = {completions_fd(list), POLLIN, 0};
        return poll(&one, 1, timeout) == 1;
    }
    /* Takes the next one and frees it; whose it was. */
    Fate *take()
    {
        std::unique_ptr<Piece> piece(
            static_cast<Piece *>(completions_take(list)));
        return piece ? piece->fate : nullptr;
    }
    Fate *await()
    {
        EXPECT_TRUE(is_readable(-1));
        return take();
    }

    struct completions *list = nullptr;
    Fate fates[4];
    Gate gate;
};

TEST_F(Completions, WithoutWorkThereIsNothingToTake)
{
    open(1);
    EXPECT_FALSE(is_readable());
    EXPECT_EQ(take(), nullptr);
    completions_free(nullptr);
}

TEST_F(Completions, NeedAThread)
{
    EXPECT_EQ(completions_new(&list, 0), -EINVAL);
    EXPECT_EQ(list, nullptr);
}

TEST_F(Completions, AreReadableExactlyWhileThereIsSomethingToTake)
{
    open(1);
    start(fates[0]);
    start(fates[1]);
    Fate *first = await();
    EXPECT_EQ(first, &fates[0]);
    EXPECT_EQ(await(), &fates[1]);
    EXPECT_FALSE(is_readable());
    EXPECT_EQ(take(), nullptr);
    start(fates[2]);
    EXPECT_EQ(await(), &fates[2]);
    EXPECT_FALSE(is_readable());
}

TEST_F(Completions, ComeInTheOrderInWhichTheyAreFinished)
{
    open(2);
    start(fates[0], &gate);
    start(fates[1]);
    EXPECT_EQ(await(), &fates[1]);
    EXPECT_FALSE(is_readable());
    gate.open();
    EXPECT_EQ(await(), &fates[0]);
}

TEST_F(Completions, ThatWereTakenAreTheCallersAgain)
{
    open(1);
    auto *piece = start(fates[0]);
    ASSERT_TRUE(is_readable(-1));
    ASSERT_EQ(completions_take(list), piece);
    ASSERT_EQ(completions_start(list, piece), 0);
    EXPECT_EQ(await(), &fates[0]);
    EXPECT_EQ(fates[0].runs, 2);
    EXPECT_EQ(fates[0].drops, 0);
}

TEST_F(Completions, AbandonedWhileItRunsItIsDroppedWhenItEnds)
{
    open(1);
    Piece *piece = start(fates[0], &gate);
    start(fates[1]);
    gate.wait_for(1);
    completion_abandon(piece);
    EXPECT_EQ(fates[0].drops, 0);
    gate.open();
    EXPECT_EQ(await(), &fates[1]);
    EXPECT_EQ(fates[0].drops, 1);
    EXPECT_FALSE(is_readable());
}

TEST_F(Completions, AbandonedBeforeItBeginsItDoesNotBegin)
{
    open(1);
    start(fates[0], &gate);
    completion_abandon(start(fates[1]));
    start(fates[2]);
    gate.open();
    EXPECT_EQ(await(), &fates[0]);
    EXPECT_EQ(await(), &fates[2]);
    EXPECT_EQ(fates[1].runs, 0);
    EXPECT_EQ(fates[1].drops, 1);
}

/* When the third one runs, the two before it are in the list. */
TEST_F(Completions, AbandonedWhenItIsFinishedItLeavesTheList)
{
    for (int which : {0, 1}) {
        Fate own[3];
        Gate third;
        completions_free(list);
        open(1);
        Piece *pieces[] = {start(own[0]), start(own[1]), start(own[2], &third)};
        third.wait_for(1);
        completion_abandon(pieces[which]);
        EXPECT_EQ(own[which].drops, 1) << "at once";
        EXPECT_TRUE(is_readable());
        EXPECT_EQ(take(), &own[1 - which]);
        EXPECT_FALSE(is_readable());
        third.open();
        EXPECT_EQ(await(), &own[2]);
    }
}

TEST_F(Completions, TheLastOneAbandonedTheDescriptorIsQuiet)
{
    open(1);
    Piece *piece = start(fates[0]);
    ASSERT_TRUE(is_readable(-1));
    completion_abandon(piece);
    EXPECT_FALSE(is_readable());
    start(fates[1]);
    EXPECT_EQ(await(), &fates[1]);
}

TEST_F(Completions, FreeingThemDropsEachAndWaitsForNone)
{
    open(1);
    start(fates[0]);
    start(fates[1], &gate);
    start(fates[2]);
    completion_abandon(start(fates[3]));
    gate.wait_for(1);
    completions_free(list); // with the gate shut
    list = nullptr;
    EXPECT_EQ(fates[0].drops, 1) << "finished";
    EXPECT_EQ(fates[1].drops, 0) << "under way";
    EXPECT_EQ(fates[2].drops, 1) << "not begun";
    EXPECT_EQ(fates[2].runs, 0);
    EXPECT_EQ(fates[3].drops, 1) << "abandoned, not begun";
    EXPECT_EQ(executor_left_behind(), 1u);
    gate.open();
    while (executor_left_behind())
        std::this_thread::yield();
    EXPECT_EQ(fates[1].drops, 1);
}

TEST_F(Completions, WorkThatNoThreadCanDoStaysTheCallers)
{
    struct scripted_rule rules[] = {
        {SCRIPTED_THREAD, 1, 0, 0, EAGAIN},
    };
    open(1);
    ASSERT_EQ(scripted_begin(1, rules, 1), 0);
    Piece *piece = new Piece(fates[0]);
    EXPECT_EQ(completions_start(list, piece), -EAGAIN);
    EXPECT_EQ(completions_start(list, piece), 0) << "the next time it can";
    scripted_end();
    EXPECT_EQ(await(), &fates[0]);
    EXPECT_EQ(fates[0].runs, 1);
}

TEST_F(Completions, ManyAtOnceAllComeBackOnce)
{
    std::vector<Fate> many(500);
    open(4);
    for (Fate &fate : many)
        start(fate);
    for (size_t i = 0; i < many.size(); i++)
        ASSERT_NE(await(), nullptr);
    EXPECT_FALSE(is_readable());
    for (Fate &fate : many)
        EXPECT_EQ(fate.runs, 1);
}

TEST_F(Completions, OneThatWasTakenCannotBeAbandoned)
{
    open(1);
    Piece *piece = start(fates[0]);
    ASSERT_TRUE(is_readable(-1));
    ASSERT_EQ(completions_take(list), piece);
    EXPECT_CONTRACT(completion_abandon(piece), "completion_abandon");
    delete piece;
}

} // namespace
