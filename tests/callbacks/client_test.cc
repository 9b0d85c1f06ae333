/* SPDX-License-Identifier: MIT */
/* The callback client, on time made up where time matters, and against the
 * origin where bytes matter. What every model must do is proved by the suite
 * of all models; here is what belongs to this one. */
#include "callbacks/callbacks.h"
#include "harness/origin/origin.h"
#include "http/page_list.h"
#include "support/scripted_lookup.h"
#include "support/scripted_selector.h"
#include "support/scripted_sockets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <dirent.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace
{

constexpr nanos MS = NANOS_PER_MILLISECOND;

/* Requests, and the batch that they are fetched as. */
class Pages
{
  public:
    Pages() : options(call_default_options)
    {
    }
    Pages(const Pages &) = delete;
    ~Pages()
    {
        page_list_deinit(&list);
        for (request &one : requests)
            request_deinit(&one);
    }
    void add(const std::string &text, size_t times = 1)
    {
        url url = {};
        ASSERT_EQ(url_parse(&url, text.c_str()), URL_OK) << text;
        for (size_t i = 0; i < times; i++) {
            request made = {};
            ASSERT_EQ(request_init(&made, METHOD_GET, &url, nullptr, {}), 0);
            requests.push_back(made);
        }
        url_deinit(&url);
    }
    batch *at_once(size_t concurrency, cancel *cancel = nullptr)
    {
        for (const request &one : requests)
            pointers.push_back(&one);
        EXPECT_EQ(page_list_init(&list, pointers.data(), pointers.size(),
                                 concurrency, &options, cancel),
                  0);
        return &list.batch;
    }
    const result &operator[](size_t index) const
    {
        return list.results[index];
    }
    size_t count_with(fetch_error error) const
    {
        auto ended = [error](const result &one) { return one.error == error; };
        return static_cast<size_t>(
            std::count_if(list.results, list.results + list.finished, ended));
    }
    call_options options;
    page_list list = {};

  private:
    std::vector<request> requests;
    std::vector<const request *> pointers;
};

std::string here(uint16_t port, const std::string &target)
{
    return "http://127.0.0.1:" + std::to_string(port) + target;
}

/* ---- on virtual time: a server that takes connections and says nothing ----
 */

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
        return callbacks_run(batch, &virtual_time_selector, &clock.clock);
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
    pages.options.total_timeout = 7 * NANOS_PER_SECOND;
    pages.add(here(port, "/"), 3);
    ASSERT_EQ(run(pages.at_once(1)), 0);
    for (size_t i = 0; i < 3; i++)
        EXPECT_EQ(mark(pages, i, MARK_DONE),
                  static_cast<nanos>(i + 1) * 7 * NANOS_PER_SECOND);
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
    Pages pages;
    /* A stream to everybody: connect refuses at once, without a network. */
    pages.add("http://255.255.255.255:1/", 10000);
    batch *batch = pages.at_once(8);
    Depth::measure(batch);
    EXPECT_EQ(callbacks_model.run(batch), 0);
    EXPECT_EQ(pages.list.finished, 10000u);
    EXPECT_EQ(pages.count_with(FETCH_OK), 0u);
    EXPECT_LT(Depth::most - Depth::least, 4096u);
}

TEST(Client, WithoutJobsItReturnsAtOnce)
{
    Pages pages;
    EXPECT_EQ(callbacks_model.run(pages.at_once(4)), 0);
}

size_t descriptors_open()
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

TEST(Client, WithoutADescriptorTheJobFailsAndSaysSo)
{
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    Pages pages;
    pages.add("http://127.0.0.1:1/", 20);
    batch *batch = pages.at_once(20);
    rlimit few = before;
    few.rlim_cur = descriptors_open() + 4;
    setrlimit(RLIMIT_NOFILE, &few);
    EXPECT_EQ(callbacks_model.run(batch), 0);
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_GT(pages.count_with(FETCH_NO_DESCRIPTOR), 0u);
    EXPECT_GT(pages.count_with(FETCH_REFUSED), 0u);
    EXPECT_EQ(pages.count_with(FETCH_NO_DESCRIPTOR) +
                  pages.count_with(FETCH_REFUSED),
              20u);
}

/* ---- against the origin ---- */

class ClientAndOrigin : public testing::Test
{
  protected:
    void SetUp() override
    {
        origin_options options = {};
        ASSERT_EQ(origin_process_start(&origin, &options), 0);
    }
    void TearDown() override
    {
        scripted_end();
        origin_process_stop(&origin);
    }
    std::string at(const std::string &target)
    {
        return here(origin.port, target);
    }
    origin_process origin = {};
};

