/* SPDX-License-Identifier: MIT */
#include "threads/thread.h"

#include "blocking/lookup.h"

#include <gtest/gtest.h>
#include <netdb.h>
#include <signal.h>

namespace
{

TEST(Thread, ReceivesNoSignalsOfTheProgram)
{
    pthread_t thread;
    sigset_t mask;
    ASSERT_EQ(thread_start(
                  &thread,
                  [](void *argument) -> void * {
                      pthread_sigmask(SIG_SETMASK, nullptr,
                                      static_cast<sigset_t *>(argument));
                      return nullptr;
                  },
                  &mask),
              0);
    pthread_join(thread, nullptr);
    for (int number : {SIGINT, SIGTERM, SIGCHLD, SIGALRM, SIGUSR1, SIGPIPE})
        EXPECT_TRUE(sigismember(&mask, number)) << number;
    for (int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE})
        EXPECT_FALSE(sigismember(&mask, number)) << number;
}

/* ---- is the stack deep enough? ---- */

constexpr unsigned char paint = 0xA5;

/* The free part of the calling thread's stack, without the frames that painting
 * and counting need themselves. */
struct FreeStack {
    unsigned char *begin, *end;
};

FreeStack free_stack()
{
    pthread_attr_t attributes;
    void *lowest;
    size_t size, guard;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_getguardsize(&attributes, &guard);
    pthread_attr_destroy(&attributes);
    unsigned char *begin = static_cast<unsigned char *>(lowest);
    unsigned char *here =
        static_cast<unsigned char *>(__builtin_frame_address(0));
    return {begin + guard, here - 1024};
}

/* These bytes have no owner, so the sanitizers must look away. */
__attribute__((no_sanitize("address", "thread"), noinline)) void
paint_it(FreeStack stack)
{
    for (volatile unsigned char *at = stack.begin; at < stack.end; at++)
        *at = paint;
}

__attribute__((no_sanitize("address", "thread"), noinline)) size_t
touched(FreeStack stack)
{
    volatile unsigned char *at = stack.begin;
    while (at < stack.end && *at == paint)
        at++;
    return (size_t)(stack.end - at);
}

void *look_up_and_measure(void *argument)
{
    FreeStack stack = free_stack();
    paint_it(stack);
    for (const char *name : {"localhost", "::1", "127.0.0.1"}) {
        char host[16];
        snprintf(host, sizeof host, "%s", name);
        const struct endpoint endpoint = {host, 80, false};
        struct addresses addresses;
        lookup_host(&addresses, &endpoint);
    }
    *static_cast<size_t *>(argument) = touched(stack);
    return nullptr;
}

/* The deepest thing that a thread of ours does is to ask the system's resolver.
 * Here it only reads /etc/hosts: a question to the DNS needs half as much
 * again.
 */
TEST(Thread, TheStackIsFourTimesAsDeepAsALookup)
{
    pthread_t thread;
    size_t used = 0;
    ASSERT_EQ(thread_start(&thread, look_up_and_measure, &used), 0);
    pthread_join(thread, nullptr);
    EXPECT_GT(used, 0u);
    EXPECT_LT(used, thread_stack_size / 4);
}

TEST(Thread, TheStackIsAsLargeAsStated)
{
    pthread_t thread;
    size_t size = 0;
    ASSERT_EQ(thread_start(
                  &thread,
                  [](void *argument) -> void * {
                      FreeStack stack = free_stack();
                      *static_cast<size_t *>(argument) =
                          (size_t)(stack.end - stack.begin);
                      return nullptr;
                  },
                  &size),
              0);
    pthread_join(thread, nullptr);
    EXPECT_GT(size, thread_stack_size / 2);
    EXPECT_LE(size, thread_stack_size);
}

} // namespace
