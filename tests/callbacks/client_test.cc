/* SPDX-License-Identifier: MIT */
/* The callback client against the origin. What every model must do is proved by
 * the suite of all models; here is what belongs to this one. */
#include "client_fixture.h"
#include "harness/origin/origin.h"
#include "support/scripted_sockets.h"

namespace
{

constexpr nanos MS = NANOS_PER_MILLISECOND;

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

TEST_F(ClientAndOrigin, AnIdleConnectionThatIsClosedIsNoticedBeforeTheNextJob)
{
    Pages pages;
    pages.options.keep_alive = true;
    pages.add(at("/stale"));
    pages.add(at("/bytes/10"));
    batch *batch = pages.at_once(1);
    static bool (*list_next)(struct batch *, job *);
    list_next = batch->next;
    batch->next = [](struct batch *self, job *job) {
        bool more = list_next(self, job);
        if (more && job->index == 1)
            job->earliest = monotonic_now() + 100 * MS;
        return more;
    };
    ASSERT_EQ(scripted_begin(origin.port, nullptr, 0), 0);
    ASSERT_EQ(client_model.run(batch), 0);
    EXPECT_EQ(pages.count_with(FETCH_OK), 2u);
    EXPECT_LT(scripted_seen(SCRIPTED_WAIT), 50u)
        << "it does not spin meanwhile";
}

TEST_F(ClientAndOrigin, ALargePostWaitsForRoomAndThenForTheAnswerOnly)
{
    Pages pages;
    pages.post(at("/echo?delay=50ms"), std::string(1000000, 'x'));
    batch *batch = pages.at_once(1);
    const scripted_rule rules[] = {{SCRIPTED_SEND, 1, 1, 50000, 0}};
    ASSERT_EQ(scripted_begin(origin.port, rules, std::size(rules)), 0);
    ASSERT_EQ(client_model.run(batch), 0);
    EXPECT_EQ(pages[0].error, FETCH_OK);
    EXPECT_EQ(pages[0].body_bytes, 1000000u);
    EXPECT_LT(scripted_seen(SCRIPTED_WAIT), 200u)
        << "it does not spin meanwhile";
}

} // namespace
