/* SPDX-License-Identifier: MIT */
#include "harness/inquiry.h"

#include "base/answer.h"
#include "base/wakeup.h"
#include "harness/interrupt.h"
#include "threads/thread.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* Global, because a signal handler gets only a number. */
static volatile sig_atomic_t asked_fd = -1;

static void on_signal(int number)
{
    (void)number;
    if (asked_fd >= 0)
        wakeup_set(asked_fd);
}

int inquiry_open(void)
{
    int fd = wakeup_open();
    if (fd < 0)
        return fd;
    asked_fd = fd;
    /* SA_RESTART: a question must not interrupt system calls that wait. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    if (!interrupt_is_ignored(SIGQUIT))
        sigaction(SIGQUIT, &action, NULL);
    return fd;
}

void inquiry_close(int fd)
{
    interrupt_ends(SIGQUIT);
    asked_fd = -1;
    close(fd);
}

static void *answer_questions(void *argument)
{
    struct inquiry *inquiry = argument;
    pthread_barrier_wait(&inquiry->begun);
    struct pollfd asked = {.fd = inquiry->fd, .events = POLLIN};
    for (;;) {
        poll(&asked, 1, -1);
        wakeup_clear(inquiry->fd);
        if (__atomic_load_n(&inquiry->over, __ATOMIC_ACQUIRE))
            return NULL;
        answer_write(inquiry->answer, inquiry->context);
    }
}

int inquiry_start(struct inquiry *inquiry)
{
    inquiry->over = 0;
    inquiry->fd = inquiry_open();
    if (inquiry->fd < 0)
        return inquiry->fd;
    pthread_barrier_init(&inquiry->begun, NULL, 2);
    int error = thread_start(&inquiry->thread, answer_questions, inquiry);
    if (error) {
        pthread_barrier_destroy(&inquiry->begun);
        inquiry_close(inquiry->fd);
        return error;
    }
    pthread_barrier_wait(&inquiry->begun);
    return 0;
}

void inquiry_stop(struct inquiry *inquiry)
{
    __atomic_store_n(&inquiry->over, 1, __ATOMIC_RELEASE);
    wakeup_set(inquiry->fd);
    pthread_join(inquiry->thread, NULL);
    pthread_barrier_destroy(&inquiry->begun);
    inquiry_close(inquiry->fd);
}
