/* SPDX-License-Identifier: MIT */
#include "harness/race/charts.h"

#include "base/program.h"

#include <stdio.h>
#include <stdlib.h>

/* What the scripts exit with where matplotlib cannot be imported. */
enum { EXIT_NO_MATPLOTLIB = 3, EXIT_NO_PROGRAM = 127 };

/* The system's Python first, for which Debian's matplotlib is packaged. Either
 * ignores environment variables (-E) and writes nothing beside our scripts
 * (-B). */
static const char *const pythons[][4] = {
    {"/usr/bin/python3", "-E", "-B", "-s"},
    {"python3", "-E", "-B", "-B"},
};

enum { PYTHONS = sizeof pythons / sizeof *pythons };

/* A folder's name may begin with "-". */
static int draw_with(const char *const python[4], const char *which,
                     const char *folder)
{
    struct arguments words = {0};
    struct buffer out = {0}, errors = {0};

    for (int i = 0; i < 4; i++)
        arguments_add(&words, "%s", python[i]);
    arguments_add(&words, "%s/harness/chart/chart.py", WAITLAB_SOURCE_DIR);
    arguments_add(&words, "--only=%s", which);
    arguments_add(&words, "--out=%s", folder);
    arguments_add(&words, "--");
    arguments_add(&words, "%s/results.json", folder);
    /* Where matplotlib keeps what it has found out about fonts. */
    arguments_set(&words, "MPLCONFIGDIR", getenv("MPLCONFIGDIR"));
    int code = arguments_run(&words, &out, &errors);
    if (out.size)
        fwrite(out.data, 1, out.size, stdout);
    if (errors.size)
        fwrite(errors.data, 1, errors.size, stderr);
    arguments_deinit(&words);
    buffer_deinit(&out);
    buffer_deinit(&errors);
    return code;
}

static int draw(const char *which, const char *folder)
{
    int code = EXIT_NO_PROGRAM;

    for (int i = 0; i < PYTHONS; i++) {
        code = draw_with(pythons[i], which, folder);
        if (code != EXIT_NO_PROGRAM && code != EXIT_NO_MATPLOTLIB)
            break;
    }
    return code;
}

bool charts_draw(const char *folder, bool everything)
{
    int code = draw(everything ? "usual" : "quick", folder);

    if (code == EXIT_NO_PROGRAM || code == EXIT_NO_MATPLOTLIB)
        fprintf(stderr, "race: no charts without matplotlib: apt install "
                        "python3-matplotlib\n");
    else if (code != 0)
        fprintf(stderr, "race: the charts could not be drawn\n");
    return code == 0 || code == EXIT_NO_PROGRAM || code == EXIT_NO_MATPLOTLIB;
}
