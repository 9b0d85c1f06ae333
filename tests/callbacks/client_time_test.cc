/* SPDX-License-Identifier: MIT */
/* The callback client on time made up, and where nothing is waited for. */
#include "client_fixture.h"
#include "support/occupied.h"
#include "support/scripted_lookup.h"
#include "support/scripted_selector.h"
#include "support/scripted_sockets.h"
#include "support/silent_server.h"

#include <arpa/inet.h>
#include <cerrno>
#include <iterator>
#include <memory>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace
{

constexpr nanos MS = NANOS_PER_MILLISECOND;

/* ---- a server that takes connections and says nothing ---- */

class ClientInVirtualTime : public testing::Test
{
  protected:
    void SetUp() override
    {
        virtual_clock_init(&clock);
        start = clock.now;
        script_init(&script, &clock);
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr *>(&address), size),
                  0);
        ASSERT_EQ(listen(listener, 128), 0);
        getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
        port = ntohs(address.sin_port);
    }
    void TearDown() override
    {
        close(listener);
    }
    int run(batch *batch)
    {
        return client_run(batch, &virtual_time_selector, &clock.clock);
    }
    nanos mark(const Pages &pages, size_t index, enum mark which)
    {
        return pages[index].marks[which] - start;
    }

    struct virtual_clock clock;
    nanos start;
    struct script script;
    int listener = -1;
    uint16_t port = 0;
};

TEST_F(ClientInVirtualTime, ASilentServerIsGivenUpAtTheTotalTimeout)
{
    Pages pages;
    pages.options.total_timeout = 60 * NANOS_PER_SECOND;
    pages.options.connect_timeout = 10 * NANOS_PER_SECOND;
    pages.add(here(port, "/"), 3);
    ASSERT_EQ(run(pages.at_once(3)), 0);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(pages[i].error, FETCH_TIMEOUT);
        EXPECT_EQ(mark(pages, i, MARK_DONE), 60 * NANOS_PER_SECOND);
    }
}

TEST_F(ClientInVirtualTime, EachJobHasItsOwnDeadlineCountedFromItsStart)
{
    Pages pages;
    pages.options.keep_alive = true;
    pages.options.total_timeout = 7 * NANOS_PER_SECOND;
    pages.add(here(port, "/"), 3);
    ASSERT_EQ(run(pages.at_once(1)), 0);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(mark(pages, i, MARK_DONE),
                  static_cast<nanos>(i + 1) * 7 * NANOS_PER_SECOND);
        EXPECT_FALSE(pages[i].reused) << "the late answer may still come";
    }
}

TEST_F(ClientInVirtualTime, APlaceThatHasNoMoreJobsHasNoDeadlineEither)
{
    Pages pages;
    pages.add("http://127.0.0.1:1/");
    pages.add(here(port, "/"));
    ASSERT_EQ(run(pages.at_once(2)), 0);
    EXPECT_EQ(pages.list.finished, 2u);
    EXPECT_EQ(pages[0].error, FETCH_REFUSED);
    EXPECT_EQ(pages[1].error, FETCH_TIMEOUT);
}

TEST_F(ClientInVirtualTime, ALookUpThatHangsIsGivenUpAtTheConnectTimeout)
{
    ASSERT_EQ(scripted_lookup_begin(nullptr, 0), 0);
    scripted_lookup_shut();
    Pages pages;
    pages.options.connect_timeout = 3 * NANOS_PER_SECOND;
    pages.add("http://nobody.test/");
    batch *batch = pages.at_once(1);
    /* run() waits for the look-up before it returns: let it go once the result
     * is there. */
    static void (*list_done)(struct batch *, size_t, result *);
    list_done = batch->done;
    batch->done = [](struct batch *self, size_t index, result *result) {
        list_done(self, index, result);
        scripted_lookup_open();
    };
    EXPECT_EQ(run(batch), 0);
    scripted_lookup_end();
    EXPECT_EQ(pages[0].error, FETCH_CONNECT_TIMEOUT);
    EXPECT_EQ(mark(pages, 0, MARK_DONE), 3 * NANOS_PER_SECOND);
}

TEST_F(ClientInVirtualTime, AJobIsNotStartedBeforeItsTime)
{
    Pages pages;
    pages.options.total_timeout = NANOS_PER_SECOND;
    pages.add(here(port, "/"), 3);
    batch *batch = pages.at_once(2);
    static nanos earliest[3];
    static bool (*list_next)(struct batch *, job *);
    earliest[0] = start + 30 * MS, earliest[1] = start + 20 * MS;
    list_next = batch->next;
    batch->next = [](struct batch *self, job *job) {
        bool more = list_next(self, job);
        if (more)
            job->earliest = earliest[job->index];
        return more;
    };
    EXPECT_EQ(run(batch), 0);
    EXPECT_EQ(mark(pages, 0, MARK_START), 30 * MS);
    EXPECT_EQ(mark(pages, 1, MARK_START), 20 * MS);
    EXPECT_EQ(mark(pages, 2, MARK_START), 20 * MS + NANOS_PER_SECOND)
        << "at once, when a place was free";
}

