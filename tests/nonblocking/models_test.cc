/* SPDX-License-Identifier: MIT */
/* What the models of this folder promise beyond what every model does. */
#include "base/clock.h"
#include "nonblocking/asyncore_client.h"
#include "nonblocking/monster.h"
#include "nonblocking/uring.h"

#include "support/occupied.h"
#include "support/pages.h"
#include "support/scripted_sockets.h"
#include "support/tiny_server.h"

#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

namespace
{

/* A batch of any requests, each of which may start later. */
class Jobs : public batch
{
  public:
    explicit Jobs(size_t at_once) : batch{}
    {
        concurrency = at_once;
        options = &with;
        next = [](struct batch *self, struct job *job) {
            return static_cast<Jobs *>(self)->hand_out(job);
        };
        done = [](struct batch *self, size_t index, struct result *result) {
            Jobs *jobs = static_cast<Jobs *>(self);
            result_move(&jobs->results_[index], result);
            jobs->finished++;
            jobs->returned = monotonic_now();
        };
    }
    ~Jobs()
    {
        for (struct result &result : results_)
            result_deinit(&result);
    }
    void add(uint16_t port, enum method method = METHOD_GET,
             const std::string &body = "", nanos earliest = 0)
    {
        asked_.push_back(std::make_unique<Asked>(port, "/", method, body));
        earliest_.push_back(earliest);
        results_.emplace_back();
        result_init(&results_.back());
    }
    const struct result &operator[](size_t i) const
    {
        return results_[i];
    }

    struct call_options with = call_default_options;
    size_t handed_out = 0, finished = 0;
    nanos returned = 0;            /* from done, the last time */
    std::vector<nanos> free_since; /* for each job: what that was then */

