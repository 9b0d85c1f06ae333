/* SPDX-License-Identifier: MIT */
/* What waits until something happens, and what looks again after a while. */
#include "lessons/check/calls_yours.h"

static int poll_timeout;

int calls_poll_timeout(void)
{
    return poll_timeout;
}

/* A wait for descriptors: without a limit it waits, with one it naps. */
static bool begin_select(enum watched_call call, void *place, bool limited)
{
    if (!calls_begin(call, place))
        return false;
    if (limited)
        calls_nap(call, place, "with a time limit looks again and again");
    else
        calls_wait(call, place, NULL);
    return true;
}

int yours_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    poll_timeout = timeout;
    if (!begin_select(CALL_poll, PLACE, timeout >= 0))
        return -1;
    return (int)calls_done(poll(fds, count, timeout));
}

int yours_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *limit,
                const sigset_t *mask)
{
    if (!begin_select(CALL_ppoll, PLACE, limit))
        return -1;
    return (int)calls_done(ppoll(fds, count, limit, mask));
}

int yours_select(int count, fd_set *in, fd_set *out, fd_set *bad,
                 struct timeval *limit)
{
    if (!begin_select(CALL_select, PLACE, limit))
        return -1;
    return (int)calls_done(select(count, in, out, bad, limit));
}

int yours_pselect(int count, fd_set *in, fd_set *out, fd_set *bad,
                  const struct timespec *limit, const sigset_t *mask)
{
    if (!begin_select(CALL_pselect, PLACE, limit))
        return -1;
    return (int)calls_done(pselect(count, in, out, bad, limit, mask));
}

int yours_epoll_wait(int fd, struct epoll_event *events, int most, int timeout)
{
    if (!begin_select(CALL_epoll_wait, PLACE, timeout >= 0))
        return -1;
    return (int)calls_done(epoll_wait(fd, events, most, timeout));
}

int yours_epoll_pwait(int fd, struct epoll_event *events, int most, int timeout,
                      const sigset_t *mask)
{
    if (!begin_select(CALL_epoll_pwait, PLACE, timeout >= 0))
        return -1;
    return (int)calls_done(epoll_pwait(fd, events, most, timeout, mask));
}

/* ---- naps ---- */

/* Where naps are forbidden, which is everywhere but in a call that may wait,
 * this does not return; so what comes behind it hardly matters. */
#define NAP(call, what)                                                        \
    (calls_begin(call, PLACE) ? calls_nap(call, PLACE, what) : (void)0)

int yours_nanosleep(const struct timespec *span, struct timespec *left)
{
    NAP(CALL_nanosleep, "sleeps for a while");
    return nanosleep(span, left);
}

int yours_clock_nanosleep(clockid_t clock, int flags,
                          const struct timespec *span, struct timespec *left)
{
    NAP(CALL_clock_nanosleep, "sleeps for a while");
    return clock_nanosleep(clock, flags, span, left);
}

int yours_usleep(useconds_t span)
{
    NAP(CALL_usleep, "sleeps for a while");
    return usleep(span);
}

unsigned yours_sleep(unsigned span)
{
    NAP(CALL_sleep, "sleeps for a while");
    return sleep(span);
}

int yours_sched_yield(void)
{
    NAP(CALL_sched_yield, "lets others run and goes on");
    return sched_yield();
}

void yours_thrd_yield(void)
{
    NAP(CALL_thrd_yield, "lets others run and goes on");
    thrd_yield();
}

int yours_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock,
                                 const struct timespec *until)
{
    NAP(CALL_pthread_cond_timedwait, "gives up after a while");
    return pthread_cond_timedwait(cond, lock, until);
}

int yours_pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *lock,
                                 clockid_t clock, const struct timespec *until)
{
    NAP(CALL_pthread_cond_clockwait, "gives up after a while");
    return pthread_cond_clockwait(cond, lock, clock, until);
}

int yours_pthread_mutex_trylock(pthread_mutex_t *lock)
{
    NAP(CALL_pthread_mutex_trylock, "does not wait for the lock");
    return pthread_mutex_trylock(lock);
}

int yours_pthread_mutex_timedlock(pthread_mutex_t *lock,
                                  const struct timespec *until)
{
    NAP(CALL_pthread_mutex_timedlock, "gives up after a while");
    return pthread_mutex_timedlock(lock, until);
}

int yours_sem_trywait(sem_t *semaphore)
{
    NAP(CALL_sem_trywait, "does not wait");
    return sem_trywait(semaphore);
}

int yours_sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    NAP(CALL_sem_timedwait, "gives up after a while");
    return sem_timedwait(semaphore, until);
}

int yours_sigtimedwait(const sigset_t *set, siginfo_t *info,
                       const struct timespec *limit)
{
    NAP(CALL_sigtimedwait, "gives up after a while");
    return sigtimedwait(set, info, limit);
}

/* ---- signals ---- */

static bool begin_wait(enum watched_call call, void *place)
{
    if (!calls_begin(call, place))
        return false;
    calls_wait(call, place, NULL);
    return true;
}

int yours_pause(void)
{
    return begin_wait(CALL_pause, PLACE) ? pause() : -1;
}

int yours_sigsuspend(const sigset_t *mask)
{
    return begin_wait(CALL_sigsuspend, PLACE) ? sigsuspend(mask) : -1;
}

int yours_sigwait(const sigset_t *set, int *number)
{
    return begin_wait(CALL_sigwait, PLACE) ? sigwait(set, number) : errno;
}

int yours_sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    return begin_wait(CALL_sigwaitinfo, PLACE) ? sigwaitinfo(set, info) : -1;
}

/* ---- children ---- */

static bool begin_reap(enum watched_call call, void *place, int options)
{
    if (!calls_begin(call, place))
        return false;
    if (options & WNOHANG)
        calls_nap(call, place, "with WNOHANG does not wait");
    else
        calls_wait(call, place, NULL);
    return true;
}

pid_t yours_wait(int *status)
{
    if (!begin_reap(CALL_wait, PLACE, 0))
        return -1;
    return (pid_t)calls_done(wait(status));
}

pid_t yours_waitpid(pid_t pid, int *status, int options)
{
    if (!begin_reap(CALL_waitpid, PLACE, options))
        return -1;
    return (pid_t)calls_done(waitpid(pid, status, options));
}

int yours_waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    if (!begin_reap(CALL_waitid, PLACE, options))
        return -1;
    return (int)calls_done(waitid(type, id, info, options));
}

pid_t yours_wait3(int *status, int options, struct rusage *usage)
{
    if (!begin_reap(CALL_wait3, PLACE, options))
        return -1;
    return (pid_t)calls_done(wait3(status, options, usage));
}

pid_t yours_wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    if (!begin_reap(CALL_wait4, PLACE, options))
        return -1;
    return (pid_t)calls_done(wait4(pid, status, options, usage));
}