TEST_F(ClientAndOrigin, FetchesPagesOfEveryKindAtOnce)
{
    Pages pages;
    for (const char *target :
         {"/bytes/100000", "/stream/70000", "/bytes/500?length=close",
          "/drip?bytes=5&every=1ms", "/bytes/0", "/status/404"})
        pages.add(at(target));
    ASSERT_EQ(callbacks_model.run(pages.at_once(6)), 0);
    EXPECT_EQ(pages.count_with(FETCH_OK), 6u);
    EXPECT_EQ(pages[0].body_bytes, 100000u);
    EXPECT_EQ(pages[1].body_bytes, 70000u);
    EXPECT_EQ(pages[2].body_bytes, 500u);
    EXPECT_EQ(pages[3].body_bytes, 5u);
    EXPECT_EQ(pages[5].status, 404);
}

TEST_F(ClientAndOrigin, AsManyAsAskedForAreInFlight)
{
    Pages pages;
    pages.add(at("/hold?until=16"), 16);
    ASSERT_EQ(callbacks_model.run(pages.at_once(16)), 0);
    for (size_t i = 0; i < 16; i++)
        EXPECT_EQ(pages[i].status, 200);
}

TEST_F(ClientAndOrigin, AKeptConnectionCostsOneSendAndOneReceive)
{
    Pages pages;
    pages.options.keep_alive = true;
    pages.add(at("/fixed"), 50);
    batch *batch = pages.at_once(2);
    ASSERT_EQ(scripted_begin(origin.port, nullptr, 0), 0);
    ASSERT_EQ(callbacks_model.run(batch), 0);
    EXPECT_EQ(pages.count_with(FETCH_OK), 50u);
    EXPECT_EQ(scripted_seen(SCRIPTED_CONNECT), 2u);
    EXPECT_EQ(scripted_seen(SCRIPTED_SEND), 50u);
    EXPECT_EQ(scripted_seen(SCRIPTED_RECV), 50u);
    EXPECT_TRUE(pages[49].reused);
}

TEST_F(ClientAndOrigin, ARedirectComesBackOnTheSameConnection)
{
    Pages pages;
    pages.options.keep_alive = true;
    pages.options.redirects_max = 5;
    pages.add(at("/redirect/3"));
    batch *batch = pages.at_once(1);
    ASSERT_EQ(scripted_begin(origin.port, nullptr, 0), 0);
    ASSERT_EQ(callbacks_model.run(batch), 0);
    EXPECT_EQ(pages[0].error, FETCH_OK);
    EXPECT_EQ(pages[0].redirects, 3);
    EXPECT_EQ(scripted_seen(SCRIPTED_CONNECT), 1u);
}

TEST_F(ClientAndOrigin, AConnectionThatTheServerHasClosedIsReplaced)
{
    Pages pages;
    pages.options.keep_alive = true;
    for (int i = 0; i < 5; i++) {
        pages.add(at("/stale"));
        pages.add(at("/stale?when=next"));
    }
    ASSERT_EQ(callbacks_model.run(pages.at_once(1)), 0);
    EXPECT_EQ(pages.count_with(FETCH_OK), 10u);
}

TEST_F(ClientAndOrigin, AConnectionIsNotUsedForAnotherOrigin)
{
    origin_process other = {};
    origin_options options = {};
    ASSERT_EQ(origin_process_start(&other, &options), 0);
    Pages pages;
    pages.options.keep_alive = true;
    for (int i = 0; i < 3; i++) {
        pages.add(at("/bytes/10"));
        pages.add(here(other.port, "/bytes/20"));
    }
    ASSERT_EQ(callbacks_model.run(pages.at_once(1)), 0);
    origin_process_stop(&other);
    for (size_t i = 0; i < 6; i++) {
        EXPECT_EQ(pages[i].body_bytes, i % 2 ? 20u : 10u);
        EXPECT_FALSE(pages[i].reused);
    }
}