/* Answers on this thread, in the moment in which a request has been sent. */
struct Answerer {
    int listener = -1, connection = -1;
    static void answer(void *context, const call *, enum mark mark, nanos)
    {
        auto *self = static_cast<Answerer *>(context);
        const char text[] = "HTTP/1.1 204 No Content\r\n\r\n";
        if (mark != MARK_SENT)
            return;
        if (self->connection < 0)
            self->connection = accept(self->listener, nullptr, nullptr);
        EXPECT_GT(write(self->connection, text, sizeof text - 1), 0);
    }
};

TEST_F(ClientInVirtualTime, ATimerThatIsSetTooLateForTheNextJobIsMoved)
{
    ASSERT_EQ(scripted_lookup_begin(nullptr, 0), 0);
    scripted_lookup_shut();
    Answerer answerer;
    answerer.listener = listener;
    Pages pages;
    pages.options.keep_alive = true;
    pages.options.connect_timeout = 10 * NANOS_PER_SECOND;
    pages.options.total_timeout = 60 * NANOS_PER_SECOND;
    pages.options.trace = Answerer::answer;
    pages.options.trace_context = &answerer;
    pages.add(here(port, "/"));
    pages.add(here(port, "/"));
    pages.add("http://nobody.test/");
    batch *batch = pages.at_once(1);
    /* The second one starts at 5 s, on the kept connection: its timer is set
     * for 65 s. The third one must have its address by 15 s. */
    static nanos later;
    static bool (*list_next)(struct batch *, job *);
    later = start + 5 * NANOS_PER_SECOND;
    list_next = batch->next;
    batch->next = [](struct batch *self, job *job) {
        bool more = list_next(self, job);
        job->earliest = job->index == 1 ? later : 0;
        return more;
    };
    static void (*list_done)(struct batch *, size_t, result *);
    list_done = batch->done;
    batch->done = [](struct batch *self, size_t index, result *result) {
        list_done(self, index, result);
        if (index == 2)
            scripted_lookup_open();
    };
    EXPECT_EQ(run(batch), 0);
    scripted_lookup_end();
    close(answerer.connection);
    EXPECT_EQ(pages.count_with(FETCH_OK), 2u);
    EXPECT_TRUE(pages[1].reused);
    EXPECT_EQ(pages[2].error, FETCH_CONNECT_TIMEOUT);
    EXPECT_EQ(mark(pages, 2, MARK_DONE), 15 * NANOS_PER_SECOND);
}

/* A reader of its output may stop reading for a while; that time is not the
 * next page's, and no moment of a page lies before its beginning. */
TEST_F(ClientInVirtualTime,
       APageBeginsAfterWhatTheOneBeforeItCausedHasTakenLong)
{
    Answerer answerer;
    answerer.listener = listener;
    Pages pages;
    pages.options.keep_alive = true;
    pages.options.total_timeout = NANOS_PER_SECOND;
    pages.options.trace = Answerer::answer;
    pages.options.trace_context = &answerer;
    pages.add(here(port, "/"), 3);
    batch *batch = pages.at_once(1);
    static virtual_clock *passing;
    static void (*list_done)(struct batch *, size_t, result *);
    passing = &clock;
    list_done = batch->done;
    batch->done = [](struct batch *self, size_t index, result *result) {
        list_done(self, index, result);
        passing->now += 3 * NANOS_PER_SECOND;
    };
    EXPECT_EQ(run(batch), 0);
    close(answerer.connection);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(pages[i].error, FETCH_OK);
        for (enum mark which : {MARK_START, MARK_RESOLVED, MARK_CONNECTED,
                                MARK_SENT, MARK_FIRST_BYTE, MARK_DONE})
            EXPECT_EQ(mark(pages, i, which),
                      static_cast<nanos>(i) * 3 * NANOS_PER_SECOND)
                << mark_name(which) << " of page " << i;
    }
}

/* ---- several addresses, of which some hang ---- */

