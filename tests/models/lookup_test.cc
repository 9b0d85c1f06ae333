/* SPDX-License-Identifier: MIT */
/* Names. Every look-up of this file is scripted: no question leaves the
 * machine. */
#include "leftovers.h"
#include "sockets.h"
#include "suite.h"

#include "support/scripted_clock.h"
#include "support/scripted_lookup.h"

#include <cerrno>
#include <chrono>
#include <memory>
#include <netdb.h>
#include <thread>

namespace
{

const struct scripted_host hosts[] = {
    {"origin.test", {"127.0.0.1"}, 0},
    {"second.test", {"127.0.0.77", "127.0.0.78", "127.0.0.1"}, 0},
    {"both.test", {"::1", "127.0.0.1"}, 0},
    {"nobody.test", {"127.0.0.77", "127.0.0.78"}, 0},
    {"tired.test", {}, EAI_AGAIN},
    {"starved.test", {}, EMFILE},
    {"broken.test", {}, EIO},
    {"unanswered.test", {}, ECONNREFUSED},
    {"half.test", {"127.0.0.79", "127.0.0.1"}, 0},
    {"many.test",
     {"::1", "::1", "::1", "::1", "::1", "::1", "::1", "::1", "::1",
      "127.0.0.1"},
     0},
    {"mixed.test", {"127.0.0.77", "127.0.0.79", "127.0.0.1"}, 0},
};

class Lookup : public ModelTest
{
  protected:
    void SetUp() override
    {
        ModelTest::SetUp();
        ASSERT_EQ(0,
                  scripted_lookup_begin(hosts, sizeof hosts / sizeof hosts[0]));
        before = std::make_unique<Leftovers>();
    }
    void TearDown() override
    {
        if (IsSkipped())
            return;
        scripted_lookup_open();
        abandoned_end();
        scripted_lookup_end();
        before->expect_none();
        ModelTest::TearDown();
    }
    static std::string at(const std::string &host, const std::string &target)
    {
        return "http://" + host + ":" + std::to_string(origin_port()) + target;
    }

  private:
    std::unique_ptr<Leftovers> before;
};
INSTANTIATE_FOR_EVERY_MODEL(Lookup);

TEST_P(Lookup, FindsAHostByItsName)
{
    for (bool keep_alive : {false, true}) {
        Pages pages(at_once(3));
        pages.options.keep_alive = keep_alive;
        for (int i = 0; i < 4; i++) {
            pages.add(METHOD_GET, at("origin.test", "/bytes/10"));
            pages.add(METHOD_GET, at("localhost", "/bytes/10"));
        }
        pages.run(model());
        for (size_t page = 0; page < pages.count(); page++) {
            EXPECT_EQ(FETCH_OK, pages[page].error) << pages.explain(page);
            EXPECT_TRUE(origin_body(10) == pages.body(page));
        }
    }
}

TEST_P(Lookup, OfAnUnknownNameHarmsNoOther)
{
    Pages pages(at_once(2));
    size_t unknown = pages.add(METHOD_GET, "http://host.invalid/");
    size_t good = pages.add(METHOD_GET, at("origin.test", "/bytes/10"));
    size_t tired = pages.add(METHOD_GET, "http://tired.test/");
    size_t also_good = pages.get("/bytes/10");
    pages.run(model());
    EXPECT_EQ(FETCH_NO_HOST, pages[unknown].error) << pages.explain(unknown);
    EXPECT_EQ(EAI_NONAME, pages[unknown].detail);
    EXPECT_EQ(FETCH_NO_HOST, pages[tired].error) << pages.explain(tired);
    EXPECT_EQ(EAI_AGAIN, pages[tired].detail);
    EXPECT_EQ(FETCH_OK, pages[good].error) << pages.explain(good);
    EXPECT_EQ(FETCH_OK, pages[also_good].error) << pages.explain(also_good);
}

/* What this machine refuses says nothing about the name; what a name server
 * does is not this machine's fault. */
TEST_P(Lookup, TellsWhoseFaultItIs)
{
    Pages pages;
    size_t starved = pages.add(METHOD_GET, "http://starved.test/");
    size_t broken = pages.add(METHOD_GET, "http://broken.test/");
    size_t unanswered = pages.add(METHOD_GET, "http://unanswered.test/");
    pages.run(model());
    EXPECT_EQ(FETCH_NO_DESCRIPTOR, pages[starved].error)
        << pages.explain(starved);
    EXPECT_EQ(-EMFILE, pages[starved].detail);
    EXPECT_EQ(FETCH_SYSTEM, pages[broken].error) << pages.explain(broken);
    EXPECT_EQ(-EIO, pages[broken].detail);
    EXPECT_EQ(FETCH_NO_HOST, pages[unanswered].error)
        << pages.explain(unanswered);
    EXPECT_EQ(EAI_SYSTEM, pages[unanswered].detail);
}

TEST_P(Lookup, LeadsToTheFirstAddressThatAnswers)
{
    Pages pages(at_once(2));
    size_t third = pages.add(METHOD_GET, at("second.test", "/bytes/10"));
    size_t other = pages.add(METHOD_GET, at("both.test", "/bytes/10"));
    size_t none = pages.add(METHOD_GET, at("nobody.test", "/bytes/10"));
    size_t posted = pages.add(METHOD_POST, at("second.test", "/echo"), "x");
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[third].error) << pages.explain(third);
    EXPECT_EQ(FETCH_OK, pages[other].error) << pages.explain(other);
    EXPECT_EQ(FETCH_REFUSED, pages[none].error) << pages.explain(none);
    EXPECT_EQ("x", pages.body(posted)) << pages.explain(posted);
}

