/* SPDX-License-Identifier: MIT */
#include "harness/race/self_test.h"

#include "base/processors.h"
#include "harness/models.h"
#include "harness/race/known.h"
#include "harness/spin.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- runs ---- */

static const struct block usual = {
    .name = "known", .level = 1, .requests = 100, .delay = 1000000};

/* Runs a turn of that model, and returns its last record, or NULL when none
 * counts. */
static const struct record *run(struct race *race, const char *model,
                                struct block block)
{
    const struct model *found = known_find(model);
    struct contestant contestant = {
        .name = model, .model = found ? found : models_find(model)};
    size_t before = race->ledger.count;

    if (race_turn(race, &contestant, &block, 1) < 0 || race->broken ||
        race->ledger.count == before)
        return NULL;
    const struct record *record = &race->ledger.records[race->ledger.count - 1];
    return record_is_good(record) ? record : NULL;
}

/* ---- verdicts ---- */

struct verdict {
    int wrong, untold;
};

static void say(struct verdict *verdict, const char *what, const char *measured,
                bool right, const char *excuse)
{
    const char *word = right               ? "right"
                       : excuse && *excuse ? "cannot be told"
                                           : "WRONG";
    verdict->wrong += !right && !(excuse && *excuse);
    verdict->untold += !right && excuse && *excuse;
    printf("%-44s %-28s %s%s%s\n", what, measured, word,
           !right && excuse && *excuse ? ": " : "",
           !right && excuse && *excuse ? excuse : "");
    fflush(stdout);
}

/* The difference between two contestants. */
struct difference {
    const char *what, *unit;
    double expected;
    double below, above; /* the limits of what is right, as shares of it */
};

static void compare(struct verdict *verdict, const struct difference *asked,
                    double measured, const struct record *with,
                    const struct record *without)
{
    char text[64];
    bool right = measured >= asked->expected * (1 - asked->below) &&
                 measured <= asked->expected * (1 + asked->above);
    const char *excuse = !with || !without       ? "nothing was seen of it"
                         : with->disturbed[0]    ? with->disturbed
                         : without->disturbed[0] ? without->disturbed
                                                 : NULL;

    snprintf(text, sizeof text, "%.4g of %.4g %s", measured, asked->expected,
             asked->unit);
    say(verdict, asked->what, text, right && with && without, excuse);
}

static void check_spin(struct race *race, struct verdict *verdict)
{
    struct difference asked = {"computes 1 ms for a page", "µs of CPU",
                               nanos_as_microseconds(KNOWN_SPIN), 0.05, 0.15};
    const struct record *with = run(race, "known-spin", usual);
    double cpu = with ? record_cpu_us(with) : 0;
    struct record kept = with ? *with : (struct record){0};
    const struct record *without = run(race, "known-nothing", usual);
    double base = without ? record_cpu_us(without) : 0;
    compare(verdict, &asked, cpu - base, with ? &kept : NULL, without);
}

static double wall_us(const struct record *record)
{
    return record->wall_s * 1e6 / (double)record->requests;
}

static void check_sleep(struct race *race, struct verdict *verdict)
{
    struct difference asked = {"sleeps 5 ms for a page", "µs",
                               nanos_as_microseconds(KNOWN_SLEEP), 0.05, 0.2};
    const struct record *with = run(race, "known-sleep", usual);
    struct record kept = with ? *with : (struct record){0};
    const struct record *without = run(race, "known-nothing", usual);
    compare(verdict, &asked,
            with && without ? wall_us(&kept) - wall_us(without) : 0,
            with ? &kept : NULL, without);
}

/* On a busy machine it may be over before it is measured. */
static const struct record *seen(const struct record *record)
{
    return record && record->peak_pss_bytes >= 0 ? record : NULL;
}

/* Measures both at once: memory and descriptors have rounds of their own. */
static void check_possessions(struct race *race, struct verdict *verdict)
{
    static const struct block look = {.name = "memory",
                                      .level = 1,
                                      .requests = 1,
                                      .delay = 200 * NANOS_PER_MILLISECOND,
                                      .memory = true};
    struct difference memory = {"takes 32 MiB of memory", "MiB",
                                KNOWN_MEBIBYTES, 0.03, 0.03};
    struct difference descriptors = {"opens 40 descriptors", "",
                                     KNOWN_DESCRIPTORS, 0, 0};
    const struct record *found = seen(run(race, "known-nothing", look));
    struct record base = found ? *found : (struct record){0};

    const struct record *without = found ? &base : NULL;
    const struct record *with = seen(run(race, "known-memory", look));
    compare(verdict, &memory,
            with ? (with->peak_pss_bytes - base.peak_pss_bytes) / (1 << 20) : 0,
            with, without);
    with = seen(run(race, "known-descriptors", look));
    compare(verdict, &descriptors,
            with ? with->descriptors_max - base.descriptors_max : 0, with,
            without);
}

