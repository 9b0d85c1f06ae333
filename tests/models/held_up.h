/* SPDX-License-Identifier: MIT */
/* A client that is held up between its page "/first" and the next one, in the
 * work that the first one causes, until its server has said what it was not
 * asked for; and a little longer, so that its connection is not used at once.
 * Client and server may be different processes. */
#ifndef TESTS_MODELS_HELD_UP_H
#define TESTS_MODELS_HELD_UP_H

#include "suite.h"

#include "base/clock.h"
#include "http/kept_connection.h"

#include <cstdlib>
#include <functional>
#include <sched.h>
#include <semaphore.h>
#include <string>
#include <sys/mman.h>

class HeldUp
{
  public:
    HeldUp()
    {
        void *place = mmap(nullptr, sizeof *talk_, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (place == MAP_FAILED)
            abort();
        talk_ = static_cast<Talk *>(place);
        if (sem_init(&talk_->read, 1, 0) || sem_init(&talk_->said, 1, 0))
            abort();
    }
    ~HeldUp()
    {
        sem_destroy(&talk_->read);
        sem_destroy(&talk_->said);
        munmap(talk_, sizeof *talk_);
    }
    HeldUp(const HeldUp &) = delete;

    /* The client: three pages of this server, on a kept connection. */
    void fetch(Pages &pages, const struct model *model,
               const std::string &server)
    {
        pages.options.keep_alive = true;
        pages.options.work = work;
        pages.options.work_context = this;
        for (const char *target : {"/first", "/second", "/third"})
            pages.add(METHOD_GET, server + target);
        pages.run(model);
        pages.expect_all_fine();
        EXPECT_EQ(pages.body(1), "/second");
        EXPECT_EQ(pages.body(2), "/third");
        EXPECT_EQ(pages[1].status, 200);
        EXPECT_FALSE(pages[1].reused);
        EXPECT_TRUE(pages[2].reused);
    }

    /* For the server, once it has answered for "/first". */
    void say(const std::function<void()> &unasked)
    {
        wait_for(&talk_->read);
        unasked();
        sem_post(&talk_->said);
    }

  private:
    struct Talk { /* in memory that processes share */
        sem_t read, said;
    };

    static void wait_for(sem_t *event)
    {
        while (sem_wait(event))
            ; /* interrupted */
    }

    /* In the thread or the process that has the connection. */
    static void work(void *context, struct result *result)
    {
        const std::string body(result->body.data, result->body.size);
        if (body != "/first")
            return;
        Talk *talk = static_cast<HeldUp *>(context)->talk_;
        nanos until = monotonic_now() + 2 * KEPT_AT_ONCE;
        sem_post(&talk->read);
        wait_for(&talk->said);
        while (monotonic_now() < until)
            sched_yield();
    }

    Talk *talk_;
};

#endif
