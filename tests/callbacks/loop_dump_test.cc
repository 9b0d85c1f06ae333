/* SPDX-License-Identifier: MIT */
/* A loop that is asked what it waits for. */
#include "callbacks/loop_dump.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"
#include "callbacks/mailbox.h"
#include "loop_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <vector>

namespace
{

void rings(handle *)
{
}
HANDLE_NAME(rings, "an alarm clock", nullptr);

void says_more(handle *)
{
}
void say_more(const handle *handle, FILE *out)
{
    fprintf(out, "due at %lld", static_cast<long long>(handle->when));
}
HANDLE_NAME(says_more, "one with more to say", say_more);

void nameless(handle *)
{
}

class LoopDump : public LoopTest
{
  protected:
    /* Without the ages, which only debug builds know. */
    std::string dump()
    {
        char *text = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        loop_dump(loop, out);
        fclose(out);
        std::string dumped =
            std::regex_replace(text, std::regex(" \\(since [0-9.]+ s\\)"), "");
        free(text);
        return dumped;
    }
    handle bell(void (*function)(handle *))
    {
        handle handle = {};
        handle.run = function;
        return handle;
    }
};

TEST_F(LoopDump, OfAnEmptyLoopIsALine)
{
    EXPECT_EQ(dump(), "0 ready, 0 timed, 0 watched\n");
}

TEST_F(LoopDump, TellsWhatIsReadyTimedAndWatchedByName)
{
    handle ready = bell(rings), late = bell(rings), early = bell(says_more);
    handle over = bell(rings), never = bell(rings);
    struct watch reads = {}, writes = {};
    reads.handle = writes.handle = bell(rings);
    reads.fd = 7;
    writes.fd = 3;
    loop_call_at(loop, &never, NEVER);
    loop_call_at(loop, &late, start + 2 * NANOS_PER_SECOND);
    loop_call_at(loop, &early, start + 1234567890);
    loop_call_at(loop, &over, start - 1);
    loop_call_soon(loop, &ready);
    ASSERT_EQ(loop_watch(loop, &reads, SELECT_READ | SELECT_WRITE), 0);
    ASSERT_EQ(loop_watch(loop, &writes, SELECT_WRITE), 0);
    EXPECT_EQ(dump(),
              "1 ready, 4 timed, 2 watched\n"
              "  ready             rings, an alarm clock\n"
              "  in 0.000 s        rings, an alarm clock\n"
              "  in 1.235 s        says_more, one with more to say: due "
              "at " +
                  std::to_string(start + 1234567890) +
                  "\n"
                  "  in 2.000 s        rings, an alarm clock\n"
                  "  never             rings, an alarm clock\n"
                  "  fd 3 write        rings, an alarm clock\n"
                  "  fd 7 read/write   rings, an alarm clock\n");
}

TEST_F(LoopDump, OfAFunctionWithoutANameTheAddressIsTold)
{
    handle unknown = bell(nameless);
    loop_call_soon(loop, &unknown);
    EXPECT_TRUE(std::regex_search(
        dump(),
        std::regex("\n  ready             a function at 0x[0-9a-f]+\n")));
}

TEST_F(LoopDump, FromInsideACallShowsWhatIsLeftOfTheTurn)
{
    handle next = bell(says_more), behind = bell(rings);
    std::string seen;
    Call asks([&] {
        loop_call_soon(loop, &behind);
        seen = dump();
    });
    soon(asks);
    loop_call_soon(loop, &next);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(seen,
              "2 ready, 0 timed, 0 watched\n"
              "  ready             says_more, one with more to say: due at "
              "0\n"
              "  ready             rings, an alarm clock\n");
}

TEST_F(LoopDump, OfTenThousandTimersMissesNone)
{
    std::vector<handle> timers(10000, bell(rings));
    for (size_t i = 0; i < timers.size(); i++)
        loop_call_at(loop, &timers[i],
                     start + static_cast<nanos>((i * 7919) % 10000));
    for (size_t i = 0; i < timers.size(); i += 3)
        loop_cancel(loop, &timers[i]);
    std::string text = dump();
    EXPECT_EQ(text.find("0 ready, 6666 timed, 0 watched\n"), 0u);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6667);
}

TEST_F(LoopDump, TellsAgesInDebugBuilds)
{
    handle handle = bell(rings);
    loop_call_at(loop, &handle, NEVER);
    clock.now += 1500 * NANOS_PER_MILLISECOND;
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    loop_dump(loop, out);
    fclose(out);
    EXPECT_EQ(strstr(text, " (since 1.500 s)\n") != nullptr, CONTRACT_DEBUG)
        << text;
    free(text);
}

TEST(LoopDumpOnEpoll, AsksTheKernelWhatIsWatched)
{
    struct loop *loop;
    struct mailbox *mailbox;
    ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
    ASSERT_EQ(mailbox_new(&mailbox, loop), 0);
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    loop_dump(loop, out);
    fclose(out);
    EXPECT_TRUE(std::regex_search(
        text, std::regex("0 ready, 0 timed, 1 watched\n"
                         "  fd [0-9]+ read +on_mail, a mailbox( \\(.*\\))?\n")))
        << text;
    free(text);
    mailbox_release(mailbox);
    mailbox_free(mailbox);
    loop_free(loop);
}

} // namespace