class AddressesInVirtualTime : public ClientInVirtualTime
{
  protected:
    void SetUp() override
    {
        ClientInVirtualTime::SetUp();
        hangs = std::make_unique<SilentServer>(SilentServer::FULL, "127.0.0.79",
                                               port);
        ASSERT_EQ(hangs->error, 0);
        ASSERT_EQ(scripted_lookup_begin(hosts, std::size(hosts)), 0);
        script.others_work = [] { return unresolved > 0; };
        answerer.listener = listener;
        before = descriptors_open();
    }
    void TearDown() override
    {
        close(answerer.connection);
        EXPECT_EQ(descriptors_open(), before);
        scripted_lookup_end();
        ClientInVirtualTime::TearDown();
    }
    void fetch(Pages &pages, const std::string &host)
    {
        pages.options.trace = [](void *context, const call *call,
                                 enum mark mark, nanos now) {
            unresolved -= mark == MARK_RESOLVED;
            Answerer::answer(context, call, mark, now);
        };
        pages.options.trace_context = &answerer;
        pages.options.total_timeout = NEVER;
        unresolved = 1;
        pages.add("http://" + host + ":" + std::to_string(port) + "/");
        ASSERT_EQ(run(pages.at_once(1)), 0);
    }
    const scripted_host hosts[4] = {
        {"hangs.test", {"127.0.0.79", "127.0.0.1"}, 0},
        {"twice.test", {"127.0.0.79", "127.0.0.79", "127.0.0.1"}, 0},
        {"refused.test", {"127.0.0.79", "127.0.0.80", "127.0.0.1"}, 0},
        {"nothing.test", {"127.0.0.79", "127.0.0.80", "127.0.0.79"}, 0},
    };
    std::unique_ptr<SilentServer> hangs;
    Answerer answerer;
    size_t before = 0;
    static int unresolved; /* pages; meanwhile the clock stands still */
};
int AddressesInVirtualTime::unresolved;

TEST_F(AddressesInVirtualTime, TheSecondIsTriedAfterAQuarterOfASecond)
{
    Pages pages;
    pages.options.connect_timeout = NEVER;
    fetch(pages, "hangs.test");
    EXPECT_EQ(pages[0].error, FETCH_OK);
    EXPECT_EQ(mark(pages, 0, MARK_CONNECTED), 250 * MS);
}

TEST_F(AddressesInVirtualTime, TheThirdIsTriedAfterAnother)
{
    Pages pages;
    pages.options.connect_timeout = NEVER;
    fetch(pages, "twice.test");
    EXPECT_EQ(pages[0].error, FETCH_OK);
    EXPECT_EQ(mark(pages, 0, MARK_CONNECTED), 500 * MS);
}

TEST_F(AddressesInVirtualTime, OneThatRefusesIsFollowedByTheNextAtOnce)
{
    Pages pages;
    pages.options.connect_timeout = NEVER;
    fetch(pages, "refused.test");
    EXPECT_EQ(pages[0].error, FETCH_OK);
    EXPECT_EQ(mark(pages, 0, MARK_CONNECTED), 250 * MS);
}

TEST_F(AddressesInVirtualTime, AllOfThemHaveTheConnectTimeoutTogether)
{
    Pages pages;
    pages.options.connect_timeout = 3 * NANOS_PER_SECOND;
    fetch(pages, "nothing.test");
    EXPECT_EQ(pages[0].error, FETCH_CONNECT_TIMEOUT);
    EXPECT_EQ(mark(pages, 0, MARK_DONE), 3 * NANOS_PER_SECOND);
}

/* The first of two fails while the second is under way: that goes on alone. */
TEST_F(AddressesInVirtualTime, OneThatFailsLateLeavesTheOthers)
{
    struct scripted_rule refused = {SCRIPTED_CONNECT, 2, 1, 0, ENETUNREACH};
    ASSERT_EQ(scripted_begin(port, &refused, 1), 0);
    Pages pages;
    pages.options.connect_timeout = 3 * NANOS_PER_SECOND;
    fetch(pages, "hangs.test");
    scripted_end();
    EXPECT_EQ(pages[0].error, FETCH_CONNECT_TIMEOUT) << "not unreachable";
    EXPECT_EQ(mark(pages, 0, MARK_DONE), 3 * NANOS_PER_SECOND);
}

/* Then it has not been tried. */
TEST_F(AddressesInVirtualTime, OneForWhichThereIsNoDescriptorIsTriedLater)
{
    struct scripted_rule none = {SCRIPTED_SOCKET, 2, 0, 0, EMFILE};
    ASSERT_EQ(scripted_begin(port, &none, 1), 0);
    Pages pages;
    pages.options.connect_timeout = NEVER;
    fetch(pages, "hangs.test");
    scripted_end();
    EXPECT_EQ(pages[0].error, FETCH_OK);
    EXPECT_EQ(mark(pages, 0, MARK_CONNECTED), 500 * MS);
}

