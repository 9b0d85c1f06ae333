/* SPDX-License-Identifier: MIT */
/* A wish to stop: what is in flight ends with FETCH_CANCELLED, the rest is
 * never handed out, and run() returns. */
#include "sockets.h"
#include "suite.h"

#include "base/clock.h"

#include <chrono>
#include <csignal>
#include <ctime>
#include <semaphore.h>
#include <thread>

namespace
{

struct cancel wish; /* a signal handler has no other way to find it */

class Cancel : public ModelTest
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(0, cancel_init(&wish));
        ModelTest::SetUp();
    }
    void TearDown() override
    {
        ModelTest::TearDown();
        cancel_deinit(&wish);
    }
    bool cannot()
    {
        return !can(CAN_CANCEL);
    }
};
INSTANTIATE_FOR_EVERY_MODEL(Cancel);

/* Calls for a stop from another thread, a little while after it was told that
 * everything is under way. Any moment would do; this one is the likeliest to
 * find the model waiting. */
class Canceller
{
  public:
    explicit Canceller(void (*stop)() = [] { cancel_request(&wish); })
    {
        sem_init(&under_way, 0, 0);
        thread = std::thread([this, stop] {
            while (sem_wait(&under_way))
                ;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            stop();
        });
    }
    ~Canceller()
    {
        sem_post(&under_way);
        thread.join();
        sem_destroy(&under_way);
    }
    void tell()
    {
        sem_post(&under_way);
    }

  private:
    sem_t under_way;
    std::thread thread;
};

void cancel_on_signal(int)
{
    cancel_request(&wish);
}

/* The first `flying` pages were in flight and are cancelled; no other was ever
 * begun. What waits in a queue ends in the same way. */
void expect_cancelled(const struct model *model, const Pages &pages,
                      size_t flying)
{
    if (model->can & TAKES_AHEAD)
        EXPECT_GE(pages.handed_out(), flying);
    else
        EXPECT_EQ(flying, pages.handed_out());
    for (size_t page = 0; page < pages.handed_out(); page++)
        EXPECT_EQ(FETCH_CANCELLED, pages[page].error) << pages.explain(page);
}

TEST_P(Cancel, FromAThreadEndsWhatIsInFlight)
{
    if (cannot())
        GTEST_SKIP() << "it cannot be cancelled in mid-flight";
    for (bool keep_alive : {false, true}) {
        cancel_deinit(&wish);
        ASSERT_EQ(0, cancel_init(&wish));
        size_t flying = at_once(4);
        Canceller canceller;
        Pages pages(flying);
        pages.options.keep_alive = keep_alive;
        pages.cancel = &wish;
        for (int i = 0; i < 10; i++)
            pages.get("/never");
        pages.when_next = [&](size_t index) {
            if (index + 1 == flying)
                canceller.tell();
        };
        pages.run(model());
        expect_cancelled(model(), pages, flying);
    }
}

TEST_P(Cancel, FromASignalHandlerEndsWhatIsInFlight)
{
    if (cannot())
        GTEST_SKIP() << "it cannot be cancelled in mid-flight";
    struct sigaction action = {}, before;
    action.sa_handler = cancel_on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, &before);
    size_t flying = at_once(4);
    {
        Canceller canceller([] { kill(getpid(), SIGUSR1); });
        Pages pages(flying);
        pages.cancel = &wish;
        for (int i = 0; i < 10; i++)
            pages.get("/never");
        pages.when_next = [&](size_t index) {
            if (index + 1 == flying)
                canceller.tell();
        };
        pages.run(model());
        expect_cancelled(model(), pages, flying);
    }
    sigaction(SIGUSR1, &before, nullptr);
}

TEST_P(Cancel, ReachesConnectsAndSendsToo)
{
    if (cannot())
        GTEST_SKIP() << "it cannot be cancelled in mid-flight";
    SilentServer full(SilentServer::FULL), silent(SilentServer::ROOMY);
    std::string body(16 << 20, 'x');
    for (int turn : {0, 1, 2}) {
        cancel_deinit(&wish);
        ASSERT_EQ(0, cancel_init(&wish));
        Canceller canceller;
        Pages pages;
        pages.cancel = &wish;
        if (turn == 0)
            pages.add(METHOD_GET, full.url());
        else if (turn == 1)
            pages.add(METHOD_POST, silent.url(), body);
        else
            pages.get("/drip?bytes=100000&every=1ms");
        pages.get("/bytes/1");
        pages.when_next = [&](size_t) { canceller.tell(); };
        pages.run(model());
        expect_cancelled(model(), pages, 1);
    }
}

TEST_P(Cancel, BeforeTheStartHandsNothingOut)
{
    Pages pages(at_once(4));
    pages.cancel = &wish;
    pages.get("/never");
    pages.get("/never");
    cancel_request(&wish);
    pages.run(model());
    EXPECT_EQ(0u, pages.handed_out());
}

/* Also of a model that ends only what it has begun. */
TEST_P(Cancel, HandsOutNoMore)
{
    Pages pages(at_once(2));
    pages.cancel = &wish;
    pages.options.keep_alive = true;
    for (int i = 0; i < 300; i++)
        pages.get("/bytes/10");
    pages.when_done = [](size_t) { cancel_request(&wish); };
    pages.run(model());
    EXPECT_LE(pages.handed_out(), can(TAKES_AHEAD) ? 100 : 2 * at_once(2));
    for (size_t page = 0; page < pages.handed_out(); page++)
        EXPECT_TRUE(pages[page].error == FETCH_OK ||
                    pages[page].error == FETCH_CANCELLED)
            << pages.explain(page);
}

TEST_P(Cancel, KeepsWhatHasArrived)
{
    if (cannot() || !can(CAN_OVERLAP))
        GTEST_SKIP() << "it needs overlap and cancellation";
    Pages pages(2);
    pages.cancel = &wish;
    size_t stuck = pages.get("/never");
    size_t good = pages.get("/bytes/10");
    pages.when_done = [](size_t) { cancel_request(&wish); };
    pages.run(model());
    EXPECT_EQ(FETCH_CANCELLED, pages[stuck].error) << pages.explain(stuck);
    EXPECT_EQ(FETCH_OK, pages[good].error) << pages.explain(good);
    EXPECT_TRUE(origin_body(10) == pages.body(good));
}

TEST_P(Cancel, ReachesAPageThatHasNotStarted)
{
    if (cannot() || !can(CAN_START_LATER))
        GTEST_SKIP() << "it needs later starts and cancellation";
    Canceller canceller;
    Pages pages;
    pages.cancel = &wish;
    pages.get("/bytes/10");
    pages.not_before(0, monotonic_now() + 3600 * NANOS_PER_SECOND);
    pages.when_next = [&](size_t) { canceller.tell(); };
    pages.run(model());
    expect_cancelled(model(), pages, 1);
}

} // namespace