static double calls_of(struct race *race, const char *model, int *error)
{
    struct contestant contestant = {.name = model, .model = known_find(model)};
    struct block block = usual;
    double calls = 0;

    block.requests = 20;
    int status = race_count_calls(race, &contestant, &block, &calls);
    *error = *error ? *error : status;
    return calls;
}

static void check_calls(struct race *race, struct verdict *verdict)
{
    char text[64];
    int error = 0;
    double with = calls_of(race, "known-calls", &error);
    double without = calls_of(race, "known-nothing", &error);
    double more = with - without, off = more - (double)KNOWN_CALLS;

    snprintf(text, sizeof text, "%.4g of %d", more, KNOWN_CALLS);
    say(verdict, "makes 50 system calls for a page", text,
        !error && off > -0.01 && off < 0.01,
        error == -EPERM ? "this machine does not allow tracing other programs"
        : error         ? strerror(-error)
                        : NULL);
}

static double ms(const struct latencies *latencies, double share)
{
    return nanos_as_milliseconds(latencies_percentile(latencies, share));
}

/* Requests that come after it are late, too, but not when counted from their
 * own beginning. */
static void check_late(struct race *race, struct verdict *verdict)
{
    struct block block = usual;
    char text[64] = "";

    block.rate = 200;
    block.burst = 1;
    block.requests = 100;
    const struct record *record = run(race, "known-late", block);
    double late = nanos_as_milliseconds(KNOWN_LATE);
    bool right = record && ms(&record->latency, 1) >= late &&
                 ms(&record->latency, 0.9) >= 0.4 * late &&
                 ms(&record->latency_naive, 1) >= late &&
                 ms(&record->latency_naive, 0.9) < 0.4 * late;
    if (record)
        snprintf(text, sizeof text, "p90 %.3g ms, naive %.3g ms",
                 ms(&record->latency, 0.9), ms(&record->latency_naive, 0.9));
    say(verdict, "waits 200 ms for one answer, 200 due a second", text, right,
        record ? record->disturbed : "nothing was seen of it");
}

static void check_origin(struct race *race, struct verdict *verdict)
{
    struct block block = usual;
    block.level = 8;
    block.origin_work = 2 * NANOS_PER_MILLISECOND;
    const struct record *record = run(race, "threads", block);
    say(verdict, "the origin computes 2 ms for a page",
        record && record->origin_limited ? "it was the limit"
                                         : "nothing was noticed",
        record && record->origin_limited,
        record ? record->disturbed : "nothing was seen of it");
}

/* ---- a busy neighbour ---- */

static pid_t start_neighbour(void)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        spin_for(NANOS_PER_SECOND);
}

static void check_neighbour(struct race *race, struct verdict *verdict)
{
    enum { MOST = 64 };
    pid_t neighbours[MOST];
    size_t count = 0, wanted = processors_allowed();

    while (count < wanted && count < MOST &&
           (neighbours[count] = start_neighbour()) > 0)
        count++;
    const struct record *record = run(race, "known-sleep", usual);
    bool noticed = record && strstr(record->disturbed, "other programs");
    say(verdict, "a neighbour computes all the time",
        noticed ? record->disturbed : "nothing was noticed", noticed,
        record ? NULL : "nothing was seen of it");
    while (count) {
        kill(neighbours[--count], SIGKILL);
        waitpid(neighbours[count], NULL, 0);
    }
}

int self_test_run(struct race *race)
{
    struct verdict verdict = {0};

    check_spin(race, &verdict);
    check_sleep(race, &verdict);
    check_possessions(race, &verdict);
    check_calls(race, &verdict);
    check_late(race, &verdict);
    check_origin(race, &verdict);
    check_neighbour(race, &verdict);
    if (race->broken)
        return race->broken;
    if (verdict.wrong)
        printf("%d wrong: figures of this machine are not to be trusted.\n",
               verdict.wrong);
    else if (verdict.untold)
        printf("Nothing is wrong, but %d cannot be told on a machine that is "
               "not quiet.\n",
               verdict.untold);
    else
        puts("All is measured right.");
    return verdict.wrong != 0;
}
