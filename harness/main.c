/* SPDX-License-Identifier: MIT */
/* The program behind ./lab: finds the command and hands over. */
#include "harness/commands.h"
#include "harness/race/contestant.h"
#include "harness/race/race.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct command {
    const char *name;
    const char *summary;
    int (*main)(int argc, char **argv);
};

static int help_main(int argc, char **argv);

static const struct command commands[] = {
    {"contestant", "one run of a race, alone", contestant_main},
    {"fetch", "pages, with any model", fetch_main},
    {"serve", "the server to fetch from", serve_main},
    {"help", "this list", help_main},
    {"race", "every model in turn, on the same pages", race_main},
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

/* Whoever started us may have closed standard input, output or error. The first
 * sockets would get their numbers, and a server what is meant for the screen.
 * In their places stands what can be used no more than what is closed. */
static int occupy_standard_descriptors(void)
{
    static const int useless[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", useless[fd]) != fd)
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    if (occupy_standard_descriptors())
        return EXIT_FAILURE;
    /* Where it is ignored, and that is inherited, the kernel tells neither how
     * our children end nor what they have cost. */
    signal(SIGCHLD, SIG_DFL);
    const struct command *command = argc > 1 ? command_find(argv[1]) : NULL;

    if (!command) {
        if (argc > 1)
            fprintf(stderr, "waitlab: there is no command '%s'\n", argv[1]);
        print_commands(stderr);
        return EXIT_USAGE;
    }
    return command->main(argc - 1, argv + 1);
}
