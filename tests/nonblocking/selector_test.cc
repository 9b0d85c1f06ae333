/* SPDX-License-Identifier: MIT */
#include "nonblocking/selector.h"

#include "base/clock.h"

#include <algorithm>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <set>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

namespace
{

/* Two ends of a stream. */
class Pair
{
  public:
    Pair()
    {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
            ADD_FAILURE() << "socketpair: " << strerror(errno);
    }
    Pair(const Pair &) = delete;
    ~Pair()
    {
        close_near();
        close_far();
    }
    int near() const
    {
        return ends[0];
    }
    void make_readable() const
    {
        EXPECT_EQ(write(ends[1], "x", 1), 1);
    }
    void fill() const
    {
        char bytes[4096] = {};
        while (send(ends[0], bytes, sizeof bytes, MSG_DONTWAIT) > 0)
            ;
    }
    void close_near()
    {
        close_end(0);
    }
    void close_far()
    {
        close_end(1);
    }

  private:
    void close_end(int which)
    {
        if (ends[which] >= 0)
            close(ends[which]);
        ends[which] = -1;
    }
    int ends[2] = {-1, -1};
};

class Selector : public testing::TestWithParam<const selector_ops *>
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(GetParam()->open(&selector), 0);
    }
    void TearDown() override
    {
        if (selector)
            selector_close(selector);
    }
    std::vector<selected> look(nanos timeout = 0, int capacity = 16)
    {
        std::vector<selected> events(static_cast<size_t>(capacity));
        int count = selector_wait(selector, timeout, events.data(), capacity);
        EXPECT_GE(count, 0);
        events.resize(count < 0 ? 0 : static_cast<size_t>(count));
        return events;
    }
    struct selector *selector = nullptr;
    int tag = 0, other_tag = 0;
};

INSTANTIATE_TEST_SUITE_P(All, Selector,
                         testing::Values(&select_selector, &poll_selector,
                                         &epoll_selector),
                         [](const auto &which) {
                             return std::string(which.param->name);
                         });

TEST_P(Selector, KnowsItsOps)
{
    EXPECT_EQ(selector->ops, GetParam());
}

TEST_P(Selector, ShowsAllThatIsWatched)
{
    using Shown = std::set<std::tuple<int, unsigned, void *>>;
    Pair one, other, gone;
    auto show = [](void *context, int fd, unsigned interest, void *data) {
        static_cast<Shown *>(context)->emplace(fd, interest, data);
    };
    Shown shown;
    EXPECT_EQ(selector_each(selector, show, &shown), 0);
    EXPECT_TRUE(shown.empty());
    selector_add(selector, one.near(), SELECT_READ, &tag);
    selector_add(selector, gone.near(), SELECT_READ, &tag);
    selector_add(selector, other.near(), SELECT_READ, &other_tag);
    selector_modify(selector, other.near(), SELECT_READ | SELECT_WRITE,
                    &other_tag);
    selector_remove(selector, gone.near());
    EXPECT_EQ(selector_each(selector, show, &shown), 0);
    EXPECT_EQ(shown,
              (Shown{{one.near(), SELECT_READ, &tag},
                     {other.near(), SELECT_READ | SELECT_WRITE, &other_tag}}));
    for (Pair *pair : {&one, &other})
        selector_remove(selector, pair->near());
}

TEST_P(Selector, WithNothingToWatchOnlyTheTimeoutEndsAWait)
{
    EXPECT_TRUE(look(0).empty());
    EXPECT_TRUE(look(1).empty());
}

TEST_P(Selector, AddsAndRemovesADescriptor)
{
    Pair pair;
    EXPECT_EQ(selector_add(selector, pair.near(), SELECT_READ, &tag), 0);
    pair.make_readable();
    auto events = look();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].data, &tag);
    EXPECT_EQ(events[0].ready, unsigned{SELECT_READ});
    EXPECT_EQ(selector_remove(selector, pair.near()), 0);
    EXPECT_TRUE(look().empty());
}

TEST_P(Selector, SaysWhatIsThereAlreadyAndWhatIsNot)
{
    Pair pair;
    int fd = pair.near();
    EXPECT_EQ(selector_modify(selector, fd, SELECT_READ, &tag), -ENOENT);
    EXPECT_EQ(selector_remove(selector, fd), -ENOENT);
    EXPECT_EQ(selector_add(selector, fd, SELECT_READ, &tag), 0);
    EXPECT_EQ(selector_add(selector, fd, SELECT_READ, &tag), -EEXIST);
    EXPECT_EQ(selector_remove(selector, fd), 0);
    EXPECT_EQ(selector_remove(selector, fd), -ENOENT);
    EXPECT_EQ(selector_add(selector, fd, SELECT_READ, &tag), 0);
}

