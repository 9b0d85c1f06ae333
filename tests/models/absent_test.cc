/* SPDX-License-Identifier: MIT */
/* What a model does not declare is really absent: a model hides nothing that it
 * can do, and no test relies on what it does not promise. */
#include "suite.h"

#include "base/clock.h"

namespace
{

const nanos millisecond = NANOS_PER_MILLISECOND;

class Absent : public ModelTest
{
};
INSTANTIATE_FOR_EVERY_MODEL(Absent);

TEST_P(Absent, DeadlinesPassUnnoticed)
{
    if (can(CAN_TIME_OUT))
        GTEST_SKIP() << "it declares them";
    Pages pages;
    pages.options.total_timeout = 1 * millisecond;
    pages.get("/delay/50ms");
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[0].error) << pages.explain(0);
}

TEST_P(Absent, KeepAliveTakesAConnectionForEachPage)
{
    if (can(CAN_KEEP_ALIVE))
        GTEST_SKIP() << "it declares it";
    const std::string run = new_run();
    Pages pages(at_once(2));
    pages.options.keep_alive = true;
    for (size_t i = 0; i < 6; i++)
        pages.get("/bytes/100?run=" + run);
    pages.run(model());
    pages.expect_all_fine();
    EXPECT_EQ(6, origin_saw(run, "accepted"));
    EXPECT_EQ(0u, pages.count_reused());
}

TEST_P(Absent, RedirectsAreTheAnswer)
{
    if (can(CAN_REDIRECT))
        GTEST_SKIP() << "it declares them";
    Pages pages;
    pages.options.redirects_max = 3;
    pages.get("/redirect/2");
    pages.run(model());
    EXPECT_EQ(302, pages[0].status) << pages.explain(0);
    EXPECT_EQ(0, pages[0].redirects);
}

TEST_P(Absent, OverlapIsSeenNotToHappen)
{
    if (can(CAN_OVERLAP))
        GTEST_SKIP() << "it declares it";
    const std::string run = new_run();
    Pages pages(4);
    pages.get("/hold?until=2&for=50ms&run=" + run);
    pages.get("/hold?until=2&for=50ms&run=" + run);
    pages.run(model());
    for (size_t page : {0, 1}) {
        EXPECT_EQ(503, pages[page].status) << pages.explain(page);
        EXPECT_NE(std::string::npos, pages.body(page).find("only 1 of 2"))
            << pages.body(page);
    }
    EXPECT_EQ(1, origin_saw(run, "most_in_flight"));
    EXPECT_EQ(1u, pages.most_at_once());
}

TEST_P(Absent, CancellationLetsWhatIsInFlightEnd)
{
    if (can(CAN_CANCEL))
        GTEST_SKIP() << "it declares it";
    struct cancel wish;
    ASSERT_EQ(0, cancel_init(&wish));
    Pages pages;
    pages.cancel = &wish;
    pages.get("/delay/30ms");
    pages.get("/delay/30ms");
    pages.when_next = [&](size_t) { cancel_request(&wish); };
    pages.run(model());
    EXPECT_EQ(1u, pages.handed_out());
    EXPECT_EQ(FETCH_OK, pages[0].error) << pages.explain(0);
    cancel_deinit(&wish);
}

TEST_P(Absent, LaterStartsAreIgnored)
{
    if (can(CAN_START_LATER))
        GTEST_SKIP() << "it declares them";
    Pages pages;
    pages.get("/bytes/10");
    pages.not_before(0, monotonic_now() + 3600 * NANOS_PER_SECOND);
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[0].error) << pages.explain(0);
}

} // namespace
