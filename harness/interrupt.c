/* SPDX-License-Identifier: MIT */
#include "harness/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* Global, because a signal handler gets only a number. */
static struct cancel *cancelled_by_signal;
static volatile sig_atomic_t signal_seen;

static void on_signal(int number)
{
    signal_seen = number;
    if (cancelled_by_signal)
        cancel_request(cancelled_by_signal);
}

bool interrupt_is_ignored(int number)
{
    struct sigaction action;
    return !sigaction(number, NULL, &action) && action.sa_handler == SIG_IGN;
}

void interrupt_ends(int number)
{
    if (!interrupt_is_ignored(number))
        signal(number, SIG_DFL);
}

void interrupt_cancels(struct cancel *cancel)
{
    cancelled_by_signal = cancel;
    if (!cancel)
        return;
    static const int ends[] = {SIGINT, SIGTERM};
    /* SA_RESETHAND: a second Ctrl-C ends the program at once. */
    struct sigaction action = {.sa_handler = on_signal,
                               .sa_flags = (int)SA_RESETHAND};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (!interrupt_is_ignored(ends[i]))
            sigaction(ends[i], &action, NULL);
}

int interrupt_signal(void)
{
    return signal_seen;
}