TEST_P(Selector, RefusesADescriptorThatCannotBe)
{
    EXPECT_LT(selector_add(selector, -1, SELECT_READ, &tag), 0);
    EXPECT_LT(selector_remove(selector, -1), 0);
}

TEST_P(Selector, ModifyChangesInterestAndData)
{
    Pair pair;
    ASSERT_EQ(selector_add(selector, pair.near(), SELECT_READ, &tag), 0);
    EXPECT_TRUE(look().empty());
    ASSERT_EQ(selector_modify(selector, pair.near(), SELECT_WRITE, &other_tag),
              0);
    auto events = look();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].data, &other_tag);
    EXPECT_EQ(events[0].ready, unsigned{SELECT_WRITE});
}

TEST_P(Selector, BothInterestsComeInOneEvent)
{
    Pair pair;
    pair.make_readable();
    ASSERT_EQ(
        selector_add(selector, pair.near(), SELECT_READ | SELECT_WRITE, &tag),
        0);
    auto events = look();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].ready, unsigned{SELECT_READ | SELECT_WRITE});
}

TEST_P(Selector, TellsWhatIsReadyAndForWhat)
{
    Pair reader, writer;
    ASSERT_EQ(selector_add(selector, reader.near(), SELECT_READ, &tag), 0);
    ASSERT_EQ(selector_add(selector, writer.near(), SELECT_WRITE, &other_tag),
              0);
    auto events = look();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].data, &other_tag);
    EXPECT_EQ(events[0].ready, unsigned{SELECT_WRITE});
    reader.make_readable();
    writer.make_readable(); /* which was not asked for */
    std::set<std::pair<void *, unsigned>> seen;
    for (const selected &event : look())
        seen.insert({event.data, event.ready});
    std::set<std::pair<void *, unsigned>> expected = {
        {&tag, SELECT_READ}, {&other_tag, SELECT_WRITE}};
    EXPECT_EQ(seen, expected);
}

/* A dozen pairs: each is written to once, when it is found writable, and read
 * from once, when it is found readable. */
TEST_P(Selector, ManyTalkAtTheSameTime)
{
    const size_t PAIRS = 12;
    std::vector<Pair> writers(PAIRS);
    for (Pair &pair : writers)
        ASSERT_EQ(selector_add(selector, pair.near(),
                               SELECT_READ | SELECT_WRITE, &pair),
                  0);
    size_t read_from = 0, turns = 0;
    std::set<Pair *> written;
    while (read_from < PAIRS && turns++ < 100)
        for (const selected &event : look(NEVER)) {
            Pair *pair = static_cast<Pair *>(event.data);
            char byte;
            if (event.ready & SELECT_WRITE && written.insert(pair).second) {
                pair->make_readable();
            } else if (event.ready & SELECT_READ) {
                EXPECT_EQ(read(pair->near(), &byte, 1), 1);
                read_from++;
            }
        }
    EXPECT_EQ(read_from, PAIRS);
    EXPECT_EQ(written.size(), PAIRS);
}

TEST_P(Selector, ATimeoutIsNeverEarly)
{
    Pair pair;
    ASSERT_EQ(selector_add(selector, pair.near(), SELECT_READ, &tag), 0);
    EXPECT_TRUE(look(0).empty());
    /* A wait may be interrupted: the kernel may still be clearing up a ring of
     * an earlier test. Not each time. */
    for (nanos timeout : {nanos{1}, nanos{1500000}}) {
        nanos longest = 0;
        for (int i = 0; i < 10 && longest < timeout; i++) {
            nanos begin = monotonic_now();
            EXPECT_TRUE(look(timeout).empty());
            longest = std::max(longest, monotonic_now() - begin);
        }
        EXPECT_GE(longest, timeout);
    }
    pair.make_readable();
    EXPECT_EQ(look(NEVER).size(), 1u) << "what is ready is not waited for";
}

TEST_P(Selector, AFullSocketIsNotWritable)
{
    Pair pair;
    pair.fill();
    ASSERT_EQ(selector_add(selector, pair.near(), SELECT_WRITE, &tag), 0);
    EXPECT_TRUE(look().empty());
}

TEST_P(Selector, ReadinessIsALevelAndStays)
{
    Pair pair;
    pair.make_readable();
    ASSERT_EQ(selector_add(selector, pair.near(), SELECT_READ, &tag), 0);
    EXPECT_EQ(look().size(), 1u);
    EXPECT_EQ(look().size(), 1u);
}

TEST_P(Selector, AHangUpIsReadyForWhatWasAsked)
{
    Pair reader, writer;
    ASSERT_EQ(selector_add(selector, reader.near(), SELECT_READ, &tag), 0);
    ASSERT_EQ(selector_add(selector, writer.near(), SELECT_WRITE, &tag), 0);
    reader.close_far();
    writer.fill();
    writer.close_far();
    auto events = look();
    ASSERT_EQ(events.size(), 2u);
    EXPECT_TRUE(events[0].ready & SELECT_READ);
    EXPECT_TRUE(events[1].ready & SELECT_WRITE);
}

