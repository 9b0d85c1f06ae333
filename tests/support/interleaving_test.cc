/* SPDX-License-Identifier: MIT */
#include "base/wakeup.h"
#include "support/interleaved.h"

#include <cerrno>
#include <set>
#include <unistd.h>

/* ---- choices ---- */

/* Two choices, and behind one answer a third. */
static std::string three_questions(struct interleaving *interleaving)
{
    std::string told;
    told += std::to_string(interleaving_choose(interleaving, 2));
    told += std::to_string(interleaving_choose(interleaving, 3));
    if (told == "11")
        told += std::to_string(interleaving_choose(interleaving, 2));
    return told;
}

struct Seen {
    std::multiset<std::string> told;
    std::string wrong;
};

static bool note_answers(void *context, struct interleaving *interleaving)
{
    auto *seen = static_cast<Seen *>(context);
    std::string told = three_questions(interleaving);
    seen->told.insert(told);
    return told != seen->wrong;
}

static struct exploration explored(Seen *seen, size_t every_up_to,
                                   size_t sample, uint64_t seed = 7)
{
    struct exploration exploration = {};
    exploration.every_up_to = every_up_to;
    exploration.sample = sample;
    exploration.seed = seed;
    interleaving_explore(&exploration, note_answers, seen);
    return exploration;
}

TEST(Interleaving, TriesEachAnswerAtEachPlaceOnce)
{
    Seen seen;
    struct exploration exploration = explored(&seen, 100, 100);
    EXPECT_TRUE(exploration.all);
    EXPECT_EQ(exploration.runs, 7u);
    EXPECT_EQ(seen.told, (std::multiset<std::string>{"00", "01", "02", "10",
                                                     "110", "111", "12"}));
}

TEST(Interleaving, TakesASampleWhenThereAreTooMany)
{
    Seen seen, again, other;
    struct exploration exploration = explored(&seen, 2, 20);
    EXPECT_FALSE(exploration.all);
    EXPECT_EQ(exploration.runs, 22u);
    explored(&again, 2, 20);
    EXPECT_EQ(seen.told, again.told);
    explored(&other, 2, 20, 8);
    EXPECT_NE(seen.told, other.told);
}

TEST(Interleaving, StopsAtTheRunThatFailsAndReplaysIt)
{
    Seen seen;
    seen.wrong = "111";
    struct exploration exploration = explored(&seen, 100, 0);
    EXPECT_TRUE(exploration.failed);
    EXPECT_FALSE(exploration.all);
    char text[INTERLEAVING_TEXT_MAX];
    EXPECT_STREQ(interleaving_text(&exploration.last, text), "1.1.1");
    struct interleaving replayed;
    ASSERT_TRUE(interleaving_parse(&replayed, text));
    EXPECT_EQ(three_questions(&replayed), "111");
    EXPECT_FALSE(replayed.misfit);
}

TEST(Interleaving, ReplaysWhatASampleHasFound)
{
    Seen seen;
    seen.wrong = "12";
    struct exploration exploration = explored(&seen, 0, 1000);
    ASSERT_TRUE(exploration.failed);
    char text[INTERLEAVING_TEXT_MAX];
    EXPECT_STREQ(interleaving_text(&exploration.last, text), "1.2");
}

TEST(Interleaving, SaysWhenAnOrderDoesNotFit)
{
    struct interleaving replayed;
    ASSERT_TRUE(interleaving_parse(&replayed, "0.3"));
    EXPECT_EQ(three_questions(&replayed), "00");
    EXPECT_TRUE(replayed.misfit);
    for (const char *text : {"", ".", "1.", "1..2", "-1", " 1", "a", "99999"})
        EXPECT_FALSE(interleaving_parse(&replayed, text)) << text;
}

TEST(Interleaving, SaysWhenARunAsksTooOften)
{
    struct exploration exploration = {};
    exploration.every_up_to = 1;
    bool misfit = false;
    auto ask = [](void *context, struct interleaving *it) {
        for (int i = 0; i <= INTERLEAVING_CHOICES_MAX; i++)
            EXPECT_EQ(interleaving_choose(it, 2), 0u);
        *static_cast<bool *>(context) = it->misfit;
        return true;
    };
    interleaving_explore(&exploration, ask, &misfit);
    EXPECT_TRUE(misfit);
    EXPECT_FALSE(exploration.all);
}

/* ---- a loop ---- */

namespace
{

/* A call, or what other code does, that writes a letter. */
struct Letter : occurrence {
    Letter(std::string *diary, char what)
        : occurrence(), text(diary), letter(what)
    {
        name = "other";
        watch.handle.run = [](struct handle *run) {
            auto *self = container_of(run, struct occurrence, watch.handle);
            *static_cast<Letter *>(self)->text +=
                static_cast<Letter *>(self)->letter;
        };
    }
    std::string *text;
    char letter;
};

/* A descriptor that is ready, until it has been seen. */
struct Event : watch {
    Event(std::string *diary, char what) : watch(), text(diary), letter(what)
    {
        fd = wakeup_open();
        wakeup_set(fd);
        handle.run = [](struct handle *run) {
            auto *self =
                static_cast<Event *>(container_of(run, struct watch, handle));
            *self->text += self->letter;
            loop_watch(self->loop, self, 0);
        };
    }
    ~Event()
    {
        close(fd);
    }
    Event(const Event &) = delete;
    void begin(struct loop *on)
    {
        loop = on;
        loop_watch(loop, this, SELECT_READ);
    }
    struct loop *loop = nullptr;
    std::string *text;
    char letter;
};

/* All the diaries that there are. */
std::set<std::string> diaries(
    const std::function<void(struct interleaved_loop *, std::string *)> &run)
{
    std::set<std::string> all;
    Orders orders = explore([&](struct interleaved_loop *loop) {
        std::string diary;
        run(loop, &diary);
        all.insert(diary);
        return std::string();
    });
    EXPECT_TRUE(orders.exploration.all);
    return all;
}

} // namespace

