/* SPDX-License-Identifier: MIT */
#include "mixed_batch.h"

MixedBatch::MixedBatch(const struct model *its_model, size_t concurrency)
    : pages(concurrency), model(its_model)
{
    pages.options.redirects_max = 3;
    fill(model);
}

void MixedBatch::good(size_t page, const std::string &body)
{
    outcomes.push_back({page, FETCH_OK, body});
}

void MixedBatch::bad(size_t page, enum fetch_error error)
{
    outcomes.push_back({page, error, ""});
}

void MixedBatch::fill(const struct model *its_model)
{
    good(pages.get("/bytes/300"), origin_body(300));
    bad(pages.get("/close"), FETCH_CLOSED);
    good(pages.get("/stream/500"), origin_body(500));
    bad(pages.get("/reset"), FETCH_RESET);
    good(pages.post("/echo", "a small body"), "a small body");
    bad(pages.get("/garbage"), FETCH_PROTOCOL);
    good(pages.get("/bytes/400?length=close"), origin_body(400));
    bad(pages.get("/close?after=10"), FETCH_TRUNCATED);
    good(pages.head("/bytes/700"), "");
    bad(pages.get("/lie?bytes=100"), FETCH_TRUNCATED);
    good(pages.get("/bytes/0"), "");
    bad(pages.add(METHOD_GET, closed.url()), FETCH_REFUSED);
    good(pages.post("/echo", origin_body(3000)), origin_body(3000));
    bad(pages.get("/reset?after=30"), FETCH_RESET);
    if (its_model->can & CAN_REDIRECT) {
        good(pages.get("/redirect/2?to=/bytes/90"), origin_body(90));
        bad(pages.get("/redirect/9"), FETCH_REDIRECTS);
    }
    good(pages.get("/stream/0"), "");
}

void MixedBatch::expect_all(const std::string &where)
{
    SCOPED_TRACE(where);
    pages.run(model);
    for (const Outcome &outcome : outcomes) {
        size_t page = outcome.page;
        EXPECT_EQ(outcome.error, pages[page].error) << pages.explain(page);
        if (outcome.error == FETCH_OK) {
            EXPECT_EQ(200, pages[page].status) << pages.explain(page);
            EXPECT_TRUE(outcome.body == pages.body(page))
                << pages.explain(page) << ": other bytes than were sent";
        }
    }
}