  private:
    bool hand_out(struct job *job)
    {
        if (handed_out == asked_.size())
            return false;
        *job = {handed_out, &asked_[handed_out]->request,
                earliest_[handed_out]};
        free_since.push_back(returned);
        handed_out++;
        return true;
    }
    std::vector<std::unique_ptr<Asked>> asked_;
    std::vector<nanos> earliest_;
    std::vector<struct result> results_;
};

class NonblockingModels : public testing::TestWithParam<const struct model *>
{
  protected:
    void SetUp() override
    {
        const char *why_not =
            GetParam()->unavailable ? GetParam()->unavailable() : nullptr;
        if (why_not)
            GTEST_SKIP() << why_not;
    }
};
INSTANTIATE_TEST_SUITE_P(Each, NonblockingModels,
                         testing::Values(&select_model, &poll_model,
                                         &epoll_model, &asyncore_model,
                                         &uring_model),
                         [](const auto &which) {
                             return std::string(which.param->name);
                         });

TEST_P(NonblockingModels, NeedOneThreadForAll)
{
    TinyServer server(TinyServer::echo);
    Pages pages;
    pages.concurrency = 8;
    for (int i = 0; i < 16; i++)
        pages.ask(server.port(), "/" + std::to_string(i));
    pages.run(*GetParam());
    for (size_t i = 0; i < pages.count(); i++) {
        EXPECT_EQ(pages.body(i), "/" + std::to_string(i));
        EXPECT_EQ(pages[i].doer.thread, gettid());
        EXPECT_LT(pages[i].doer.slot, 8u);
    }
}

/* However long the batch is at work on a page: what begins after that has all
 * of its own time. */
TEST_P(NonblockingModels, APageDoesNotBeginBeforeTheBatchIsDoneWithTheLastOne)
{
    TinyServer server(TinyServer::echo);
    Jobs jobs(1);
    jobs.with.keep_alive = true;
    for (size_t i = 0; i < 5; i++)
        jobs.add(server.port());
    EXPECT_EQ(GetParam()->run(&jobs), 0);
    ASSERT_EQ(jobs.finished, 5u);
    for (size_t i = 0; i < 5; i++)
        EXPECT_GE(jobs[i].marks[MARK_START], jobs.free_since[i]) << i;
}

/* The server answers, and closes without a word; the next job waits. */
TEST_P(NonblockingModels, AConnectionThatIsClosedWhileItIsIdleIsNotUsed)
{
    std::atomic<int> requests{0};
    TinyServer server([&](int fd, int) {
        TinyServer::read_head(fd);
        requests++;
        TinyServer::say(fd, TinyServer::page("once"));
    });
    Jobs jobs(1);
    jobs.with.keep_alive = true;
    nanos earliest = monotonic_now() + 30 * NANOS_PER_MILLISECOND;
    jobs.add(server.port());
    jobs.add(server.port(), METHOD_GET, "", earliest);
    EXPECT_EQ(GetParam()->run(&jobs), 0);
    EXPECT_EQ(jobs[0].error, FETCH_OK);
    EXPECT_EQ(jobs[1].error, FETCH_OK);
    EXPECT_FALSE(jobs[1].reused);
    EXPECT_GE(jobs[1].marks[MARK_START], earliest) << "nothing starts early";
    EXPECT_EQ(requests, 2);
    EXPECT_EQ(server.accepted(), 2);
}

/* The server answers after the head and never reads the body: it waits, and
 * sees the client close. What could not be sent is given up, the next job on
 * the same slot is not harmed. */
TEST_P(NonblockingModels, AnEarlyAnswerEndsALargeRequest)
{
    TinyServer server([](int fd, int number) {
        if (number > 0) {
            TinyServer::echo(fd, number);
            return;
        }
        TinyServer::read_head(fd);
        TinyServer::say(fd, TinyServer::page("enough", "413 Too Large"));
        struct pollfd left = {fd, POLLRDHUP, 0};
        poll(&left, 1, -1);
    });
    Jobs jobs(1);
    jobs.with.keep_alive = true;
    jobs.add(server.port(), METHOD_POST, std::string(32 << 20, 'x'));
    jobs.add(server.port());
    EXPECT_EQ(GetParam()->run(&jobs), 0);
    EXPECT_EQ(jobs[0].error, FETCH_OK);
    EXPECT_EQ(jobs[0].status, 413);
    EXPECT_EQ(jobs[0].body_bytes, 6u);
    EXPECT_EQ(jobs[1].error, FETCH_OK);
    EXPECT_FALSE(jobs[1].reused);
}

/* An urgent byte belongs to no page, and is there until it is taken. */
TEST_P(NonblockingModels, AnUrgentByteKeepsNoLoopBusy)
{
    TinyServer server([](int fd, int) {
        TinyServer::read_head(fd);
        std::string page = TinyServer::page("before and after");
        TinyServer::say(fd, page.substr(0, page.size() - 5));
        sendto(fd, "!", 1, MSG_OOB | MSG_NOSIGNAL, nullptr, 0);
        struct pollfd gone = {fd, POLLRDHUP, 0};
        poll(&gone, 1, 30);
        TinyServer::say(fd, page.substr(page.size() - 5));
    });
    Pages pages;
    pages.ask(server.port(), "/");
    ASSERT_EQ(scripted_begin(0, nullptr, 0), 0);
    pages.run(*GetParam());
    scripted_end();
    EXPECT_EQ(pages.body(0), "before and after");
    EXPECT_LT(scripted_seen(SCRIPTED_WAIT), 20u);
}

/* Far more comes at once than uring has buffers for four connections. */
TEST_P(NonblockingModels, MoreArrivesAtOnceThanThereAreBuffers)
{
    const std::string large(3 << 20, 'y');
    TinyServer server([&](int fd, int) {
        while (!TinyServer::read_head(fd).empty())
            TinyServer::say(fd, TinyServer::page(large));
    });
    Pages pages;
    pages.options.keep_alive = true;
    pages.concurrency = 4;
    for (int i = 0; i < 8; i++)
        pages.ask(server.port(), "/");
    pages.run(*GetParam());
    for (size_t i = 0; i < pages.count(); i++) {
        EXPECT_EQ(pages[i].error, FETCH_OK);
        EXPECT_TRUE(pages.body(i) == large);
    }
    EXPECT_EQ(server.accepted(), 4);
}

TEST(Uring, IsThereOrSaysWhyNot)
{
    ASSERT_NE(uring_model.unavailable, nullptr);
    const char *why_not = uring_model.unavailable();
    if (why_not) {
        EXPECT_GT(strlen(why_not), 10u);
        EXPECT_EQ(strchr(why_not, '\n'), nullptr);
    }
    Jobs nothing(1);
    EXPECT_EQ(uring_model.run(&nothing) == 0, why_not == nullptr);
}

TEST(Uring, DoesNotCallAKernelOldWhenOnlyADescriptorIsMissing)
{
    if (uring_model.unavailable())
        GTEST_SKIP() << uring_model.unavailable();
    struct rlimit before, none;
    getrlimit(RLIMIT_NOFILE, &before);
    none = before;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    const char *why_not = uring_model.unavailable();
    setrlimit(RLIMIT_NOFILE, &before);
    ASSERT_NE(why_not, nullptr);
    EXPECT_NE(strstr(why_not, "ulimit -n"), nullptr) << why_not;
}

/* ---- the monster over a selector of the test's ---- */

std::vector<nanos> timeouts; /* that it was asked to wait */
size_t fail_at;              /* this wait fails; 0: none */

int open_watched(struct selector **selector);

int watched_wait(struct selector *selector, nanos timeout,
                 struct selected *events, int capacity)
{
    timeouts.push_back(timeout);
    if (timeouts.size() == fail_at)
        return -EBADF;
    return epoll_selector.wait(selector, timeout, events, capacity);
}

const struct selector_ops watched_selector = {
    "watched",          open_watched,          epoll_selector.close,
    epoll_selector.add, epoll_selector.modify, epoll_selector.remove,
    watched_wait,       epoll_selector.each,
};

int open_watched(struct selector **selector)
{
    int error = epoll_selector.open(selector);
    if (!error)
        (*selector)->ops = &watched_selector;
    return error;
}

class Monster : public testing::Test
{
  protected:
    void SetUp() override
    {
        timeouts.clear();
        fail_at = 0;
    }
};

TEST_F(Monster, WhenItCannotWaitItHandsEveryJobBack)
{
    TinyServer server([](int fd, int) { TinyServer::linger(fd); });
    Jobs jobs(3);
    for (int i = 0; i < 5; i++)
        jobs.add(server.port(), METHOD_GET, "",
                 i == 1 ? monotonic_now() + NANOS_PER_SECOND : 0);
    fail_at = 3;
    EXPECT_EQ(monster_run(&jobs, &watched_selector), -EBADF);
    EXPECT_EQ(jobs.handed_out, 3u);
    EXPECT_EQ(jobs.finished, 3u);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(jobs[i].error, FETCH_SYSTEM) << i;
        EXPECT_EQ(jobs[i].detail, -EBADF) << i;
    }
}

