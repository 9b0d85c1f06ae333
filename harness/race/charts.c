/* SPDX-License-Identifier: MIT */
#include "harness/race/charts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the scripts exit with where matplotlib cannot be imported. */
enum { EXIT_NO_MATPLOTLIB = 3, EXIT_NO_PROGRAM = 127 };

static int run(char *const *arguments)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        execvp(arguments[0], arguments);
        _exit(EXIT_NO_PROGRAM);
    }
    if (child < 0)
        return -errno;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

/* The system's Python first: that is the one that the package is for. */
static int draw(const char *script, const char *folder)
{
    static const char *const pythons[] = {"/usr/bin/python3", "python3"};
    char path[4096], results[4096];
    int code = EXIT_NO_PROGRAM;

    snprintf(path, sizeof path, "%s/harness/chart/%s", WAITLAB_SOURCE_DIR,
             script);
    snprintf(results, sizeof results, "%s/results.json", folder);
    for (int i = 0; i < 2; i++) {
        char *arguments[] = {(char *)pythons[i], path, results, "--out",
                             (char *)folder,     NULL};
        code = run(arguments);
        if (code != EXIT_NO_PROGRAM && code != EXIT_NO_MATPLOTLIB)
            break;
    }
    return code;
}

bool charts_draw(const char *folder, bool everything)
{
    int code = draw("first_chart.py", folder);

    if (code == 0 && everything)
        code = draw("rate_chart.py", folder);
    if (code == EXIT_NO_PROGRAM || code == EXIT_NO_MATPLOTLIB)
        fprintf(stderr, "race: no charts without matplotlib: apt install "
                        "python3-matplotlib\n");
    else if (code != 0)
        fprintf(stderr, "race: the charts could not be drawn\n");
    return code == 0;
}
