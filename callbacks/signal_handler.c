/* SPDX-License-Identifier: MIT */
#include "callbacks/signal_handler.h"

#include "base/contract.h"
#include "base/signals.h"
#include "callbacks/handle_name.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Signals belong to the process, not to a loop. So this set of the signals that
 * have a handler, a bit for each, is one for all loops. */
static unsigned long long taken;

static unsigned long long bit_of(int number)
{
    return 1ull << (number - 1);
}

/* May the loop handle this signal? */
static bool take_signal(int number)
{
    unsigned long long bit = bit_of(number);
    return !(__atomic_fetch_or(&taken, bit, __ATOMIC_ACQ_REL) & bit);
}

static void give_back(int number)
{
    __atomic_fetch_and(&taken, ~bit_of(number), __ATOMIC_ACQ_REL);
}

static bool can_be_handled(int number)
{
    sigset_t outside;
    signals_from_outside(&outside);
    return number > 0 && number <= 64 && number != SIGKILL &&
           number != SIGSTOP && sigismember(&outside, number) == 1;
}

/* Takes a pending signal. True if there was one. */
static bool read_signal(const struct signal_handler *handler)
{
    struct signalfd_siginfo taken_out;
    ssize_t count;
    do
        count = read(handler->watch.fd, &taken_out, sizeof taken_out);
    while (count < 0 && errno == EINTR);
    return count == sizeof taken_out;
}

/* There may be nothing to read: a forked child shares the descriptor and may
 * have read it first. */
static void on_signal(struct handle *handle)
{
    struct signal_handler *handler =
        container_of(handle, struct signal_handler, watch.handle);
    if (read_signal(handler))
        handler->signalled(handler);
}

static void describe_signal(const struct handle *handle, FILE *out)
{
    const struct signal_handler *handler =
        container_of(handle, const struct signal_handler, watch.handle);
    const char *name = sigabbrev_np(handler->number);
    if (name)
        fprintf(out, "SIG%s", name);
    else
        fprintf(out, "signal %d", handler->number);
}
HANDLE_NAME(on_signal, "the handler of a signal", describe_signal);

static int open_blocked(struct signal_handler *handler)
{
    sigset_t set, before;
    sigemptyset(&set);
    sigaddset(&set, handler->number);
    handler->watch = (struct watch){.handle.run = on_signal};
    handler->watch.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (handler->watch.fd < 0)
        return -errno;
    int error = loop_watch(handler->loop, &handler->watch, SELECT_READ);
    if (error) {
        close(handler->watch.fd);
        return error;
    }
    /* Blocked last, so that nothing needs to be undone. A signal that comes
     * earlier does what it did before. */
    pthread_sigmask(SIG_BLOCK, &set, &before);
    handler->was_blocked = sigismember(&before, handler->number) == 1;
    return 0;
}

int signal_handler_add(struct signal_handler *handler, struct loop *loop,
                       int number)
{
    REQUIRE(!handler->number,
            "signal_handler_add: not one that is added already");
    REQUIRE(handler->signalled, "signal_handler_add: it has a signalled()");
    if (!can_be_handled(number))
        return -EINVAL;
    if (!take_signal(number))
        return -EBUSY;
    handler->loop = loop;
    handler->number = number;
    int error = open_blocked(handler);
    if (error) {
        give_back(number);
        handler->number = 0;
    }
    return error;
}

/* Takes a pending signal before unblocking: else it would now do what it does
 * by default, which most likely is to end the program. */
void signal_handler_remove(struct signal_handler *handler)
{
    sigset_t set;
    if (!handler->number)
        return;
    loop_watch(handler->loop, &handler->watch, 0);
    while (read_signal(handler))
        continue;
    close(handler->watch.fd);
    sigemptyset(&set);
    sigaddset(&set, handler->number);
    if (!handler->was_blocked)
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    give_back(handler->number);
    handler->number = 0;
}
