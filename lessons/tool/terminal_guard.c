/* SPDX-License-Identifier: MIT */
#include "lessons/tool/terminal_guard.h"

#include "base/output.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

struct guard {
    pid_t child;
    struct termios before;
    sigset_t mask; /* the signals that were blocked before */
};

static void give_back(const struct guard *guard)
{
    /* Not as a background process that the terminal would stop for it. */
    signal(SIGTTOU, SIG_IGN);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &guard->before);
    signal(SIGTTOU, SIG_DFL);
}

static void take_as(const struct termios *keys)
{
    tcsetattr(STDIN_FILENO, TCSADRAIN, keys);
}

/* Those that end or stop a program from outside, and the one by which we hear
 * of the child. */
static void signals_to_hear(sigset_t *set)
{
    static const int numbers[] = {SIGHUP,  SIGINT,  SIGQUIT,
                                  SIGTERM, SIGTSTP, SIGCHLD};
    sigemptyset(set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(set, numbers[i]);
}

/* The child has stopped: so do we, until we are let go on. */
static void stop_too(const struct guard *guard)
{
    struct termios keys;
    tcgetattr(STDIN_FILENO, &keys);
    give_back(guard);
    raise(SIGSTOP);
    take_as(&keys);
    kill(guard->child, SIGCONT);
}

/* How the child has ended, as waitpid says it. */
static int watch(const struct guard *guard)
{
    sigset_t heard;
    int status, number;
    signals_to_hear(&heard);
    for (;;) {
        while (sigwait(&heard, &number))
            ;
        if (number != SIGCHLD) {
            kill(guard->child, number == SIGTSTP ? SIGSTOP : number);
            continue;
        }
        pid_t pid = waitpid(guard->child, &status, WNOHANG | WUNTRACED);
        if (pid == guard->child && WIFSTOPPED(status))
            stop_too(guard);
        else if (pid == guard->child || (pid < 0 && errno == ECHILD))
            return pid < 0 ? 0 : status;
    }
}

static void run_child(const struct guard *guard, int (*run)(void *data),
                      void *data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_SETMASK, &guard->mask, NULL);
    int status = run(data);
    _exit(output_check("lab") && !status ? EXIT_FAILURE : status);
}

/* The same signal, as if it had been for us. */
static void die_by(const struct guard *guard, int number)
{
    sigset_t one;
    sigprocmask(SIG_SETMASK, &guard->mask, NULL);
    signal(number, SIG_DFL);
    sigemptyset(&one);
    sigaddset(&one, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
}

int terminal_guard(int (*run)(void *data), void *data)
{
    struct guard guard = {0};
    sigset_t heard;
    if (tcgetattr(STDIN_FILENO, &guard.before))
        return -errno;
    signals_to_hear(&heard);
    sigprocmask(SIG_BLOCK, &heard, &guard.mask);
    fflush(stdout);
    guard.child = fork();
    if (guard.child == 0)
        run_child(&guard, run, data);
    int error = guard.child < 0 ? -errno : 0;
    int status = error ? 0 : watch(&guard);
    give_back(&guard);
    if (!error && WIFSIGNALED(status))
        die_by(&guard, WTERMSIG(status));
    sigprocmask(SIG_SETMASK, &guard.mask, NULL);
    return error ? error : WEXITSTATUS(status);
}

int terminal_take_keys(void)
{
    struct termios keys;
    if (tcgetattr(STDIN_FILENO, &keys))
        return -errno;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    return tcsetattr(STDIN_FILENO, TCSANOW, &keys) ? -errno : 0;
}