TEST_F(Monster, WithoutADeadlineItWaitsForEventsOnly)
{
    TinyServer server(TinyServer::echo);
    Jobs jobs(2);
    jobs.with.connect_timeout = jobs.with.total_timeout = NEVER;
    for (int i = 0; i < 6; i++)
        jobs.add(server.port());
    EXPECT_EQ(monster_run(&jobs, &watched_selector), 0);
    EXPECT_EQ(jobs.finished, 6u);
    for (nanos timeout : timeouts)
        EXPECT_EQ(timeout, NEVER);
}

TEST_F(Monster, SleepsUntilTheNearestMomentAndNoLonger)
{
    TinyServer server(TinyServer::echo);
    Jobs jobs(2);
    jobs.with.connect_timeout = jobs.with.total_timeout = NEVER;
    nanos now = monotonic_now();
    nanos sooner = 20 * NANOS_PER_MILLISECOND;
    jobs.add(server.port(), METHOD_GET, "", now + 2 * sooner);
    jobs.add(server.port(), METHOD_GET, "", now + sooner);
    EXPECT_EQ(monster_run(&jobs, &watched_selector), 0);
    ASSERT_FALSE(timeouts.empty());
    EXPECT_LE(timeouts[0], sooner);
    EXPECT_GE(jobs[0].marks[MARK_START], now + 2 * sooner);
    EXPECT_GE(jobs[1].marks[MARK_START], now + sooner);
    size_t slept_for_nothing = 0;
    for (nanos timeout : timeouts)
        slept_for_nothing += timeout == 0;
    EXPECT_LE(slept_for_nothing, 2u) << "no spinning before a start";
}

/* ---- select and its limit ---- */

TEST(SelectLimit, WithoutOneForTheLookupsThereAreTooManyOpen)
{
    Jobs jobs(1);
    jobs.add(9);
    Occupied occupied(0);
    if (!occupied.is_possible())
        GTEST_SKIP() << "the limit of descriptors is too low here";
    EXPECT_EQ(select_model.run(&jobs), -EMFILE);
    EXPECT_EQ(jobs.handed_out, 0u);
}

TEST(SelectLimit, APageWithTooHighADescriptorWaitsForALowerOne)
{
    TinyServer server(TinyServer::echo);
    Pages pages;
    pages.concurrency = 8;
    for (int i = 0; i < 8; i++)
        pages.ask(server.port(), "/");
    Occupied occupied(8); /* and one is for the look-ups */
    if (!occupied.is_possible())
        GTEST_SKIP() << "the limit of descriptors is too low here";
    pages.run(select_model);
    for (size_t i = 0; i < pages.count(); i++)
        EXPECT_EQ(pages[i].error, FETCH_OK);
}

TEST(SelectLimit, IsNoneOfPollAndEpoll)
{
    for (const struct model *model : {&poll_model, &epoll_model}) {
        TinyServer server(TinyServer::echo);
        Pages pages;
        pages.concurrency = 8;
        for (int i = 0; i < 8; i++)
            pages.ask(server.port(), "/");
        Occupied occupied(2);
        if (!occupied.is_possible())
            GTEST_SKIP() << "the limit of descriptors is too low here";
        pages.run(*model);
        for (size_t i = 0; i < pages.count(); i++)
            EXPECT_EQ(pages[i].error, FETCH_OK) << model->name;
    }
}

} // namespace