TEST_F(ClientAndOrigin, ShortSendsAndReceivesAreGoneOnWith)
{
    Pages pages;
    pages.add(at("/stream/300?i=" + std::string(2000, 'x')), 4);
    batch *batch = pages.at_once(4);
    const scripted_rule rules[] = {
        {SCRIPTED_SEND, 1, 3, 0, EAGAIN}, {SCRIPTED_SEND, 1, 1, 100, 0},
        {SCRIPTED_RECV, 1, 3, 0, EINTR},  {SCRIPTED_RECV, 1, 1, 1, 0},
        {SCRIPTED_WAIT, 1, 5, 0, EINTR},
    };
    ASSERT_EQ(scripted_begin(origin.port, rules, std::size(rules)), 0);
    ASSERT_EQ(callbacks_model.run(batch), 0);
    scripted_end();
    EXPECT_EQ(pages.count_with(FETCH_OK), 4u);
    EXPECT_EQ(pages[3].body_bytes, 300u);
}

TEST_F(ClientAndOrigin, OneThatFailsDoesNoHarmToTheOthers)
{
    Pages pages;
    for (int i = 0; i < 3; i++) {
        pages.add(at("/close"));
        pages.add(at("/reset"));
        pages.add(at("/garbage"));
        pages.add(at("/lie"));
        pages.add("http://127.0.0.1:1/");
        pages.add(at("/bytes/1000"));
    }
    ASSERT_EQ(callbacks_model.run(pages.at_once(3)), 0);
    for (size_t i = 0; i < 18; i += 6) {
        EXPECT_EQ(pages[i].error, FETCH_CLOSED);
        EXPECT_EQ(pages[i + 1].error, FETCH_RESET);
        EXPECT_EQ(pages[i + 2].error, FETCH_PROTOCOL);
        EXPECT_EQ(pages[i + 3].error, FETCH_TRUNCATED);
        EXPECT_EQ(pages[i + 4].error, FETCH_REFUSED);
        EXPECT_EQ(pages[i + 5].error, FETCH_OK);
    }
}

TEST_F(ClientAndOrigin, LeavesNoDescriptorBehind)
{
    size_t before = descriptors_open();
    Pages pages;
    pages.options.keep_alive = true;
    pages.add(at("/bytes/10"), 20);
    pages.add(at("/close"), 3);
    ASSERT_EQ(callbacks_model.run(pages.at_once(5)), 0);
    EXPECT_EQ(descriptors_open(), before);
}

class Cancellable : public ClientAndOrigin
{
  protected:
    void SetUp() override
    {
        ClientAndOrigin::SetUp();
        ASSERT_EQ(cancel_init(&cancel), 0);
    }
    void TearDown() override
    {
        cancel_deinit(&cancel);
        ClientAndOrigin::TearDown();
    }
    struct cancel cancel = {};
};

TEST_F(Cancellable, AThreadEndsWhatIsInFlightAndNothingNewIsBegun)
{
    Pages pages;
    pages.add(at("/never"), 10);
    batch *batch = pages.at_once(4, &cancel);
    std::thread thread([this] { cancel_request(&cancel); });
    EXPECT_EQ(callbacks_model.run(batch), 0);
    thread.join();
    EXPECT_LE(pages.list.handed_out, 4u);
    EXPECT_EQ(pages.list.finished, pages.list.handed_out);
    EXPECT_EQ(pages.count_with(FETCH_CANCELLED), pages.list.finished);
}

TEST_F(Cancellable, InMidFlightFromTheEndOfAnotherJob)
{
    Pages pages;
    pages.add(at("/never"), 3);
    pages.add(at("/bytes/10"), 10);
    batch *batch = pages.at_once(4, &cancel);
    static void (*list_done)(struct batch *, size_t, result *);
    list_done = batch->done;
    batch->done = [](struct batch *self, size_t index, result *result) {
        list_done(self, index, result);
        cancel_request(self->cancel);
    };
    EXPECT_EQ(callbacks_model.run(batch), 0);
    EXPECT_EQ(pages.list.handed_out, 4u);
    EXPECT_EQ(pages.count_with(FETCH_OK), 1u);
    EXPECT_EQ(pages.count_with(FETCH_CANCELLED), 3u);
}

TEST_F(Cancellable, AJobThatWaitsForItsTimeIsCancelledToo)
{
    Pages pages;
    pages.add(at("/bytes/10"), 1);
    batch *batch = pages.at_once(1, &cancel);
    static bool (*list_next)(struct batch *, job *);
    list_next = batch->next;
    batch->next = [](struct batch *self, job *job) {
        bool more = list_next(self, job);
        job->earliest = NEVER - 1;
        cancel_request(self->cancel);
        return more;
    };
    EXPECT_EQ(callbacks_model.run(batch), 0);
    EXPECT_EQ(pages.count_with(FETCH_CANCELLED), 1u);
}

} // namespace
