/* SPDX-License-Identifier: MIT */
/* An x without a newline, and then there are two of us. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    printf("x");
    pid_t pid = fork();
    if (pid > 0) {
        waitpid(pid, NULL, 0);
        puts("   (the first is the child's, the second the parent's)");
    }
    return 0; /* for both; what is in a buffer is written now */
}
