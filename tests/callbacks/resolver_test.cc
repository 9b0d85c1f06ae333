/* SPDX-License-Identifier: MIT */
#include "callbacks/resolver.h"
#include "loop_fixture.h"
#include "support/contract.h"
#include "support/scripted_lookup.h"

#include <netdb.h>
#include <vector>

namespace
{

const scripted_host HOSTS[] = {
    {"one.test", {"127.0.0.1"}, 0},
    {"two.test", {"127.0.0.2", "127.0.0.3"}, 0},
    {"broken.test", {}, EAI_AGAIN},
};

class ResolverTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(scripted_lookup_begin(HOSTS, std::size(HOSTS)), 0);
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(resolver_new(&resolver, loop, 2), 0);
    }
    void TearDown() override
    {
        scripted_lookup_open();
        resolver_free(resolver);
        loop_free(loop);
        scripted_lookup_end();
    }

    /* One answer that somebody waits for. */
    struct Answer {
        bool came = false;
        int code = -1;
        struct addresses addresses = {};
        resolution *under_way = nullptr;
    };
    void start(const char *host, Answer &answer, uint16_t port = 80)
    {
        std::string name = host; /* it is copied */
        const endpoint endpoint = {&name[0], port, false};
        auto resolved = [](void *context, int code, const addresses *list) {
            auto *told = static_cast<Answer *>(context);
            told->came = true;
            told->code = code;
            told->addresses = *list;
        };
        EXPECT_EQ(resolver_start(resolver, &endpoint, resolved, &answer,
                                 &answer.under_way),
                  0);
        EXPECT_FALSE(answer.came) << "never before resolver_start returned";
    }

    struct loop *loop = nullptr;
    struct resolver *resolver = nullptr;
};

TEST_F(ResolverTest, ANameBecomesAddressesWithThePort)
{
    Answer answer;
    start("two.test", answer, 8080);
    EXPECT_EQ(loop_run(loop), 0);
    ASSERT_TRUE(answer.came);
    EXPECT_EQ(answer.code, 0);
    ASSERT_EQ(answer.addresses.count, 2);
    EXPECT_EQ(answer.addresses.list[0].socket.ipv4.sin_port, htons(8080));
}

TEST_F(ResolverTest, LocalhostResolves)
{
    Answer answer;
    start("localhost", answer);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(answer.code, 0);
    EXPECT_GE(answer.addresses.count, 1);
}

TEST_F(ResolverTest, AFailureIsToldWithItsCode)
{
    Answer unknown, broken;
    start("unknown.test", unknown);
    start("broken.test", broken);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(unknown.code, EAI_NONAME);
    EXPECT_EQ(broken.code, EAI_AGAIN);
}

TEST_F(ResolverTest, LO9_TheLoopIsNotHeldUpByALookUp)
{
    scripted_lookup_shut();
    Answer answer;
    start("one.test", answer);
    Call other([&] {
        EXPECT_FALSE(answer.came);
        scripted_lookup_open();
    });
    loop_call_soon(loop, &other);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_TRUE(answer.came) << "and the loop does not end before it is there";
}

TEST_F(ResolverTest, MoreLookUpsThanThreadsAllComeBack)
{
    std::vector<Answer> answers(20);
    for (Answer &answer : answers)
        start("one.test", answer);
    EXPECT_EQ(loop_run(loop), 0);
    for (Answer &answer : answers)
        EXPECT_TRUE(answer.came);
}

TEST_F(ResolverTest, LO9_ACancelledLookUpIsNotToldAndNotWaitedForByTheLoop)
{
    scripted_lookup_shut();
    Answer answer;
    start("one.test", answer);
    resolver_cancel(answer.under_way);
    EXPECT_EQ(loop_run(loop), 0) << "with the look-up still under way";
    scripted_lookup_open();
    EXPECT_FALSE(answer.came);
}

TEST_F(ResolverTest, OneThatWasCancelledDoesNotHinderTheOthers)
{
    scripted_lookup_shut();
    Answer gone, stays;
    start("one.test", gone);
    start("two.test", stays);
    resolver_cancel(gone.under_way);
    scripted_lookup_open();
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_FALSE(gone.came);
    EXPECT_TRUE(stays.came);
}

TEST_F(ResolverTest, FreedWithLookUpsUnderWayItCallsNobodyBack)
{
    std::vector<Answer> answers(6);
    for (Answer &answer : answers)
        start("one.test", answer);
    resolver_free(resolver);
    resolver = nullptr;
    for (Answer &answer : answers)
        EXPECT_FALSE(answer.came);
}

TEST_F(ResolverTest, ACallbackMayStartTheNextLookUp)
{
    char host[] = "one.test";
    struct Chain {
        struct resolver *resolver;
        struct endpoint endpoint;
        int left;
    } chain = {resolver, {host, 80, false}, 3};
    static resolved_fn *const next = [](void *context, int code,
                                        const addresses *) {
        auto *self = static_cast<Chain *>(context);
        resolution *ignored;
        EXPECT_EQ(code, 0);
        if (--self->left == 0)
            return;
        EXPECT_EQ(resolver_start(self->resolver, &self->endpoint, next, context,
                                 &ignored),
                  0);
    };
    resolution *ignored;
    ASSERT_EQ(resolver_start(resolver, &chain.endpoint, next, &chain, &ignored),
              0);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(chain.left, 0);
}

TEST_F(ResolverTest, IsNotFreedFromInsideItsCallback)
{
    char host[] = "one.test";
    const endpoint endpoint = {host, 80, false};
    auto frees = [](void *context, int, const addresses *) {
        resolver_free(static_cast<struct resolver *>(context));
    };
    resolution *ignored;
    auto resolve_and_free = [&] {
        resolver_start(resolver, &endpoint, frees, resolver, &ignored);
        loop_run(loop);
    };
    EXPECT_CONTRACT(resolve_and_free(), "resolver_free: not from inside a "
                                        "callback of this resolver");
}

TEST_F(ResolverTest, ALookUpIsCancelledOnce)
{
    scripted_lookup_shut();
    Answer answer;
    start("http://one.test/", answer);
    resolver_cancel(answer.under_way);
    EXPECT_CONTRACT(resolver_cancel(answer.under_way),
                    "resolver_cancel: once for a look-up");
    scripted_lookup_open();
}

TEST(Resolver, NeedsAtLeastOneThread)
{
    struct loop *loop;
    struct resolver *resolver = nullptr;
    ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
    EXPECT_LT(resolver_new(&resolver, loop, 0), 0);
    loop_free(loop);
    resolver_free(nullptr);
}

} // namespace
