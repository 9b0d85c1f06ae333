/* SPDX-License-Identifier: MIT */
#include "callbacks/mailbox.h"
#include "loop_fixture.h"
#include "support/contract.h"

#include <csignal>
#include <memory>
#include <thread>
#include <vector>

namespace
{

class MailboxTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(mailbox_new(&mailbox, loop), 0);
    }
    void TearDown() override
    {
        mailbox_free(mailbox);
        loop_free(loop);
    }
    struct loop *loop = nullptr;
    struct mailbox *mailbox = nullptr;
    std::string diary;
};

TEST_F(MailboxTest, LO6_AThreadWakesALoopThatSleeps)
{
    const auto here = std::this_thread::get_id();
    Call call([&] {
        EXPECT_EQ(std::this_thread::get_id(), here);
        diary += 'x';
        mailbox_release(mailbox);
    });
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    std::thread thread([&] { mailbox_post(mailbox, &call); });
    EXPECT_EQ(loop_run(loop), 0);
    thread.join();
    EXPECT_EQ(diary, "x");
}

TEST_F(MailboxTest, LO6_CallsComeInTheOrderOfPosting)
{
    Call a([&] { diary += 'a'; }), b([&] { diary += 'b'; });
    Call c([&] { diary += 'c', mailbox_release(mailbox); });
    mailbox_post(mailbox, &a);
    mailbox_post(mailbox, &b);
    mailbox_post(mailbox, &c);
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "abc");
}

TEST_F(MailboxTest, PostingTwiceBeforeItRanIsOnce)
{
    Call a([&] { diary += 'a'; });
    Call end([&] { mailbox_release(mailbox); });
    mailbox_post(mailbox, &a);
    mailbox_post(mailbox, &a);
    mailbox_post(mailbox, &end);
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "a");
}

TEST_F(MailboxTest, ACallMayPostItselfAgainAndOthersGetTheirTurnBetween)
{
    int runs = 0;
    Call again([&] {
        diary += 'p';
        if (++runs < 3)
            mailbox_post(mailbox, &again);
        else
            mailbox_release(mailbox);
    });
    Call other([&] {
        diary += '.';
        if (runs < 3)
            loop_call_soon(loop, &other);
    });
    mailbox_post(mailbox, &again);
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    loop_call_soon(loop, &other);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, ".p.p.p.");
}

TEST_F(MailboxTest, APostedCallMayFreeItsHandle)
{
    Call *call = nullptr;
    call = new Call([&] { mailbox_release(mailbox), delete call; });
    mailbox_post(mailbox, call);
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    EXPECT_EQ(loop_run(loop), 0);
}

TEST_F(MailboxTest, UnlessItIsHeldItDoesNotKeepTheLoopAwake)
{
    Call call([&] { diary += 'x'; });
    mailbox_post(mailbox, &call);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "") << "it lies there until the box is held";
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    mailbox_release(mailbox);
    loop_stop(loop);
    EXPECT_EQ(loop_run(loop), 0);
    EXPECT_EQ(diary, "x");
}

TEST_F(MailboxTest, LO6_NoPostOfManyThreadsIsLost)
{
    enum { THREADS = 4, POSTS = 500 };
    int left = THREADS * POSTS;
    std::vector<std::unique_ptr<Call>> calls;
    for (int i = 0; i < left; i++)
        calls.push_back(std::make_unique<Call>([&] {
            if (--left == 0)
                mailbox_release(mailbox);
        }));
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    std::vector<std::thread> threads;
    for (size_t t = 0; t < THREADS; t++)
        threads.emplace_back([&, t] {
            for (size_t i = 0; i < POSTS; i++)
                mailbox_post(mailbox, calls[t * POSTS + i].get());
        });
    EXPECT_EQ(loop_run(loop), 0);
    for (std::thread &thread : threads)
        thread.join();
    EXPECT_EQ(left, 0);
}

struct mailbox *signalled_mailbox;
struct handle *signalled_handle;

void post_from_signal(int)
{
    mailbox_post(signalled_mailbox, signalled_handle);
}

TEST_F(MailboxTest, LO6_ASignalHandlerMayPost)
{
    Call call([&] { diary += 'x', mailbox_release(mailbox); });
    signalled_mailbox = mailbox;
    signalled_handle = &call;
    struct sigaction action = {}, before = {};
    action.sa_handler = post_from_signal;
    sigaction(SIGUSR1, &action, &before);
    Call raiser([] { raise(SIGUSR1); });
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    loop_call_soon(loop, &raiser);
    EXPECT_EQ(loop_run(loop), 0);
    sigaction(SIGUSR1, &before, nullptr);
    EXPECT_EQ(diary, "x");
}

TEST_F(MailboxTest, OneThatIsScheduledIsNotPosted)
{
    Call ready([] {}), timed([] {});
    loop_call_soon(loop, &ready);
    loop_call_at(loop, &timed, NEVER);
    EXPECT_CONTRACT(mailbox_post(mailbox, &ready),
                    "mailbox_post: not a handle that is scheduled");
    EXPECT_CONTRACT(mailbox_post(mailbox, &timed),
                    "mailbox_post: not a handle that is scheduled");
}

TEST_F(MailboxTest, OneWithoutARunIsNotPosted)
{
    handle mute = {};
    EXPECT_CONTRACT(mailbox_post(mailbox, &mute),
                    "mailbox_post: a handle has a run");
}

TEST_F(MailboxTest, EachReleaseEndsAHold)
{
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    mailbox_release(mailbox);
    EXPECT_CONTRACT(mailbox_release(mailbox),
                    "mailbox_release: each one ends a hold");
}

TEST_F(MailboxTest, IsNotFreedFromInsideAPostedCall)
{
    Call frees([&] { mailbox_free(mailbox); });
    mailbox_post(mailbox, &frees);
    ASSERT_EQ(mailbox_hold(mailbox), 0);
    EXPECT_CONTRACT(loop_run(loop),
                    "mailbox_free: not from inside a posted call");
}

TEST(Mailbox, FreeingNothingIsHarmless)
{
    mailbox_free(nullptr);
}

} // namespace
