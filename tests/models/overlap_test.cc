/* SPDX-License-Identifier: MIT */
/* How many at once: the origin says it, not the model. */
#include "suite.h"

#include "http/page_list.h"

namespace
{

class Overlap : public ModelTest
{
};
INSTANTIATE_FOR_EVERY_MODEL(Overlap);

/* The origin holds each answer back until as many requests as the concurrency
 * are waiting for theirs. */
TEST_P(Overlap, IsAsMuchAsWasAskedFor)
{
    if (!can(CAN_OVERLAP))
        GTEST_SKIP() << "it does one at a time";
    const size_t at_once = 8;
    /* Of what was queued ahead, two may be in the hands of one worker. */
    const size_t count = can(TAKES_AHEAD) ? at_once : 3 * at_once;
    for (bool keep_alive : {false, true}) {
        Pages pages(at_once);
        pages.options.keep_alive = keep_alive;
        for (size_t i = 0; i < count; i++)
            pages.get("/hold?until=8&for=20s");
        pages.run(model());
        for (size_t page = 0; page < pages.count(); page++) {
            EXPECT_EQ(FETCH_OK, pages[page].error) << pages.explain(page);
            EXPECT_EQ(200, pages[page].status) << pages.body(page);
        }
    }
}

TEST_P(Overlap, IsNeverMoreThanWasAskedFor)
{
    for (size_t at_once : {1, 3}) {
        std::string run = new_run();
        Pages pages(at_once);
        for (size_t i = 0; i < 4 * at_once; i++)
            pages.get("/delay/5ms?run=" + run);
        pages.run(model());
        EXPECT_LE(origin_saw(run, "most_in_flight"), (long)at_once);
        EXPECT_EQ((long)(4 * at_once), origin_saw(run, "served"));
    }
}

TEST_P(Overlap, OfMorePlacesThanPagesDoesNoHarm)
{
    Pages pages(64);
    pages.get("/bytes/10");
    pages.get("/bytes/20");
    pages.run(model());
    EXPECT_EQ(10u, pages[0].body_bytes) << pages.explain(0);
    EXPECT_EQ(20u, pages[1].body_bytes) << pages.explain(1);
}

TEST_P(Overlap, OfNothingEndsAtOnce)
{
    Pages pages(4);
    pages.run(model());
    EXPECT_EQ(0u, pages.handed_out());
}

/* Results arrive in any order; the number says which is which. */
TEST_P(Overlap, KeepsResultsApart)
{
    Pages pages(at_once(5));
    pages.options.keep_alive = true;
    for (size_t i = 0; i < 40; i++)
        pages.get("/bytes/" + std::to_string(i * 37) +
                  "?delay=" + std::to_string(i * 7 % 5) + "ms");
    pages.run(model());
    for (size_t i = 0; i < 40; i++) {
        EXPECT_EQ(FETCH_OK, pages[i].error) << pages.explain(i);
        EXPECT_TRUE(origin_body(i * 37) == pages.body(i)) << i;
    }
}

TEST_P(Overlap, SaysWhoDidTheWork)
{
    Pages pages(at_once(4));
    for (size_t i = 0; i < 12; i++)
        pages.get("/delay/2ms");
    pages.run(model());
    bool elsewhere = std::string(model()->family) == "processes";
    for (size_t page = 0; page < pages.count(); page++) {
        const struct doer &doer = pages[page].doer;
        EXPECT_EQ(elsewhere, doer.pid != getpid()) << doer.pid;
        EXPECT_GT(doer.pid, 0);
        EXPECT_GT(doer.thread, 0);
        EXPECT_LT(doer.slot, 4u);
    }
}

TEST_P(Overlap, WorksOnAPlainListOfPages)
{
    struct url url = {};
    ASSERT_EQ(URL_OK, url_parse(&url, origin_url("/bytes/7").c_str()));
    struct request request = {};
    struct slice no_body = {};
    ASSERT_EQ(0, request_init(&request, METHOD_GET, &url, nullptr, no_body));
    const struct request *requests[] = {&request, &request, &request};
    struct page_list list;
    ASSERT_EQ(0, page_list_init(&list, requests, 3, at_once(2),
                                &call_default_options, nullptr));
    EXPECT_EQ(0, model()->run(&list.batch));
    EXPECT_EQ(3u, list.finished);
    for (const struct result *result = list.results; result != list.results + 3;
         result++)
        EXPECT_EQ(7u, result->body_bytes);
    page_list_deinit(&list);
    request_deinit(&request);
    url_deinit(&url);
}

} // namespace