using Set = std::set<std::string>;

TEST(InterleavedLoop, DescriptorsComeInAnyOrder)
{
    EXPECT_EQ(diaries([](struct interleaved_loop *loop, std::string *diary) {
                  Event a(diary, 'a'), b(diary, 'b'), c(diary, 'c');
                  for (Event *event : {&a, &b, &c})
                      event->begin(loop->loop);
                  EXPECT_EQ(loop_run(loop->loop), 0);
              }),
              (Set{"abc", "acb", "bac", "bca", "cab", "cba"}));
}

TEST(InterleavedLoop, WhatIsScheduledComesInItsOrderAndBeforeEvents)
{
    EXPECT_EQ(diaries([](struct interleaved_loop *loop, std::string *diary) {
                  Letter a(diary, 'a'), b(diary, 'b');
                  Event c(diary, 'c');
                  c.begin(loop->loop);
                  loop_call_soon(loop->loop, &a.watch.handle);
                  loop_call_soon(loop->loop, &b.watch.handle);
                  EXPECT_EQ(loop_run(loop->loop), 0);
              }),
              (Set{"abc"}));
}

TEST(InterleavedLoop, OtherCodeComesBetweenAnyTwoCalls)
{
    EXPECT_EQ(diaries([](struct interleaved_loop *loop, std::string *diary) {
                  Letter a(diary, 'a'), b(diary, 'b'), other(diary, 'x');
                  Event c(diary, 'c');
                  c.begin(loop->loop);
                  loop_call_soon(loop->loop, &a.watch.handle);
                  loop_call_soon(loop->loop, &b.watch.handle);
                  interleaved_loop_add(loop, &other);
                  EXPECT_EQ(loop_run(loop->loop), 0);
              }),
              (Set{"xabc", "axbc", "abxc", "abcx"}));
}

TEST(InterleavedLoop, OtherCodeComesBetweenTwoEventsOfATurn)
{
    std::set<std::string> one_turn;
    diaries([&](struct interleaved_loop *loop, std::string *diary) {
        Event a(diary, 'a'), b(diary, 'b');
        Letter other(diary, 'x');
        a.begin(loop->loop);
        b.begin(loop->loop);
        interleaved_loop_add(loop, &other);
        EXPECT_EQ(loop_run(loop->loop), 0);
        if (loop->waits == 1)
            one_turn.insert(*diary);
    });
    EXPECT_EQ(one_turn, (Set{"xab", "axb", "abx", "xba", "bxa", "bax"}));
}

TEST(InterleavedLoop, ATimerComesBeforeADescriptorOrBehindIt)
{
    EXPECT_EQ(diaries([](struct interleaved_loop *loop, std::string *diary) {
                  Letter timer(diary, 't'), other(diary, 'x');
                  loop_call_at(loop->loop, &timer.watch.handle,
                               loop->clock.now + 10);
                  interleaved_loop_add(loop, &other);
                  EXPECT_EQ(loop_run(loop->loop), 0);
              }),
              (Set{"tx", "xt"}));
}

TEST(InterleavedLoop, ALateWaitLetsTwoTimersComeInOneTurn)
{
    std::set<int> waits;
    EXPECT_EQ(
        diaries([&](struct interleaved_loop *loop, std::string *diary) {
            Letter a(diary, 'a'), b(diary, 'b');
            loop->late = 20;
            loop_call_at(loop->loop, &a.watch.handle, loop->clock.now + 10);
            loop_call_at(loop->loop, &b.watch.handle, loop->clock.now + 20);
            EXPECT_EQ(loop_run(loop->loop), 0);
            waits.insert((int)loop->waits);
        }),
        (Set{"ab"}));
    EXPECT_EQ(waits, (std::set<int>{1, 2}));
}

TEST(InterleavedLoop, OneThatWouldWaitForEverIsTold)
{
    diaries([](struct interleaved_loop *loop, std::string *diary) {
        Event never(diary, 'n');
        wakeup_clear(never.fd);
        never.begin(loop->loop);
        EXPECT_EQ(loop_run(loop->loop), -EDEADLK);
    });
}

TEST(InterleavedLoop, OneThatSpinsIsTold)
{
    struct Again : handle {
        struct loop *loop;
    };
    diaries([](struct interleaved_loop *loop, std::string *) {
        Again again = {};
        again.loop = loop->loop;
        again.run = [](struct handle *self) {
            loop_call_soon(static_cast<Again *>(self)->loop, self);
        };
        loop_call_soon(loop->loop, &again);
        EXPECT_EQ(loop_run(loop->loop), -ELOOP);
        loop_cancel(loop->loop, &again);
    });
}

TEST(InterleavedLoop, AFailureHasAStoryAndIsFoundAgain)
{
    Program program = [](struct interleaved_loop *loop) {
        std::string diary;
        Letter a(&diary, 'a'), b(&diary, 'b'), other(&diary, 'x');
        loop_call_soon(loop->loop, &a.watch.handle);
        loop_call_soon(loop->loop, &b.watch.handle);
        interleaved_loop_add(loop, &other);
        EXPECT_EQ(loop_run(loop->loop), 0);
        return std::string(diary == "axb" ? "x came between" : "");
    };
    Orders orders = explore(program);
    EXPECT_EQ(orders.wrong, "x came between");
    EXPECT_EQ(orders.story, "other behind 1 calls");
    std::string story;
    EXPECT_EQ(replay(program, orders.order, &story), orders.wrong);
    EXPECT_EQ(story, orders.story);
}
