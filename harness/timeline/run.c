/* SPDX-License-Identifier: MIT */
#include "harness/timeline/run.h"

#include "base/program.h"
#include "harness/models.h"
#include "harness/race/launch.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static void compose(struct arguments *words,
                    const struct timeline_contestant *contestant,
                    const struct run_setting *setting)
{
    arguments_add(words, "waitlab");
    arguments_add(words, "contestant");
    arguments_add(words, "--model=%s", contestant->model->name);
    arguments_add(words, "--url=%s", setting->url);
    arguments_add(words, "--concurrency=%zu", setting->concurrency);
    arguments_add(words, "--requests=%zu", setting->requests);
    arguments_add(words, "--warm-requests=%zu", setting->warm_requests);
    if (setting->keep_alive)
        arguments_add(words, "--keep-alive");
    if (setting->recording >= 0)
        arguments_add(words, "--record=%d", setting->recording);
}

static int note_outcome(struct record *record,
                        const struct launch_outcome *outcome)
{
    char why[160];
    bool failed = launch_explain(outcome, why, sizeof why);
    if (outcome->end == LAUNCH_STOPPED)
        return -ECANCELED;
    int error =
        buffer_lacks(&outcome->output)
            ? -ENOMEM
            : record_report_read(record, buffer_slice(&outcome->output));
    if (error == -ENOMEM)
        return error;
    if (!record->error[0] && (failed || error))
        snprintf(record->error, sizeof record->error, "%s",
                 failed ? why : "it did not report as a contestant does");
    return 0;
}

int run_contestant(const struct timeline_contestant *contestant,
                   const struct run_setting *setting, struct record *record)
{
    struct arguments words = {0};
    struct launch_outcome outcome = {0};
    record_init(record);
    record->requests = setting->requests;
    compose(&words, contestant, setting);
    struct launch launch = {
        .program = contestant->program ? contestant->program : "/proc/self/exe",
        .arguments = words.list,
        .timeout = setting->timeout,
        .stop_fd = setting->stop_fd,
        .asked_fd = -1,
    };
    int error = words.incomplete ? -ENOMEM : launch_run(&launch, &outcome);
    arguments_deinit(&words);
    if (setting->recording >= 0)
        close(setting->recording);
    if (!error)
        error = note_outcome(record, &outcome);
    buffer_deinit(&outcome.output);
    return error;
}
