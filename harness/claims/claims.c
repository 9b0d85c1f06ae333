/* SPDX-License-Identifier: MIT */
/* `claims`: what the talks say, put to the test. */
#include "base/buffer_stream.h"
#include "base/clock.h"
#include "base/folder.h"
#include "base/output.h"
#include "base/whole_file.h"
#include "harness/claims/claims_options.h"
#include "harness/claims/print.h"
#include "harness/commands.h"
#include "harness/interrupt.h"
#include "harness/race/machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
    struct claims_options options;
    struct finding findings[CLAIMS_MAX]; /* of the chosen ones, in order */
    size_t done;
};

/* ---- the experiments ---- */

static int measure_one(struct command *command, struct bench *bench)
{
    const struct claim *claim = command->options.chosen[command->done];
    struct finding *finding = &command->findings[command->done];
    bench->now = claim->name;
    bench->ends = monotonic_now() + nanos_from_seconds(claim->seconds);
    bench->later_s = 0;
    for (size_t i = command->done + 1; i < command->options.count; i++)
        bench->later_s += command->options.chosen[i]->seconds;
    int error = claim->measure(bench, finding);
    progress_clear(&bench->race.progress);
    if (error == -ECANCELED)
        return 128 + interrupt_signal();
    if (error)
        finding_fail(finding, "it could not be measured: %s", strerror(-error));
    if (command->options.tiny)
        finding_fail(finding, "these are runs of milliseconds (--tiny)");
    finding_judge(finding, finding->judgement);
    if (command->done++ && !command->options.brief)
        putchar('\n');
    if (command->options.brief)
        claim_print_brief(claim, finding, stdout);
    else
        claim_print(claim, finding, stdout);
    return output_flush() || error ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* If one experiment fails, the others may still succeed. */
static int measure_all(struct command *command)
{
    struct bench bench;
    int code = EXIT_SUCCESS, error = bench_init(&bench, command->options.tiny);
    if (error) {
        fprintf(stderr, "claims: %s\n", strerror(-error));
        return EXIT_FAILURE;
    }
    while (command->done < command->options.count && code <= EXIT_FAILURE) {
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
    error = machine_write(&json) ? -ENOMEM : error;
    json_write_array(&json, "claims");
    for (size_t i = 0; i < command->done; i++)
        claim_write(command->options.chosen[i], &command->findings[i], &json);
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
        error = whole_file_write(command->options.json, buffer_slice(&text),
                                 WHOLE_FILE_WRITTEN);
    buffer_deinit(&text);
    if (!error)
        return EXIT_SUCCESS;
    fprintf(stderr, "claims: %s: %s\n", command->options.json,
            strerror(-error));
    return EXIT_FAILURE;
}

static int list(const struct claims_options *options)
{
    for (size_t i = 0; i < options->count; i++)
        printf("%-4s %s\n", options->chosen[i]->name,
               options->chosen[i]->slide);
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
    struct command command = {.done = 0};
    const struct claims_options *options = &command.options;
    int code = claims_options_read(&command.options, argc, argv);
    if (code >= 0)
        return code;
    if (options->list)
        return list(options);
    code = options->json ? see_to_file(options->json) : EXIT_SUCCESS;
    if (code)
        return code;
    code = measure_all(&command);
    if (options->json) {
        int written = write_json(&command);
        code = code ? code : written;
    }
    return code;
}
