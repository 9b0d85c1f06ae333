/* SPDX-License-Identifier: MIT */
/* `claims`: what the talks say, put to the test. */
#include "base/buffer_stream.h"
#include "base/clock.h"
#include "base/folder.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "harness/claims/loops.h"
#include "harness/claims/print.h"
#include "harness/claims/reading.h"
#include "harness/claims/sharing.h"
#include "harness/claims/steps.h"
#include "harness/claims/workers.h"
#include "harness/commands.h"
#include "harness/interrupt.h"
#include "harness/race/machine.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: claims [options] [CLAIM ...]\n"
    "What the talks claim, put to the test on this machine: what the slide "
    "says,\n"
    "what was measured, and what follows. K3 is a claim; without one, all of "
    "them.\n"
    "\n"
    "  --list       only what they say\n"
    "  --brief      verdicts without charts\n"
    "  --json FILE  also into FILE, for programs\n"
    "  --tiny       in milliseconds, to see that all of it works: no verdicts\n"
    "  --help\n"
    "\n"
    "Exit code: 0, whatever the verdicts; 1 when something could not be "
    "measured or\n"
    "a file could not be written; 2 for bad options; 130 after Ctrl-C.\n";

/* In order; closed by NULL. */
static const struct claim *const claims[] = {
    &claim_k1,  &claim_k2,  &claim_k3, &claim_k4, &claim_k5,
    &claim_k6,  &claim_k7,  &claim_k8, &claim_k9, &claim_k10,
    &claim_k11, &claim_k12, &claim_b6, NULL};

enum { CLAIMS_MAX = 16 };

struct command {
    const struct claim *chosen[CLAIMS_MAX];
    struct finding findings[CLAIMS_MAX];
    size_t count, done;
    const char *json;
    bool list, brief, tiny;
};

/* ---- the command line ---- */

enum { OPTION_JSON = 256, OPTION_LIST, OPTION_BRIEF, OPTION_TINY, OPTION_HELP };