/* More addresses of one family than are kept do not hide the other family. */
TEST_P(Lookup, LeadsPastMoreAddressesOfOneFamilyThanAreTried)
{
    Pages pages;
    size_t last = pages.add(METHOD_GET, at("many.test", "/bytes/10"));
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[last].error) << pages.explain(last);
}

/* Does it wait for one thing at a time, in the kernel? */
bool blocks(const struct model *model)
{
    const std::string family = model->family;
    return family == "blocking" || family == "threads" || family == "processes";
}

/* What waits for many things goes on to the next address after 250 ms. What
 * waits for one gives each address its share: half of the time for the first of
 * two, and for the second of three when the first one has refused at once; two
 * seconds where the time has no end. The clock moves on by waits alone: one for
 * a look-up, in another thread, must have no end. */
TEST_P(Lookup, LeadsPastAnAddressThatHangs)
{
    if (!can(CAN_TIME_OUT))
        GTEST_SKIP() << "it knows no deadlines";
    SilentServer hangs(SilentServer::FULL, "127.0.0.79", origin_port());
    ASSERT_EQ(0, hangs.error);
    struct row {
        nanos timeout, share;
    };
    std::vector<row> rows = {{NEVER, 250 * NANOS_PER_MILLISECOND}};
    if (blocks(model()))
        rows = {{NEVER, 2 * NANOS_PER_SECOND},
                {10 * NANOS_PER_SECOND, 5 * NANOS_PER_SECOND}};
    for (const row &row : rows) {
        ASSERT_EQ(0, scripted_clock_begin());
        Pages pages;
        pages.options.connect_timeout = row.timeout;
        pages.options.total_timeout = NEVER;
        pages.add(METHOD_GET, at("half.test", "/bytes/10"));
        pages.add(METHOD_POST, at("mixed.test", "/echo"), "0123456789");
        pages.run(model());
        scripted_clock_end();
        pages.expect_all_fine();
        for (size_t page : {0, 1}) {
            const nanos *marks = pages[page].marks;
            EXPECT_EQ(10u, pages.body(page).size()) << pages.explain(page);
            EXPECT_EQ(marks[MARK_CONNECTED] - marks[MARK_RESOLVED], row.share);
        }
    }
}

TEST_P(Lookup, OfAnAddressAsksNoResolver)
{
    Pages pages;
    pages.get("/bytes/10");
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[0].error) << pages.explain(0);
    EXPECT_EQ(0u, scripted_lookups());
}

/* Opens the gate if nothing else does, so that a model that cannot end a
 * look-up is not stuck in it. */
class LateOpener
{
  public:
    LateOpener() : thread([this] { wait_and_open(); })
    {
    }
    ~LateOpener()
    {
        __atomic_store_n(&over, true, __ATOMIC_RELEASE);
        thread.join();
    }
    bool has_opened() const
    {
        return __atomic_load_n(&opened, __ATOMIC_ACQUIRE);
    }

  private:
    void wait_and_open()
    {
        for (int i = 0; i < 200 && !__atomic_load_n(&over, __ATOMIC_ACQUIRE);
             i++)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        __atomic_store_n(&opened, true, __ATOMIC_RELEASE);
        scripted_lookup_open();
    }
    bool over = false, opened = false;
    std::thread thread;
};

TEST_P(Lookup, EndsAtTheConnectDeadlineWhereThatIsDeclared)
{
    if (!can(CAN_TIME_OUT_LOOKUP))
        GTEST_SKIP() << "it cannot end a look-up";
    scripted_lookup_shut();
    Pages pages(at_once(2));
    pages.options.connect_timeout = 60 * NANOS_PER_MILLISECOND;
    size_t stuck = pages.add(METHOD_GET, at("origin.test", "/bytes/10"));
    pages.run(model()); /* which ends while the look-up still hangs */
    EXPECT_EQ(FETCH_CONNECT_TIMEOUT, pages[stuck].error)
        << pages.explain(stuck);
}

