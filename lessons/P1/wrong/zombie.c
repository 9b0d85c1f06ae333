/* SPDX-License-Identifier: MIT */
/* A child for each page, and no code waits for them. The pages come, all is
 * well; and the process table fills. Then once more, with waitpid. */
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGES = 50 };

/* "Fetches" a page: the child writes one byte, the parent reads it. The child's
 * number, or -1. */
static pid_t fetch(bool reap)
{
    int ends[2];
    char byte;
    if (pipe(ends) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(write(ends[1], "p", 1) != 1);
    close(ends[1]);
    bool good = pid > 0 && read(ends[0], &byte, 1) == 1;
    close(ends[0]);
    siginfo_t info;
    if (pid > 0 && reap)
        waitpid(pid, NULL, 0);
    else if (pid > 0) /* only to be sure that it has ended, when we count */
        waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    return good ? pid : -1;
}

static bool is_zombie(pid_t pid)
{
    char path[64], state = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    bool zombie = fscanf(file, "%*d (%*[^)]) %c", &state) == 1 && state == 'Z';
    fclose(file);
    return zombie;
}

static void show(const char *how, bool reap)
{
    pid_t children[PAGES];
    int pages = 0, zombies = 0;
    for (int i = 0; i < PAGES; i++) {
        children[i] = fetch(reap);
        pages += children[i] > 0;
    }
    for (int i = 0; i < PAGES; i++)
        zombies += children[i] > 0 && is_zombie(children[i]);
    printf("  %-34s%2d pages, %2d zombies\n", how, pages, zombies);
    for (int i = 0; i < PAGES && !reap; i++)
        if (children[i] > 0)
            waitpid(children[i], NULL, 0);
}

int main(void)
{
    printf("%d pages, each in a child of its own:\n\n", PAGES);
    show("the children are not waited for:", false);
    show("waitpid after each page:", true);
    puts("\nA child that has ended keeps its place in the process table until\n"
         "its parent has asked how it ended. The pages are all there, so no\n"
         "test of them shows it. A program that runs for a day does: one day\n"
         "fork fails, and not only for this program. ps shows them: state Z,\n"
         "<defunct>.");
    return 0;
}
