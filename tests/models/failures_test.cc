/* SPDX-License-Identifier: MIT */
/* What servers do wrong: each gets its error from the closed list, and does no
 * harm to the pages beside it. */
#include "mixed_batch.h"
#include "suite.h"

namespace
{

class Failures : public ModelTest
{
};
INSTANTIATE_FOR_EVERY_MODEL(Failures);

TEST_P(Failures, HarmNoOtherPage)
{
    for (size_t concurrency : {1, 3, 32})
        MixedBatch(model(), at_once(concurrency))
            .expect_all(std::to_string(concurrency) + " at once");
}

TEST_P(Failures, HarmNoOtherPageOnAKeptConnection)
{
    for (size_t concurrency : {1, 4}) {
        MixedBatch batch(model(), at_once(concurrency));
        batch.pages.options.keep_alive = true;
        batch.expect_all(std::to_string(concurrency) + " at once");
    }
}

/* A broken connection that was kept is tried once more, on a new one: once. */
TEST_P(Failures, AreNotTriedForever)
{
    const std::string run = new_run();
    Pages pages;
    pages.options.keep_alive = true;
    pages.get("/bytes/1");
    pages.get("/close?run=" + run);
    pages.run(model());
    EXPECT_EQ(FETCH_CLOSED, pages[1].error) << pages.explain(1);
    EXPECT_EQ(can(CAN_KEEP_ALIVE) ? 2 : 1, origin_saw(run, "requests"));
}

/* https is refused by the call, whatever the model; a plain connection to the
 * same host and port is not taken for a secure one. */
TEST_P(Failures, OfHttpsAreToldBeforeAnythingIsSent)
{
    const std::string run = new_run();
    const std::string target = "/bytes/10?run=" + run;
    std::string secure = origin_url(target);
    secure.insert(4, "s");
    Pages pages;
    pages.options.keep_alive = true;
    pages.get(target);
    pages.add(METHOD_GET, secure);
    pages.get(target);
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[0].error) << pages.explain(0);
    EXPECT_EQ(FETCH_BAD_URL, pages[1].error) << pages.explain(1);
    EXPECT_EQ("the URL cannot be used: only http URLs can be fetched here",
              pages.explain(1).substr(pages.explain(1).find(": ") + 2));
    EXPECT_EQ(FETCH_OK, pages[2].error) << pages.explain(2);
    EXPECT_EQ(2, origin_saw(run, "requests"));
}

TEST_P(Failures, AreExplainedInASentence)
{
    ClosedPort closed;
    Pages pages;
    size_t refused = pages.add(METHOD_GET, closed.url());
    size_t garbage = pages.get("/garbage");
    pages.run(model());
    EXPECT_NE(std::string::npos, pages.explain(refused).find("refused"));
    EXPECT_EQ(-ECONNREFUSED, pages[refused].detail);
    EXPECT_NE(std::string::npos, pages.explain(garbage).find("proper HTTP"))
        << pages.explain(garbage);
}

/* The last marks of a page that failed are those of what did happen. */
TEST_P(Failures, LeaveMarksOfHowFarItCame)
{
    ClosedPort closed;
    Pages pages;
    size_t refused = pages.add(METHOD_GET, closed.url());
    size_t silent = pages.get("/close");
    size_t partly = pages.get("/close?after=10");
    pages.run(model());
    EXPECT_EQ(NEVER, pages[refused].marks[MARK_CONNECTED]);
    EXPECT_NE(NEVER, pages[silent].marks[MARK_CONNECTED]);
    EXPECT_EQ(NEVER, pages[silent].marks[MARK_FIRST_BYTE]);
    EXPECT_NE(NEVER, pages[partly].marks[MARK_FIRST_BYTE]);
    for (size_t page : {refused, silent, partly})
        EXPECT_NE(NEVER, pages[page].marks[MARK_DONE]);
}

} // namespace
