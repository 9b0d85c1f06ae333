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

/* The deepest thing that a thread of ours does is to ask the system's resolver.
 */
TEST(Thread, TheStackIsDeepEnoughForALookup)
{
    pthread_t thread;
    ASSERT_EQ(thread_start(
                  &thread,
                  [](void *) -> void * {
                      for (const char *name : {"localhost", "::1"}) {
                          char host[64];
                          snprintf(host, sizeof host, "%s", name);
                          struct url url = {};
                          url.host = host;
                          url.port = 80;
                          struct addresses addresses;
                          lookup_host(&addresses, &url);
                      }
                      return nullptr;
                  },
                  nullptr),
              0);
    pthread_join(thread, nullptr);
}

} // namespace
