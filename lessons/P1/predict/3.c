/* SPDX-License-Identifier: MIT */
/* A hundred children end, and are not asked how. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILDREN = 100 };

/* The letter that ps shows; 0 when there is no such process. */
static char state_of(pid_t pid)
{
    char path[64], state = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 0;
    fclose(file);
    return state;
}

int main(void)
{
    pid_t children[CHILDREN];
    int zombies = 0;
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(0);
        if (children[i] < 0) {
            perror("fork");
            return 1;
        }
    }
    for (int i = 0; i < CHILDREN; i++) {
        siginfo_t info; /* waits, but leaves everything as it is */
        waitid(P_PID, (id_t)children[i], &info, WEXITED | WNOWAIT);
        zombies += state_of(children[i]) == 'Z';
    }
    printf("%d children have ended. Of these are in state Z: %d\n", CHILDREN,
           zombies);
    puts("Now their parent ends, without having asked for a single one.");
    return 0;
}
