/* SPDX-License-Identifier: MIT */
/* Deadlines in real time. They are never early; nothing is said about how late
 * they may be, but for the hang that every test gives up on. */
#include "sockets.h"
#include "suite.h"

namespace
{

const nanos millisecond = NANOS_PER_MILLISECOND;

class Deadlines : public ModelTest
{
  protected:
    void SetUp() override
    {
        ModelTest::SetUp();
        if (!IsSkipped() && !can(CAN_TIME_OUT))
            GTEST_SKIP() << "it knows no deadlines";
    }
};
INSTANTIATE_FOR_EVERY_MODEL(Deadlines);

void expect_not_early(const struct result &result, nanos span)
{
    EXPECT_GE(result.marks[MARK_DONE] - result.marks[MARK_START], span);
}

/* A good page between bad ones must arrive. On a busy machine it may itself
 * be late, so it has several chances: a model that harms it always does. */
template <typename Attempt> void expect_good_page_soon(Attempt attempt)
{
    bool arrived = false;
    for (int i = 0; i < 5 && !arrived; i++)
        arrived = attempt();
    EXPECT_TRUE(arrived) << "the good page was harmed every time";
}

TEST_P(Deadlines, EndAConnectThatDoesNotComeAbout)
{
    SilentServer full(SilentServer::FULL);
    expect_good_page_soon([&] {
        Pages pages(at_once(2));
        pages.options.connect_timeout = 80 * millisecond;
        size_t stuck = pages.add(METHOD_GET, full.url());
        size_t good = pages.get("/bytes/10");
        size_t also_stuck = pages.add(METHOD_POST, full.url(), "body");
        pages.run(model());
        for (size_t page : {stuck, also_stuck}) {
            EXPECT_EQ(FETCH_CONNECT_TIMEOUT, pages[page].error)
                << pages.explain(page);
            expect_not_early(pages[page], 80 * millisecond);
        }
        return pages[good].error == FETCH_OK && pages[good].body_bytes == 10;
    });
}

TEST_P(Deadlines, InAllCountWhileConnectingToo)
{
    SilentServer full(SilentServer::FULL);
    Pages pages;
    pages.options.total_timeout = 60 * millisecond;
    size_t stuck = pages.add(METHOD_GET, full.url());
    pages.run(model());
    EXPECT_EQ(FETCH_TIMEOUT, pages[stuck].error) << pages.explain(stuck);
    expect_not_early(pages[stuck], 60 * millisecond);
}

TEST_P(Deadlines, EndAnAnswerThatDoesNotCome)
{
    expect_good_page_soon([&] {
        Pages pages(at_once(3));
        pages.options.total_timeout = 100 * millisecond;
        pages.options.keep_alive = true;
        pages.get("/never");
        size_t good = pages.get("/bytes/1000");
        pages.get("/never");
        pages.get("/delay/60");
        size_t last = pages.get("/bytes/1000");
        pages.run(model());
        for (size_t page : {0, 2, 3}) {
            EXPECT_EQ(FETCH_TIMEOUT, pages[page].error) << pages.explain(page);
            expect_not_early(pages[page], 100 * millisecond);
        }
        return pages.body(good) == origin_body(1000) &&
               pages.body(last) == origin_body(1000);
    });
}

/* Ten seconds of single bytes, each well within the time. */
TEST_P(Deadlines, AreNotStretchedByAnAnswerThatDrips)
{
    Pages pages(at_once(2));
    pages.options.total_timeout = 120 * millisecond;
    pages.get("/drip?bytes=1000&every=10ms");
    pages.get("/drip?bytes=1000&every=10ms&length=chunked");
    pages.run(model());
    for (size_t page : {0, 1}) {
        EXPECT_EQ(FETCH_TIMEOUT, pages[page].error) << pages.explain(page);
        EXPECT_LT(pages[page].body_bytes, 1000u);
        expect_not_early(pages[page], 120 * millisecond);
    }
}

TEST_P(Deadlines, EndABodyThatIsNotRead)
{
    SilentServer silent(SilentServer::ROOMY);
    Pages pages(at_once(2));
    pages.options.total_timeout = 100 * millisecond;
    pages.add(METHOD_POST, silent.url(), std::string(16 << 20, 'x'));
    pages.add(METHOD_GET, silent.url());
    pages.run(model());
    for (size_t page : {0, 1})
        EXPECT_EQ(FETCH_TIMEOUT, pages[page].error) << pages.explain(page);
}

/* A long answer leaves its own, distant deadline behind; the next connect has a
 * near one again. A timer that is only ever moved away would be missed. */
TEST_P(Deadlines, OfAConnectAreKeptAfterALongAnswer)
{
    SilentServer full(SilentServer::FULL);
    Pages pages;
    pages.options.connect_timeout = 50 * millisecond;
    pages.options.keep_alive = true;
    size_t slow = pages.get("/delay/120ms");
    size_t stuck = pages.add(METHOD_GET, full.url());
    pages.run(model());
    EXPECT_TRUE(pages[slow].error == FETCH_OK ||
                pages[slow].error == FETCH_CONNECT_TIMEOUT)
        << pages.explain(slow);
    EXPECT_EQ(FETCH_CONNECT_TIMEOUT, pages[stuck].error)
        << pages.explain(stuck);
}

TEST_P(Deadlines, CountOverAllRedirects)
{
    if (!can(CAN_REDIRECT))
        GTEST_SKIP() << "it follows no redirects";
    Pages pages;
    pages.options.total_timeout = 150 * millisecond;
    pages.options.redirects_max = 100;
    pages.get("/redirect/100?delay=40ms");
    pages.run(model());
    EXPECT_EQ(FETCH_TIMEOUT, pages[0].error) << pages.explain(0);
    EXPECT_LT(pages[0].redirects, 100);
}

TEST_P(Deadlines, OfNeverAreNone)
{
    Pages pages(at_once(2));
    pages.options.connect_timeout = NEVER;
    pages.options.total_timeout = NEVER;
    pages.get("/delay/30ms");
    pages.get("/bytes/10");
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[0].error) << pages.explain(0);
    EXPECT_EQ(FETCH_OK, pages[1].error) << pages.explain(1);
}

} // namespace
