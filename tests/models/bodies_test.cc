/* SPDX-License-Identifier: MIT */
/* What arrives is what was sent, however its end is marked. */
#include "sockets.h"
#include "suite.h"

namespace
{

class Bodies : public ModelTest
{
};
INSTANTIATE_FOR_EVERY_MODEL(Bodies);

void expect_page(const Pages &pages, size_t page, const std::string &body)
{
    EXPECT_EQ(FETCH_OK, pages[page].error) << pages.explain(page);
    EXPECT_EQ(200, pages[page].status) << pages.explain(page);
    EXPECT_EQ(body.size(), pages[page].body_bytes) << pages.explain(page);
    EXPECT_TRUE(body == pages.body(page)) << pages.explain(page);
}

TEST_P(Bodies, AreIntactInEachFraming)
{
    for (bool keep_alive : {false, true}) {
        Pages pages(at_once(3));
        pages.options.keep_alive = keep_alive;
        for (size_t size : {0, 1, 1000, 70000}) {
            std::string n = std::to_string(size);
            pages.get("/bytes/" + n);
            pages.get("/stream/" + n);
            pages.get("/bytes/" + n + "?length=close");
            pages.get("/stream/" + n + "?delay=1ms");
        }
        pages.run(model());
        for (size_t page = 0; page < pages.count(); page++) {
            const size_t sizes[] = {0, 1, 1000, 70000};
            expect_page(pages, page, origin_body(sizes[page / 4]));
        }
    }
}

TEST_P(Bodies, OfAMebibyteAreIntact)
{
    const size_t mebibyte = 1 << 20;
    Pages pages(at_once(2));
    pages.get("/bytes/1048576");
    pages.get("/stream/1048576");
    pages.get("/bytes/1048576?length=close");
    pages.run(model());
    for (size_t page = 0; page < pages.count(); page++)
        expect_page(pages, page, origin_body(mebibyte));
}

/* Real single bytes: also for a model that no script can reach. */
TEST_P(Bodies, ThatComeByteByByteAreIntact)
{
    Pages pages(at_once(3));
    for (const char *length : {"", "&length=chunked", "&length=close"})
        pages.get(std::string("/drip?bytes=30&every=1ms") + length);
    pages.run(model());
    for (size_t page = 0; page < pages.count(); page++)
        expect_page(pages, page, origin_body(30));
}

TEST_P(Bodies, OfAHeadRequestDoNotExist)
{
    Pages pages;
    pages.options.keep_alive = true;
    pages.head("/bytes/1000");
    pages.head("/stream/1000");
    pages.get("/bytes/5");
    pages.run(model());
    for (size_t page : {0, 1}) {
        EXPECT_EQ(FETCH_OK, pages[page].error) << pages.explain(page);
        EXPECT_EQ(200, pages[page].status);
        EXPECT_EQ(0u, pages[page].body_bytes);
    }
    EXPECT_STREQ("1000", headers_find(&pages[0].headers, "Content-Length"));
    expect_page(pages, 2, origin_body(5));
}

TEST_P(Bodies, AreOnlyCountedWhenTheyAreNotWanted)
{
    Pages pages;
    pages.options.keep_body = false;
    pages.get("/bytes/1000");
    pages.get("/stream/1000");
    pages.run(model());
    for (size_t page : {0, 1}) {
        EXPECT_EQ(FETCH_OK, pages[page].error) << pages.explain(page);
        EXPECT_EQ(1000u, pages[page].body_bytes);
        EXPECT_EQ(0u, pages[page].body.size);
    }
}

TEST_P(Bodies, BeyondTheLimitAreRefused)
{
    Pages pages(at_once(3));
    pages.options.limits.body = 1000;
    size_t fits = pages.get("/bytes/1000");
    size_t length = pages.get("/bytes/1001");
    size_t chunked = pages.get("/stream/1001");
    size_t closed = pages.get("/bytes/1001?length=close");
    size_t also_fits = pages.get("/stream/1000");
    pages.run(model());
    expect_page(pages, fits, origin_body(1000));
    expect_page(pages, also_fits, origin_body(1000));
    for (size_t page : {length, chunked, closed})
        EXPECT_EQ(FETCH_TOO_LARGE, pages[page].error) << pages.explain(page);
}

TEST_P(Bodies, ThatArePostedArriveWhole)
{
    const std::string small = "a few words", large = origin_body(1 << 20);
    Pages pages(at_once(2));
    size_t none = pages.post("/echo", "");
    size_t few = pages.post("/echo", small);
    size_t many = pages.post("/echo", large);
    pages.run(model());
    expect_page(pages, none, "");
    expect_page(pages, few, small);
    expect_page(pages, many, large);
}

/* 413, then the server reads no more. The answer must be found, whether or not
 * the rest of the body could still be sent. */
TEST_P(Bodies, MayBeAnsweredBeforeTheyWereRead)
{
    const std::string large(16 << 20, 'x');
    Pages pages;
    pages.options.keep_alive = true;
    size_t early = pages.post("/early", large);
    size_t next = pages.get("/bytes/10");
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[early].error) << pages.explain(early);
    EXPECT_EQ(413, pages[early].status);
    expect_page(pages, next, origin_body(10));
}

/* This one is answered while most of it is still to be sent, and the server
 * will never make room for the rest. A client that only sends, until all is
 * sent, waits until its time is up. */
TEST_P(Bodies, MayBeAnsweredByAServerThatNeverReads)
{
    if (!can(CAN_TIME_OUT))
        GTEST_SKIP() << "it may wait for ever";
    DeafServer deaf;
    const std::string large(16 << 20, 'x');
    Pages pages(at_once(2));
    pages.options.keep_alive = true;
    pages.options.keep_body = false;
    pages.add(METHOD_POST, deaf.url(), large);
    pages.add(METHOD_POST, deaf.url(), large);
    pages.run(model());
    for (size_t page : {0, 1}) {
        EXPECT_EQ(FETCH_OK, pages[page].error) << pages.explain(page);
        EXPECT_EQ(413, pages[page].status);
        EXPECT_FALSE(pages[page].reused) << "half a request was on its way";
    }
}

TEST_P(Bodies, OfErrorPagesArriveToo)
{
    Pages pages;
    size_t missing = pages.get("/status/404?bytes=100");
    size_t empty = pages.get("/status/204");
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[missing].error) << pages.explain(missing);
    EXPECT_EQ(404, pages[missing].status);
    EXPECT_TRUE(origin_body(100) == pages.body(missing));
    EXPECT_EQ(FETCH_OK, pages[empty].error) << pages.explain(empty);
    EXPECT_EQ(204, pages[empty].status);
    EXPECT_EQ(0u, pages[empty].body_bytes);
}

} // namespace