TEST_P(Selector, MoreReadyThanRoomComesWithTheNextWaits)
{
    const size_t PAIRS = 10;
    const int ROOM = 4;
    std::vector<Pair> pairs(PAIRS);
    int tags[PAIRS];
    for (size_t i = 0; i < PAIRS; i++) {
        pairs[i].make_readable();
        ASSERT_EQ(
            selector_add(selector, pairs[i].near(), SELECT_READ, &tags[i]), 0);
    }
    std::set<void *> seen;
    for (int turn = 0; turn < 3; turn++)
        for (const selected &event : look(0, ROOM))
            seen.insert(event.data);
    EXPECT_EQ(seen.size(), PAIRS) << "none starves";
}

TEST_P(Selector, RemovingInAnyOrderKeepsTheOthers)
{
    const size_t PAIRS = 40;
    std::vector<Pair> pairs(PAIRS);
    int tags[PAIRS];
    for (size_t i = 0; i < PAIRS; i++)
        ASSERT_EQ(
            selector_add(selector, pairs[i].near(), SELECT_READ, &tags[i]), 0);
    for (size_t i = 0; i < PAIRS; i += 3)
        ASSERT_EQ(selector_remove(selector, pairs[i].near()), 0);
    for (const Pair &pair : pairs)
        pair.make_readable();
    std::set<void *> seen, expected;
    for (const selected &event : look(0, static_cast<int>(PAIRS)))
        seen.insert(event.data);
    for (size_t i = 0; i < PAIRS; i++)
        if (i % 3)
            expected.insert(&tags[i]);
    EXPECT_EQ(seen, expected);
}

/* A file is always ready, so epoll has nothing to say about it. */
TEST_P(Selector, AFileIsReadyAtOnceOrRefused)
{
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(file, 0);
    if (GetParam() == &epoll_selector) {
        EXPECT_EQ(selector_add(selector, file, SELECT_READ, &tag), -EPERM);
    } else {
        EXPECT_EQ(selector_add(selector, file, SELECT_READ, &tag), 0);
        EXPECT_EQ(look().size(), 1u);
        EXPECT_EQ(selector_remove(selector, file), 0);
    }
    close(file);
}

TEST_P(Selector, ANumberUsedAgainIsANewDescriptor)
{
    Pair first;
    int fd = first.near();
    ASSERT_EQ(selector_add(selector, fd, SELECT_READ, &tag), 0);
    ASSERT_EQ(selector_remove(selector, fd), 0);
    Pair second;
    ASSERT_EQ(dup2(second.near(), fd), fd);
    ASSERT_EQ(selector_add(selector, fd, SELECT_READ, &other_tag), 0);
    second.make_readable();
    auto events = look();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].data, &other_tag);
}

/* A descriptor with a number that is too high for a set of bits. */
class HighDescriptor
{
  public:
    HighDescriptor()
    {
        rlimit limit{};
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        if (limit.rlim_max > FD_SETSIZE + 5)
            fd = dup2(pair.near(), FD_SETSIZE + 5);
    }
    HighDescriptor(const HighDescriptor &) = delete;
    ~HighDescriptor()
    {
        if (fd >= 0)
            close(fd);
    }
    Pair pair;
    int fd = -1;
};

TEST_P(Selector, HoldsDescriptorsAboveFdSetSizeOrRefusesThem)
{
    HighDescriptor high;
    if (high.fd < 0)
        GTEST_SKIP() << "the limit of descriptors is too low here";
    high.pair.make_readable();
    if (GetParam() == &select_selector) {
        EXPECT_EQ(selector_add(selector, high.fd, SELECT_READ, &tag), -EINVAL);
        EXPECT_EQ(selector_modify(selector, high.fd, SELECT_READ, &tag),
                  -ENOENT);
        EXPECT_EQ(selector_remove(selector, high.fd), -ENOENT);
        EXPECT_TRUE(look().empty());
    } else {
        EXPECT_EQ(selector_add(selector, high.fd, SELECT_READ, &tag), 0);
        EXPECT_EQ(look().size(), 1u);
        EXPECT_EQ(selector_remove(selector, high.fd), 0);
    }
}

void ignore(int)
{
}

/* A timer that goes on ringing, so that the signal cannot come too early. */
TEST_P(Selector, ASignalEndsAWaitWithNothing)
{
    struct sigaction action = {};
    action.sa_handler = ignore;
    sigaction(SIGALRM, &action, nullptr);
    itimerval ring = {{0, 5000}, {0, 5000}};
    setitimer(ITIMER_REAL, &ring, nullptr);
    EXPECT_TRUE(look(NEVER).empty());
    ring = {};
    setitimer(ITIMER_REAL, &ring, nullptr);
}

} // namespace
