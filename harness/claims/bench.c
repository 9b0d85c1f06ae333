/* SPDX-License-Identifier: MIT */
#include "harness/claims/bench.h"

#include "base/clock.h"
#include "base/write_all.h"
#include "harness/descriptors.h"
#include "harness/interrupt.h"
#include "harness/models.h"
#include "harness/origin/origin_options.h"
#include "harness/race/ports.h"
#include "harness/race/taken.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* For runs that are to be repeated, in all. */
static const double spare_s = 20;

int bench_init(struct bench *bench, bool tiny)
{
    *bench = (struct bench){.tiny = tiny, .told = monotonic_now()};
    bench->race.asked_fd = -1;
    bench->race.spare_s = tiny ? 0 : spare_s;
    bench->race.plan.quick = true; /* waits for ports a few seconds at most */
    bench->race.plan.seed = 1;
    progress_init(&bench->race.progress);
    int error = cancel_init(&bench->race.cancel);
    if (!error)
        interrupt_cancels(&bench->race.cancel);
    return error;
}

void bench_deinit(struct bench *bench)
{
    progress_clear(&bench->race.progress);
    if (bench->serving)
        witness_deinit(&bench->race.witness);
    ledger_deinit(&bench->race.ledger);
    interrupt_cancels(NULL);
    cancel_deinit(&bench->race.cancel);
}

static double left_s(const struct bench *bench, nanos now)
{
    return bench->later_s +
           (bench->ends > now ? nanos_as_seconds(bench->ends - now) : 0);
}

/* Shows progress: at a terminal in a line that changes, else as a line every
 * few seconds. */
void bench_tell(struct bench *bench, const char *what, int round)
{
    struct progress *progress = &bench->race.progress;
    nanos now = monotonic_now();
    if (now - progress->began < 2 * NANOS_PER_SECOND)
        return;
    if (progress->terminal) {
        progress_turn(progress, left_s(bench, now), bench->now, round, what);
    } else if (now - bench->told > 10 * NANOS_PER_SECOND) {
        bench->told = now;
        progress_say(progress, "claims: %s: %s, about %.0f s left", bench->now,
                     what, left_s(bench, now));
    }
}

static bool is_stopped(const struct bench *bench)
{
    return cancel_requested(&bench->race.cancel);
}

/* ---- runs of the race ---- */

/* The origin is started when it is first needed. It has several addresses, for
 * a few thousand connections, each of which holds its port for a minute after
 * its end. */
static int start_origin(struct bench *bench)
{
    if (bench->serving)
        return 0;
    descriptors_allow_all();
    bench->race.plan.addresses = ports_addresses_beside(
        ports_waiting(), ORIGIN_ADDRESSES_MAX / 2, ORIGIN_ADDRESSES_MAX);
    int error = witness_init(&bench->race.witness, &bench->race.plan);
    bench->serving = !error;
    if (!error)
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    return error;
}

int bench_origin(struct bench *bench, uint16_t *port)
{
    int error = start_origin(bench);
    *port = bench->race.witness.stands[0].origin.port;
    return error;
}

static int run_one(struct bench *bench, struct block *block, const char *name,
                   size_t place, int round)
{
    struct contestant contestant = {.name = name,
                                    .model = models_find(name),
                                    .floor = floors_find(name),
                                    .place = place};
    bench_tell(bench, name, round);
    int error = race_turn(&bench->race, &contestant, block, round);
    if (error)
        return error;
    if (is_stopped(bench))
        return -ECANCELED;
    return bench->race.broken ? -EPIPE : 0;
}

int bench_race(struct bench *bench, struct block *block,
               const char *const *names)
{
    int error = start_origin(bench);
    for (int round = 1; !error && round <= block->rounds; round++)
        for (size_t i = 0; !error && names[i]; i++)
            error = run_one(bench, block, names[i], i, round);
    return error;
}

static struct selection selection_of(const struct block *block,
                                     const char *model)
{
    return (struct selection){model, block->name, block->level};
}

struct spread bench_spread(const struct bench *bench, const struct block *block,
                           const char *model, record_figure *figure)
{
    struct selection selection = selection_of(block, model);
    return ledger_spread(&bench->race.ledger, &selection, figure);
}

struct spread bench_ratio(const struct bench *bench, const struct block *block,
                          const char *model, const char *other,
                          record_figure *figure)
{
    struct selection selection = selection_of(block, model);
    const char *const others[] = {other, NULL};
    return ledger_ratio(&bench->race.ledger, &selection, others, figure);
}

double bench_kib_each(const struct record *record)
{
    double bytes = record_bytes_each(record);
    return bytes == NOT_KNOWN ? bytes : bytes / 1024;
}

double bench_in_flight(const struct record *record)
{
    return record->origin_max_in_flight;
}

void bench_explain(const struct bench *bench, const struct block *block,
                   struct finding *finding)
{
    const struct ledger *ledger = &bench->race.ledger;
    for (size_t i = 0; i < ledger->count; i++) {
        const struct record *record = &ledger->records[i];
        struct selection selection = selection_of(block, record->model);
        if (!selection_has(&selection, record))
            continue;
        struct spread cpu = ledger_spread(ledger, &selection, record_cpu_us);
        if (!cpu.count)
            finding_fail(finding, "%s: %s", record->model,
                         record->error[0] ? record->error : "not all answered");
        else if (cpu.disturbed)
            finding_fail(finding, "%s", record->disturbed);
    }
}

