/* SPDX-License-Identifier: MIT */
#include "harness/timeline/cost.h"

#include "harness/interrupt.h"
#include "harness/timeline/run.h"
#include "http/result.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Kept connections and prebuilt answers: a page costs as little as possible, so
 * that the cost of recording shows most. */
enum { PAIRS = 11, PAGES = 30000, IN_FLIGHT = 64, WARM = 100 };

static int compare_costs(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

static int run_once(const struct timeline_options *options, const char *url,
                    int stop_fd, bool recorded, double *cpu_us)
{
    struct recording recording = {.memory = NULL};
    struct record record;
    struct run_setting setting = {
        .url = url,
        .concurrency = IN_FLIGHT,
        .requests = PAGES,
        .warm_requests = WARM,
        .keep_alive = true,
        .recording = -1,
        .timeout = 120 * NANOS_PER_SECOND,
        .stop_fd = stop_fd,
    };
    int error = 0;
    if (recorded)
        error = recording_init(&recording, &setting.recording, PAGES);
    if (!error)
        error = run_contestant(&options->contestants[0], &setting, &record);
    recording_deinit(&recording);
    if (error)
        return error;
    if (record.error[0])
        fprintf(stderr, "timeline: %s: %s\n", options->contestants[0].name,
                record.error);
    *cpu_us = record_cpu_us(&record);
    return record_is_good(&record) ? 0 : -EIO;
}

int cost_measure(const struct timeline_options *options, const char *url,
                 int stop_fd)
{
    double with[PAIRS], without[PAIRS], ratio[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
        bool first = i % 2;
        int error = run_once(options, url, stop_fd, first,
                             first ? &with[i] : &without[i]);
        if (!error)
            error = run_once(options, url, stop_fd, !first,
                             first ? &without[i] : &with[i]);
        if (error == -ECANCELED)
            return 128 + interrupt_signal();
        if (error) {
            fprintf(stderr, "timeline: %s could not be measured: %s\n",
                    options->contestants[0].name, fetch_errno_sentence(error));
            return EXIT_FAILURE;
        }
        ratio[i] = with[i] / without[i];
    }
    qsort(with, PAIRS, sizeof *with, compare_costs);
    qsort(without, PAIRS, sizeof *without, compare_costs);
    qsort(ratio, PAIRS, sizeof *ratio, compare_costs);
    printf("%s: CPU µs a page: %.2f (%.2f to %.2f) recorded, %.2f (%.2f to "
           "%.2f) not recorded\n"
           "recorded beside not recorded, in pairs: %.3f (half of them from "
           "%.3f to %.3f)\n"
           "Medians of %d pairs in turn, each of 2 x %d pages: kept "
           "connections, %d in flight, prebuilt answers.\n",
           options->contestants[0].name, with[PAIRS / 2], with[0],
           with[PAIRS - 1], without[PAIRS / 2], without[0], without[PAIRS - 1],
           ratio[PAIRS / 2], ratio[PAIRS / 4], ratio[PAIRS - 1 - PAIRS / 4],
           PAIRS, PAGES, IN_FLIGHT);
    return EXIT_SUCCESS;
}
