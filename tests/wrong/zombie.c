/* SPDX-License-Identifier: MIT */
/* Processes: a child that is not waited for. */
#include "wrong.h"

#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGES = 5 };

/* A child that fetches a page, in as far as that matters here, and ends. */
static pid_t fetch_in_child(void)
{
    pid_t child = fork();
    wrong_need(child >= 0, "fork");
    if (child == 0)
        _exit(0);
    return child;
}

/* Returns once the child has ended, and leaves everything as it is. */
static void watch_it_end(pid_t child)
{
    siginfo_t info;
    int error = waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    wrong_need(error == 0, "waitid");
}

/* The third field of its stat file; 0 when there is no such process. */
static char state_of(pid_t process)
{
    char path[64], state = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 0;
    fclose(file);
    return state;
}

static long count_zombies(const pid_t *children)
{
    long zombies = 0;
    for (int i = 0; i < PAGES; i++)
        zombies += state_of(children[i]) == 'Z';
    return zombies;
}

static long make(void)
{
    pid_t children[PAGES];
    for (int i = 0; i < PAGES; i++)
        children[i] = fetch_in_child();
    for (int i = 0; i < PAGES; i++)
        watch_it_end(children[i]);
    long zombies = count_zombies(children);
    for (int i = 0; i < PAGES; i++)
        waitpid(children[i], NULL, 0); /* for the second half's sake */
    return zombies;
}

static long mend(void)
{
    pid_t children[PAGES];
    for (int i = 0; i < PAGES; i++)
        children[i] = fetch_in_child();
    for (int i = 0; i < PAGES; i++)
        waitpid(children[i], NULL, 0);
    return count_zombies(children);
}

int main(void)
{
    static const struct wrong zombie = {
        .mistake = "five children are forked, and their ends are not asked for",
        .damage = "processes in state Z",
        .make = make,
        .mend = mend,
        .why =
            "a process that has ended keeps its entry in the process table "
            "until its parent has read how it ended. A program that runs "
            "for long fills the table, and then fork fails for all programs.",
        .instead = "waitpid each child of yours, and only those: a library "
                   "that waits for just any child takes other people's away. "
                   "`ps` shows what you missed: state Z, <defunct>.",
    };
    return wrong_show(&zombie);
}