/* ---- samples ---- */

/* A child that does not answer in time is a sample that failed. */
enum { CHILD_SECONDS = 60 };

static void take_in_child(const struct sampling *sampling, int fd)
{
    double values[COLUMNS_MAX] = {0};
    interrupt_ends(SIGINT);
    interrupt_ends(SIGTERM);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(CHILD_SECONDS);
    int error = sampling->take(sampling->context, values);
    struct slice bytes = {(const char *)values, sizeof values};
    if (!error)
        error = write_all(fd, bytes);
    _exit(error ? -error : 0);
}

static int read_values(int fd, double *values)
{
    char *bytes = (char *)values;
    size_t size = COLUMNS_MAX * sizeof *values, have = 0;
    while (have < size) {
        ssize_t count = read(fd, bytes + have, size - have);
        if (count == 0)
            return -EPIPE;
        if (count < 0 && errno != EINTR)
            return -errno;
        if (count > 0)
            have += (size_t)count;
    }
    return 0;
}

/* Its exit code is the error. */
static int reap(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGALRM ? -ETIMEDOUT : -EPIPE;
    return -WEXITSTATUS(status);
}

static int take_apart(const struct sampling *sampling, double *values)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return -errno;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        take_in_child(sampling, ends[1]);
    }
    int error = child < 0 ? -errno : 0;
    close(ends[1]);
    int lost = error ? error : read_values(ends[0], values);
    close(ends[0]);
    if (!error)
        error = reap(child);
    return error ? error : lost;
}

static int take_sample(const struct sampling *sampling, double *values)
{
    if (sampling->in_child)
        return take_apart(sampling, values);
    return sampling->take(sampling->context, values);
}

/* True, with the reason, when the machine spoiled what was measured between the
 * two moments. */
static bool is_spoiled(struct race *race, const struct moment *before,
                       const struct moment *after, char *why, size_t size)
{
    struct taken taken = taken_between(before, after);
    if (race->best_step_ns == 0 || taken.step_ns < race->best_step_ns)
        race->best_step_ns = taken.step_ns;
    return taken_explain(&taken, race->best_step_ns, why, size);
}

struct samples {
    double values[COLUMNS_MAX][ROUNDS_MAX];
    size_t count;
    bool spoiled; /* spoiled samples are kept, because there are no others */
    char why[96];
};

/* Keeps a spoiled sample as long as there is nothing better. */
static void keep_sample(struct samples *samples, const double *values,
                        bool spoiled)
{
    if (spoiled && samples->count && !samples->spoiled)
        return;
    if (!spoiled && samples->spoiled) {
        samples->count = 0;
        samples->spoiled = false;
    }
    if (samples->count == ROUNDS_MAX)
        return;
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        samples->values[i][samples->count] = values[i];
    samples->count++;
    samples->spoiled = spoiled;
}

/* Repeats until as many samples as were wanted are unspoiled, as long as there
 * is time to spare. */
static bool wants_more(const struct bench *bench,
                       const struct sampling *sampling, size_t taken,
                       size_t clean)
{
    if (taken < sampling->rounds)
        return true;
    return clean < sampling->rounds && bench->race.spare_s > 0 &&
           taken < sampling->rounds * ATTEMPTS_MAX;
}

static int take_all(struct bench *bench, const struct sampling *sampling,
                    struct samples *samples)
{
    size_t clean = 0;
    pid_t origin =
        bench->serving ? bench->race.witness.stands[0].origin.pid : getpid();
    int error = 0;
    for (size_t i = 0; !error && wants_more(bench, sampling, i, clean); i++) {
        double values[COLUMNS_MAX] = {0};
        struct moment before, after;
        bench_tell(bench, "samples", (int)i + 1);
        moment_read(&before, false, origin);
        error = take_sample(sampling, values);
        moment_read(&after, false, origin);
        if (is_stopped(bench))
            error = -ECANCELED;
        if (error)
            break;
        bool spoiled = is_spoiled(&bench->race, &before, &after, samples->why,
                                  sizeof samples->why) &&
                       !sampling->counts && !bench->tiny;
        if (i >= sampling->rounds)
            bench->race.spare_s -= after.when_s - before.when_s;
        keep_sample(samples, values, spoiled);
        clean += !spoiled;
    }
    return error;
}

int bench_sample(struct bench *bench, const struct sampling *sampling,
                 struct spread *spreads, struct finding *finding)
{
    struct samples samples = {.count = 0};
    int error = take_all(bench, sampling, &samples);
    if (error && error != -ECANCELED)
        finding_fail(finding, "it could not be measured: %s", strerror(-error));
    else if (samples.spoiled)
        finding_fail(finding, "%s", samples.why);
    for (size_t i = 0; i < sampling->columns; i++) {
        spreads[i] = spread_of(samples.values[i], error ? 0 : samples.count);
        spreads[i].disturbed = samples.spoiled;
    }
    return error;
}