static const struct option long_options[] = {
    {"json", required_argument, NULL, OPTION_JSON},
    {"list", no_argument, NULL, OPTION_LIST},
    {"brief", no_argument, NULL, OPTION_BRIEF},
    {"tiny", no_argument, NULL, OPTION_TINY},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* -1 to go on, or the exit code. */
static int read_option(struct command *command, int option)
{
    switch (option) {
    case OPTION_JSON:
        command->json = optarg;
        return -1;
    case OPTION_LIST:
        command->list = true;
        return -1;
    case OPTION_BRIEF:
        command->brief = true;
        return -1;
    case OPTION_TINY:
        command->tiny = true;
        return -1;
    case 'h':
    case OPTION_HELP:
        fputs(help, stdout);
        return EXIT_SUCCESS;
    default:
        return EXIT_USAGE;
    }
}

static int choose(struct command *command, const char *name)
{
    for (size_t i = 0; i < command->count; i++)
        if (!strcasecmp(command->chosen[i]->name, name))
            return -1;
    for (size_t i = 0; claims[i]; i++)
        if (!strcasecmp(claims[i]->name, name)) {
            command->chosen[command->count++] = claims[i];
            return -1;
        }
    fprintf(stderr, "claims: there is no claim '%s' (--list names them)\n",
            name);
    return EXIT_USAGE;
}

static int read_command(struct command *command, int argc, char **argv)
{
    int option, code = -1;
    optind = 0;
    while (code < 0 &&
           (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1)
        code = read_option(command, option);
    for (; code < 0 && optind < argc; optind++)
        code = choose(command, argv[optind]);
    if (code < 0 && !command->count)
        while (claims[command->count]) {
            command->chosen[command->count] = claims[command->count];
            command->count++;
        }
    return code;
}

/* ---- the experiments ---- */

static int measure_one(struct command *command, struct bench *bench)
{
    const struct claim *claim = command->chosen[command->done];
    struct finding *finding = &command->findings[command->done];
    bench->now = claim->name;
    bench->ends = monotonic_now() + (nanos)(claim->seconds * 1e9);
    bench->later_s = 0;
    for (size_t i = command->done + 1; i < command->count; i++)
        bench->later_s += command->chosen[i]->seconds;
    int error = claim->measure(bench, finding);
    progress_clear(&bench->race.progress);
    if (error == -ECANCELED)
        return 128 + interrupt_signal();
    if (error)
        finding_fail(finding, "it could not be measured: %s", strerror(-error));
    if (command->tiny)
        finding_fail(finding, "these are runs of milliseconds (--tiny)");
    finding_judge(finding, finding->judgement);
    if (command->done++ && !command->brief)
        putchar('\n');
    if (command->brief)
        claim_print_brief(claim, finding, stdout);
    else
        claim_print(claim, finding, stdout);
    return output_flush() || error ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* If one experiment fails, the others may still succeed. */
static int measure_all(struct command *command)
{
    struct bench bench;
    int code = EXIT_SUCCESS, error = bench_init(&bench, command->tiny);
    if (error) {
        fprintf(stderr, "claims: %s\n", strerror(-error));
        return EXIT_FAILURE;
    }
    while (command->done < command->count && code <= EXIT_FAILURE) {
        int one = measure_one(command, &bench);
        code = one ? one : code;
    }
    bench_deinit(&bench);
    return code;
}

/* ---- what is written ---- */

static int write_text(const struct command *command, FILE *out)
{
    char commit[COMMIT_SIZE], date[DATE_SIZE];
    struct json_writer json = {.out = out, .lines = 3};
    int error = machine_commit(commit);
    machine_date(date);
    json_write_object(&json, NULL);
    json_write_text(&json, "commit", error ? NULL : commit);
    json_write_text(&json, "date", date);
    error = machine_write(&json);
    json_write_array(&json, "claims");
    for (size_t i = 0; i < command->done; i++)
        claim_write(command->chosen[i], &command->findings[i], &json);
    json_write_end(&json);
    json_write_end(&json);
    fputc('\n', out);
    return error;
}

static int write_json(const struct command *command)
{
    struct buffer text = {.data = NULL};
    FILE *out = buffer_stream_open(&text);
    int error = out ? write_text(command, out) : -ENOMEM;
    if (out) {
        int lost = buffer_stream_close(out);
        error = error ? error : lost;
    }
    if (!error)
        error = whole_file_write(command->json, buffer_slice(&text),
                                 WHOLE_FILE_WRITTEN);
    buffer_deinit(&text);
    if (!error)
        return EXIT_SUCCESS;
    fprintf(stderr, "claims: %s: %s\n", command->json, strerror(-error));
    return EXIT_FAILURE;
}

static int list(const struct command *command)
{
    for (size_t i = 0; i < command->count; i++)
        printf("%-4s %s\n", command->chosen[i]->name,
               command->chosen[i]->slide);
    return EXIT_SUCCESS;
}

/* Checked first, so that a minute of measuring does not end at a missing
 * folder, or at one that has the name of the file. */
static int see_to_file(const char *path)
{
    int error = folder_make_for(path);
    if (!error)
        error = whole_file_try(path);
    if (!error)
        return EXIT_SUCCESS;
    fprintf(stderr, "claims: --json %s: %s\n", path, strerror(-error));
    return EXIT_FAILURE;
}

int claims_main(int argc, char **argv)
{
    struct command command = {.count = 0};
    int code = read_command(&command, argc, argv);
    if (code >= 0)
        return code;
    if (command.list)
        return list(&command);
    code = command.json ? see_to_file(command.json) : EXIT_SUCCESS;
    if (code)
        return code;
    code = measure_all(&command);
    if (command.json) {
        int written = write_json(&command);
        code = code ? code : written;
    }
    return code;
}
