/* SPDX-License-Identifier: MIT */
/* The learner's side of ./lab: finds the command and hands over. */
#include "lessons/tool/commands.h"

#include "base/output.h"

#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    const char *summary;
    int (*main)(const struct place *place, int argc, char **argv);
} commands[] = {
    {"learn", "waits for a save, checks, tells", learn_main},
    {"check", "[STEP]: builds your file and checks it", check_main},
    {"status", "[--json] [--send TO]: where you are", status_main},
    {"next", "goes on to the next step", next_main},
    {"hint", "[STEP]: one rung at a time", hint_main},
    {"list", "all lessons and steps", list_main},
    {"start", "STEP: begins there, or goes on", start_main},
    {"reset", "[STEP] [--yes]: begins it anew", reset_main},
    {"restore", "[NUMBER]: brings back what was set aside", restore_main},
    {"solution", "[STEP]: ours", solution_main},
    {"diff", "[STEP]: yours against ours", diff_main},
    {"play", "[LESSON]: shows it, a key for each step", play_main},
    {"predict", "[STEP] [--reveal]: what do you think?", predict_main},
    {"wrong", "[NAME]: a known mistake, to see it happen", wrong_main},
    {"race", "LESSON [OPTION...]: with what is yours", race_mine_main},
    {"fetch", "LESSON [OPTION...]: with what is yours", race_mine_main},
    {"timeline", "LESSON [OPTION...]: of what is yours", race_mine_main},
    {"agenda", "TIME: the timetable of a course", agenda_main},
    {"notes", "LESSON: what a teacher asks, and hears", notes_main},
    {"room", "DIR, --serve: where all learners are", room_main},
    {"lesson", "check [NAME …], new NAME: for authors", lesson_main},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_usage(FILE *out)
{
    fputs("usage: learn [--root DIR] [--lessons DIR] [--build DIR] "
          "[--threads DIR]\n             [--cc CC] COMMAND\n",
          out);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
}

/* Options before the command say where things are. */
static int read_place(struct place *place, int argc, char **argv)
{
    static const struct option options[] = {
        {"root", required_argument, NULL, 'r'},
        {"lessons", required_argument, NULL, 'l'},
        {"build", required_argument, NULL, 'b'},
        {"threads", required_argument, NULL, 't'},
        {"cc", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    for (;;) {
        switch (getopt_long(argc, argv, "+h", options, NULL)) {
        case 'r':
            place->root = optarg;
            break;
        case 'l':
            place->lessons = optarg;
            break;
        case 'b':
            place->build = optarg;
            break;
        case 't':
            place->threads = optarg;
            break;
        case 'c':
            place->cc = optarg;
            break;
        case 'h':
            return 1;
        case -1:
            return 0;
        default:
            return -1;
        }
    }
}

/* A path that stays true when we go to the root, whether it is there or not. */
static const char *from_root(const char *path, const char *usual,
                             char absolute[PATH_MAX])
{
    char here[PATH_MAX];
    if (!path)
        return usual;
    if (realpath(path, absolute))
        return absolute;
    if (path[0] == '/' || !getcwd(here, sizeof here) ||
        snprintf(absolute, PATH_MAX, "%s/%s", here, path) >= PATH_MAX)
        return path;
    return absolute;
}

static int run(int argc, char **argv)
{
    static char lessons[PATH_MAX], build[PATH_MAX], threads[PATH_MAX];
    struct place place = {.work = "work"};
    /* Where it is ignored, and that is inherited, the kernel does not tell how
     * our children end: compilers, checks. */
    signal(SIGCHLD, SIG_DFL);
    int wants = read_place(&place, argc, argv);
    if (wants || optind == argc) {
        print_usage(wants == 1 ? stdout : stderr);
        return wants == 1 ? 0 : 2;
    }
    place.lessons = from_root(place.lessons, "lessons", lessons);
    place.build = from_root(place.build, "build/asan", build);
    place.threads = from_root(place.threads, "build/tsan", threads);
    place.began_in = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place.root && chdir(place.root)) {
        perror(place.root);
        return 2;
    }
    for (int i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, argv[optind]))
            return commands[i].main(&place, argc - optind, argv + optind);
    fprintf(stderr, "learn: there is no command '%s'\n", argv[optind]);
    print_usage(stderr);
    return 2;
}

int main(int argc, char **argv)
{
    int unusable = output_init();
    if (unusable) {
        fprintf(stderr, "lab: nothing can be printed: %s\n",
                strerrordesc_np(-unusable));
        return EXIT_FAILURE;
    }
    int code = run(argc, argv);
    return output_check("lab") && !code ? EXIT_FAILURE : code;
}
