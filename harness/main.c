/* SPDX-License-Identifier: MIT */
/* The program behind ./lab: finds the command and hands over. */
#include "base/output.h"
#include "harness/commands.h"
#include "harness/race/contestant.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
    const char *name;
    const char *summary;
    int (*main)(int argc, char **argv);
};

static int help_main(int argc, char **argv);

static const struct command commands[] = {
    {"claims", "what the talks say, put to the test", claims_main},
    {"contestant", "one run of a race, alone", contestant_main},
    {"diff", "two clients side by side", diff_main},
    {"fetch", "pages, with any model", fetch_main},
    {"serve", "the server to fetch from", serve_main},
    {"help", "this list", help_main},
    {"ps", "what a running program waits for", ps_main},
    {"pstree", "the same as a tree of what awaits what", pstree_main},
    {"race", "every model in turn, on the same pages", race_main},
    {"timeline", "what every worker of a model did", timeline_main},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static const struct command *command_find(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

static void print_commands(FILE *out)
{
    fputs("usage: waitlab COMMAND [options]\n", out);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
}

static int help_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    print_commands(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    int unusable = output_init();
    if (unusable) {
        fprintf(stderr, "waitlab: nothing can be printed: %s\n",
                strerror(-unusable));
        return EXIT_FAILURE;
    }
    /* If SIGCHLD is ignored, which is inherited, the kernel reports neither how
     * our children end nor what they have cost. */
    signal(SIGCHLD, SIG_DFL);
    const struct command *command = argc > 1 ? command_find(argv[1]) : NULL;

    if (!command) {
        if (argc > 1)
            fprintf(stderr, "waitlab: there is no command '%s'\n", argv[1]);
        print_commands(stderr);
        return EXIT_USAGE;
    }
    int code = command->main(argc - 1, argv + 1);
    /* A command with an exit code of its own for lost output has already called
     * this. */
    return output_check(command->name) && !code ? EXIT_FAILURE : code;
}