/* Nor does the page begin again, as one does that was refused at its beginning:
 * its time is over. */
TEST_F(AddressesInVirtualTime, OnesThatCouldNotBeTriedAreNotToBlame)
{
    for (auto [error, is] :
         {std::pair{ENFILE, FETCH_NO_DESCRIPTOR}, {ENOMEM, FETCH_NO_MEMORY}}) {
        struct scripted_rule none = {SCRIPTED_SOCKET, 3, 1, 0, error};
        ASSERT_EQ(scripted_begin(port, &none, 1), 0);
        nanos began = clock.now;
        unresolved = 2;
        Pages pages;
        pages.options.connect_timeout = 3 * NANOS_PER_SECOND;
        pages.add("http://nothing.test:" + std::to_string(port) + "/", 2);
        pages.options.trace = [](void *, const call *, enum mark mark, nanos) {
            unresolved -= mark == MARK_RESOLVED;
        };
        EXPECT_EQ(run(pages.at_once(2)), 0);
        scripted_end();
        for (size_t i = 0; i < 2; i++) {
            EXPECT_EQ(pages[i].error, is);
            EXPECT_EQ(pages[i].marks[MARK_DONE] - began, 3 * NANOS_PER_SECOND);
        }
    }
}

/* ---- ends that come at once ---- */

/* How deep the stack was at each end of a job. */
struct Depth {
    static uintptr_t least, most;
    static void (*list_done)(batch *, size_t, result *);
    static void measure(batch *batch)
    {
        least = UINTPTR_MAX, most = 0;
        list_done = batch->done;
        batch->done = [](struct batch *self, size_t index, result *result) {
            auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
            least = std::min(least, here), most = std::max(most, here);
            list_done(self, index, result);
        };
    }
};
uintptr_t Depth::least, Depth::most;
void (*Depth::list_done)(batch *, size_t, result *);

TEST(Client, TenThousandEndsAtOnceLeaveTheStackFlat)
{
    if (client_model.name == std::string("greenlets"))
        GTEST_SKIP() << "each of its clients has a stack of its own";
    Pages pages;
    /* A stream to a broadcast address: connect refuses at once, without a
     * network. */
    pages.add("http://255.255.255.255:1/", 10000);
    batch *batch = pages.at_once(8);
    Depth::measure(batch);
    EXPECT_EQ(client_model.run(batch), 0);
    EXPECT_EQ(pages.list.finished, 10000u);
    EXPECT_EQ(pages.count_with(FETCH_OK), 0u);
    EXPECT_LT(Depth::most - Depth::least, 4096u);
}

TEST(Client, WithoutJobsItReturnsAtOnce)
{
    Pages pages;
    EXPECT_EQ(client_model.run(pages.at_once(4)), 0);
}

TEST(Client, OverSelectAPageWithTooHighADescriptorWaitsForALowerOne)
{
    Pages pages;
    pages.add("http://127.0.0.1:1/", 20);
    batch *batch = pages.at_once(20);
    Occupied occupied(12);
    if (!occupied.is_possible())
        GTEST_SKIP() << "the limit of descriptors is too low here";
    EXPECT_EQ(client_run(batch, &select_selector, &monotonic_clock), 0);
    EXPECT_EQ(pages.count_with(FETCH_REFUSED), 20u);
}

TEST_F(ClientInVirtualTime, WhenTheLoopCannotWaitEveryJobComesBack)
{
    Pages pages;
    pages.add(here(port, "/"), 5);
    batch *batch = pages.at_once(3);
    static bool (*list_next)(struct batch *, job *);
    list_next = batch->next;
    batch->next = [](struct batch *self, job *job) {
        bool more = list_next(self, job);
        job->earliest = job->index == 1 ? NEVER - 1 : 0;
        return more;
    };
    script.fail_at = 2;
    EXPECT_EQ(run(batch), -EBADF);
    EXPECT_EQ(pages.list.handed_out, 3u);
    EXPECT_EQ(pages.list.finished, 3u);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(pages[i].error, FETCH_SYSTEM) << i;
        EXPECT_EQ(pages[i].detail, -EBADF) << i;
    }
}

TEST(Client, WithFewDescriptorsEveryJobHasItsTurn)
{
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    Pages pages;
    pages.add("http://127.0.0.1:1/", 20);
    batch *batch = pages.at_once(20);
    rlimit few = before;
    few.rlim_cur = descriptors_open() + 4;
    setrlimit(RLIMIT_NOFILE, &few);
    EXPECT_EQ(client_model.run(batch), 0);
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(pages.count_with(FETCH_REFUSED), 20u);
}

} // namespace
