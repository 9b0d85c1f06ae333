/* SPDX-License-Identifier: MIT */
#include "harness/race/charts.h"

#include <errno.h>
#include <limits.h>
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

/* The system's Python first, with the system's packages alone: those are the
 * ones that the package is for. Neither is told anything by variables (-E) or
 * leaves something beside our scripts (-B). */
static const char *const pythons[][4] = {
    {"/usr/bin/python3", "-E", "-B", "-s"},
    {"python3", "-E", "-B", "-B"},
};

enum { PYTHONS = sizeof pythons / sizeof *pythons };

/* A folder may have any name, one that begins with "-" too. */
static int draw(const char *script, const char *folder)
{
    char path[PATH_MAX], out[PATH_MAX + 8], results[PATH_MAX + 16];
    int code = EXIT_NO_PROGRAM;

    snprintf(path, sizeof path, "%s/harness/chart/%s", WAITLAB_SOURCE_DIR,
             script);
    snprintf(out, sizeof out, "--out=%s", folder);
    snprintf(results, sizeof results, "%s/results.json", folder);
    for (int i = 0; i < PYTHONS; i++) {
        const char *const *python = pythons[i];
        const char *words[] = {python[0], python[1], python[2], python[3], path,
                               out,       "--",      results,   NULL};
        code = run((char *const *)words);
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
    return code == 0 || code == EXIT_NO_PROGRAM || code == EXIT_NO_MATPLOTLIB;
}
