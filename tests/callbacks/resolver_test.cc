/* SPDX-License-Identifier: MIT */
#include "callbacks/resolver.h"
#include "loop_fixture.h"
#include "support/contract.h"
#include "support/scripted_lookup.h"

#include <memory>
#include <netdb.h>
#include <string>
#include <thread>
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
        ASSERT_EQ(offloader_new(&offloader, loop, 2), 0);
    }
    void TearDown() override
    {
        scripted_lookup_open();
        offloader_free(offloader);
        loop_free(loop);
        while (executor_left_behind())
            std::this_thread::yield();
        scripted_lookup_end();
    }

    /* One answer that is waited for. */
    struct Answer : resolution {
        bool came = false;
        int code = -1;
        struct addresses addresses = {};

        Answer() : resolution()
        {
            resolved = [](struct resolution *own, int what,
                          const struct addresses *list) {
                auto *told = static_cast<Answer *>(own);
                told->came = true;
                told->code = what;
                told->addresses = *list;
            };
        }
    };
    void start(const std::string &name, Answer &answer, uint16_t port = 80)
    {
        std::string host = name;
        const endpoint endpoint = {host.data(), port, false};
        EXPECT_EQ(resolver_start(offloader, &endpoint, &answer), 0);
        EXPECT_FALSE(answer.came) << "never before resolver_start returned";
    }

    struct loop *loop = nullptr;
    struct offloader *offloader = nullptr;
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
    resolver_cancel(&answer);
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
    resolver_cancel(&gone);
    scripted_lookup_open();
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_FALSE(gone.came);
    EXPECT_TRUE(stays.came);
}

TEST_F(ResolverTest, OneThatHangsHoldsUpNeitherTheLoopNorItsEnd)
{
    scripted_lookup_shut();
    auto answer = std::make_unique<Answer>();
    start("one.test", *answer);
    while (scripted_lookups() == 0)
        std::this_thread::yield();
    resolver_cancel(answer.get());
    resolver_cancel(answer.get()); // harmless
    answer.reset();                // the thread has none of it
    EXPECT_EQ(loop_run(loop), 0);
    offloader_free(offloader); // with the look-up still under way
    offloader = nullptr;
    EXPECT_EQ(executor_left_behind(), 1u);
}

TEST_F(ResolverTest, FreedWithLookUpsUnderWayItCallsNothingBack)
{
    scripted_lookup_shut();
    std::vector<Answer> answers(6);
    for (Answer &answer : answers)
        start("one.test", answer);
    offloader_free(offloader);
    offloader = nullptr;
    scripted_lookup_open();
    while (executor_left_behind())
        std::this_thread::yield();
    for (Answer &answer : answers)
        EXPECT_FALSE(answer.came);
}

TEST_F(ResolverTest, ACallbackMayStartTheNextLookUp)
{
    struct Chain : resolution {
        struct offloader *offloader;
        struct endpoint asked;
        int left = 3;
    } chain;
    char host[] = "one.test";
    chain.query = nullptr;
    chain.offloader = offloader;
    chain.asked = {host, 80, false};
    chain.resolved = [](resolution *own, int code, const addresses *) {
        auto *self = static_cast<Chain *>(own);
        EXPECT_EQ(code, 0);
        if (--self->left == 0)
            return;
        EXPECT_EQ(resolver_start(self->offloader, &self->asked, self), 0);
    };
    ASSERT_EQ(resolver_start(offloader, &chain.asked, &chain), 0);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(chain.left, 0);
}

TEST_F(ResolverTest, AResolutionIsForOneLookUpAtATime)
{
    scripted_lookup_shut();
    Answer answer;
    start("one.test", answer);
    EXPECT_CONTRACT(start("one.test", answer),
                    "resolver_start: one look-up at a time");
    resolver_cancel(&answer);
    start("one.test", answer);
    scripted_lookup_open();
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_TRUE(answer.came);
}

} // namespace