/* The answer to a question that was given up must not reach the page that has
 * its place now. */
TEST_P(Lookup, ThatAnswersTooLateHarmsNoOtherPage)
{
    if (!can(CAN_TIME_OUT_LOOKUP))
        GTEST_SKIP() << "it cannot end a look-up";
    scripted_lookup_shut();
    Pages pages;
    pages.options.connect_timeout = 60 * NANOS_PER_MILLISECOND;
    size_t stuck = pages.add(METHOD_GET, at("unknown.test", "/bytes/10"));
    size_t next = pages.get("/delay/40ms");
    pages.when_done = [](size_t) { scripted_lookup_open(); };
    pages.run(model());
    EXPECT_EQ(FETCH_CONNECT_TIMEOUT, pages[stuck].error)
        << pages.explain(stuck);
    EXPECT_EQ(FETCH_OK, pages[next].error) << pages.explain(next);
}

/* The page with that name waits; no other does. */
TEST_P(Lookup, KeepsNoOtherPageWaiting)
{
    if (!can(CAN_OVERLAP))
        GTEST_SKIP() << "it does one at a time";
    scripted_lookup_shut();
    Pages pages(2);
    size_t named = pages.add(METHOD_GET, at("origin.test", "/bytes/10"));
    size_t direct = pages.get("/bytes/10");
    std::vector<size_t> order;
    pages.when_done = [&](size_t index) {
        order.push_back(index);
        scripted_lookup_open();
    };
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[named].error) << pages.explain(named);
    EXPECT_EQ((std::vector<size_t>{direct, named}), order);
}

TEST_P(Lookup, IsNotInterruptedWhereThatIsNotDeclared)
{
    if (can(CAN_TIME_OUT_LOOKUP))
        GTEST_SKIP() << "it declares it";
    Pages pages;
    pages.options.connect_timeout = 20 * NANOS_PER_MILLISECOND;
    pages.add(METHOD_GET, at("origin.test", "/bytes/10"));
    scripted_lookup_shut();
    LateOpener opener;
    bool was_open = false;
    pages.when_done = [&](size_t) { was_open = opener.has_opened(); };
    pages.run(model());
    EXPECT_TRUE(was_open) << "it did end a look-up: it may declare that";
    EXPECT_EQ(can(CAN_TIME_OUT) ? FETCH_CONNECT_TIMEOUT : FETCH_OK,
              pages[0].error)
        << pages.explain(0);
}

/* Cancels as soon as a look-up has come as far as the gate. */
class CancelAtTheGate
{
  public:
    explicit CancelAtTheGate(struct cancel *wish)
        : thread([wish] {
              while (scripted_lookups() == 0)
                  std::this_thread::yield();
              cancel_request(wish);
          })
    {
    }
    ~CancelAtTheGate()
    {
        thread.join();
    }

  private:
    std::thread thread;
};

TEST_P(Lookup, IsCancelledWhereThatIsDeclared)
{
    if (!can(CAN_CANCEL_LOOKUP))
        GTEST_SKIP() << "it cannot end a look-up";
    struct cancel wish;
    ASSERT_EQ(0, cancel_init(&wish));
    scripted_lookup_shut();
    Pages pages;
    pages.cancel = &wish;
    pages.add(METHOD_GET, at("origin.test", "/bytes/10"));
    {
        CancelAtTheGate canceller(&wish);
        pages.run(model()); /* which ends while the look-up still hangs */
    }
    EXPECT_EQ(FETCH_CANCELLED, pages[0].error) << pages.explain(0);
    cancel_deinit(&wish);
}

TEST_P(Lookup, IsNotCancelledWhereThatIsNotDeclared)
{
    if (can(CAN_CANCEL_LOOKUP))
        GTEST_SKIP() << "it declares it";
    struct cancel wish;
    ASSERT_EQ(0, cancel_init(&wish));
    scripted_lookup_shut();
    Pages pages;
    pages.cancel = &wish;
    pages.add(METHOD_GET, at("origin.test", "/bytes/10"));
    bool was_open = false;
    {
        CancelAtTheGate canceller(&wish);
        LateOpener opener;
        pages.when_done = [&](size_t) { was_open = opener.has_opened(); };
        pages.run(model());
    }
    EXPECT_TRUE(was_open) << "it did end a look-up: it may declare that";
    EXPECT_EQ(can(CAN_CANCEL) ? FETCH_CANCELLED : FETCH_OK, pages[0].error)
        << pages.explain(0);
    cancel_deinit(&wish);
}

} // namespace
