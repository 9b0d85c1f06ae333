/* SPDX-License-Identifier: MIT */
/* The thread that answers questions, while a program begins. */
#include "harness/inquiry.h"

#include <atomic>
#include <gtest/gtest.h>
#include <sched.h>

namespace
{

std::atomic<bool> has_begun{false};

/* What a thread is to run, and with what. */
struct Late {
    void *(*run)(void *);
    void *argument;
};

/* Every other thread comes first. */
void *run_late(void *argument)
{
    Late late = *static_cast<Late *>(argument);
    for (int i = 0; i < 1000; i++)
        sched_yield();
    has_begun = true;
    return late.run(late.argument);
}

} // namespace

extern "C" int __real_pthread_create(pthread_t *thread,
                                     const pthread_attr_t *attributes,
                                     void *(*run)(void *), void *argument);

extern "C" int __wrap_pthread_create(pthread_t *thread,
                                     const pthread_attr_t *attributes,
                                     void *(*run)(void *), void *argument)
{
    static Late late;
    late = {run, argument};
    return __real_pthread_create(thread, attributes, run_late, &late);
}

/* A model that forks next must find no thread that begins: it allocates. */
TEST(Inquiry, ItsThreadHasBegunWhenAProgramGoesOn)
{
    struct inquiry inquiry = {};
    ASSERT_EQ(inquiry_start(&inquiry), 0);
    EXPECT_TRUE(has_begun);
    inquiry_stop(&inquiry);
}
