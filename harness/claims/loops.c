/* SPDX-License-Identifier: MIT */
#include "harness/claims/loops.h"

#include "base/processors.h"
#include "harness/claims/ticks.h"
#include "harness/descriptors.h"

#include <errno.h>

/* ---- K6: more and more connections ---- */

/* Requests are answered only when all of them have arrived. */
static struct block block_of(const struct bench *bench, const char *name,
                             size_t level, bool memory)
{
    nanos least = (nanos)bench_size(bench, 200, memory ? 40 : 2);
    return (struct block){.name = name,
                          .level = level,
                          .requests = level,
                          .delay = least * NANOS_PER_MILLISECOND +
                                   (nanos)level * 100000,
                          .memory = memory,
                          .rounds = (int)bench_size(bench, memory ? 2 : 3, 1)};
}

static const char *const one_thread[] = {"callbacks", NULL};

static int race_level(struct bench *bench, struct k6_level *level,
                      struct finding *finding)
{
    struct block block = block_of(bench, "K6", level->connections, false);
    int error = bench_race(bench, &block, one_thread);
    struct spread seen =
        bench_spread(bench, &block, "callbacks", bench_in_flight);
    level->in_flight = seen.count ? seen.min : -1;
    level->cpu = bench_spread(bench, &block, "callbacks", record_cpu_us);
    if (level->cpu.count)
        bench_explain(bench, &block, finding);
    return error;
}

static int add_memory(struct bench *bench, size_t level,
                      struct finding *finding)
{
    struct block block = block_of(bench, "K6-memory", level, true);
    char label[32];
    int error = bench_race(bench, &block, one_thread);
    struct spread kib =
        bench_spread(bench, &block, "callbacks", bench_kib_each);
    snprintf(label, sizeof label, "%zu connections", level);
    if (kib.count)
        finding_add(finding, "KiB of memory for each", label, &kib);
    return error;
}

/* As many connections as one process may have beside its other descriptors. The
 * origin is another process, with the same limit. */
static size_t most_connections(void)
{
    enum { OTHERS = 64 };
    size_t allowed = descriptors_allow_all();
    size_t most = allowed > OTHERS ? allowed - OTHERS : 1;
    return most < K6_MANY ? most : K6_MANY;
}

static size_t level_at(const struct bench *bench, size_t place, size_t most)
{
    static const size_t levels[K6_LEVELS] = {100, 1000, 10000, SIZE_MAX};
    static const size_t tiny[K6_LEVELS] = {2, 3, 4, 5};
    size_t level = (bench->tiny ? tiny : levels)[place];
    return level < most ? level : most;
}

static int race_levels(struct bench *bench, struct k6_figures *figures,
                       struct finding *finding)
{
    size_t most = most_connections();
    int error = 0;
    for (size_t i = 0; !error && i < K6_LEVELS; i++) {
        struct k6_level *level = &figures->levels[figures->count];
        *level = (struct k6_level){.connections = level_at(bench, i, most)};
        if (i && level->connections == level[-1].connections)
            break;
        error = race_level(bench, level, finding);
        figures->count += !error;
        if (level->in_flight < (double)level->connections)
            break;
    }
    return error;
}

static int k6_measure(struct bench *bench, struct finding *finding)
{
    struct k6_figures figures = {.count = 0};
    int error = race_levels(bench, &figures, finding);
    for (size_t i = 0; i < figures.count; i++) {
        const struct k6_level *level = &figures.levels[i];
        char label[32];
        snprintf(label, sizeof label, "%zu connections", level->connections);
        if (level->cpu.count)
            finding_add(finding, "µs of CPU for each", label, &level->cpu);
    }
    if (!error && figures.count)
        error = add_memory(bench, figures.levels[0].connections, finding);
    if (!error && figures.count > 1)
        error = add_memory(bench, figures.levels[figures.count - 1].connections,
                           finding);
    finding_judge(finding, k6_judge(&figures));
    return error;
}

const struct claim claim_k6 = {
    .name = "K6",
    .slide = "hundreds of thousands of connections (A, Non-blocking sockets)",
    .says = "One thread that does not block can have hundreds of thousands of "
            "connections.",
    .held = "100000 connections are open at one moment, as the server saw it, "
            "and one among them costs no more than twice the CPU of one among "
            "100.",
    .depends = "how many descriptors one process may have (ulimit -Hn): that "
               "is where this experiment ends, with one process on each side.",
    .seconds = 25,
    .measure = k6_measure,
};

/* ---- K7: both kinds of page ---- */

static const char *const three_ways[] = {"thread-pool", "process-pool",
                                         "callbacks", NULL};

static double wall_s(const struct record *record)
{
    return record->wall_s;
}

static struct k7_kind kind_of(const struct bench *bench,
                              const struct block *block, const char *heading,
                              record_figure *figure, struct finding *finding)
{
    struct k7_kind kind = {
        .threads = bench_spread(bench, block, "thread-pool", figure),
        .processes = bench_spread(bench, block, "process-pool", figure),
        .loop = bench_spread(bench, block, "callbacks", figure),
    };
    bench_explain(bench, block, finding);
    finding_add(finding, heading, "threads", &kind.threads);
    finding_add(finding, heading, "processes", &kind.processes);
    finding_add(finding, heading, "a loop (callbacks)", &kind.loop);
    return kind;
}

static int k7_measure(struct bench *bench, struct finding *finding)
{
    int rounds = (int)bench_size(bench, 3, 1);
    struct block waits = {.name = "K7-waits",
                          .level = bench_size(bench, 50, 2),
                          .requests = bench_size(bench, 1000, 4),
                          .delay = (nanos)bench_size(bench, 20, 1) *
                                   NANOS_PER_MILLISECOND,
                          .timed = !bench->tiny,
                          .most_s = 1,
                          .rounds = rounds};
    struct block computes = {.name = "K7-computes",
                             .level = bench_size(bench, 8, 2),
                             .requests = bench_size(bench, 250, 4),
                             .work = (nanos)bench_size(bench, 2000, 10) * 1000,
                             .delay = NANOS_PER_MILLISECOND,
                             .rounds = rounds};
    if (processors_allowed() < 2)
        finding_fail(finding, "There is one processor for us, so nothing can "
                              "be computed at once");
    int error = bench_race(bench, &computes, three_ways);
    if (!error)
        error = bench_race(bench, &waits, three_ways);
    struct k7_figures figures;
    figures.computing_s =
        kind_of(bench, &computes, "seconds for 250 pages that compute 2 ms",
                wall_s, finding);
    figures.waiting_cpu =
        kind_of(bench, &waits, "µs of CPU for a page that waits 20 ms",
                record_cpu_us, finding);
    finding_judge(finding, k7_judge(&figures));
    return error;
}

const struct claim claim_k7 = {
    .name = "K7",
    .slide = "who serves what (A, Multiple threads; C)",
    .says = "Processes and threads are for work that computes as well as for "
            "work that waits; non-blocking is best where many peers send "
            "little.",
    .held = "pages that compute are done sooner by a pool of threads, and of "
            "processes, than by one loop; and pages that wait cost the loop "
            "the least CPU.",
    .depends = "how many processors there are: with one, nothing is done "
               "sooner. A loop can hand what computes to threads, too.",
    .seconds = 14,
    .measure = k7_measure,
};

/* ---- K12: a ticker ---- */

static int k12_measure(struct bench *bench, struct finding *finding)
{
    static const char heading[] = "ms by which the latest tick was late";
    struct ticks_size size = {
        .quiet_ms = (int)bench_size(bench, 300, 10),
        .failing = bench_size(bench, 300, 12),
        .burst = bench_size(bench, 1000, 10),
        .patience_ms = (int)bench_size(bench, 250, 30),
    };
    struct spread spreads[TICKS_COLUMNS];
    struct sampling sampling = {.take = ticks_sample,
                                .context = &size,
                                .columns = TICKS_COLUMNS,
                                .rounds = bench_size(bench, 5, 1),
                                .in_child = true};
    int error = bench_origin(bench, &size.port);
    if (error)
        return error;
    error = bench_sample(bench, &sampling, spreads, finding);
    if (!error && spreads[PAGES_FAILED].min < (double)size.failing)
        finding_fail(finding,
                     "A page came of a server that should have failed");
    if (!error && spreads[PAGES_ANSWERED].min < (double)size.burst)
        finding_fail(finding, "Not all pages of the burst were answered");
    struct k12_figures figures = {spreads[LATE_QUIET], spreads[LATE_FAILURE],
                                  spreads[LATE_BURST], spreads[LATE_BLOCKING]};
    finding_add(finding, heading, "loop, nothing else", &figures.quiet);
    finding_add(finding, heading, "loop, failing servers", &figures.failure);
    finding_add(finding, heading, "loop, a burst", &figures.burst);
    finding_add(finding, heading, "blocking, failing", &figures.blocking);
    finding_judge(finding, k12_judge(&figures));
    return error == -ECANCELED ? error : 0;
}

const struct claim claim_k12 = {
    .name = "K12",
    .slide = "progress at all times (D, The asynchronous approach)",
    .says = "What does not block goes on making progress, also while others "
            "fail and when very much comes at once.",
    .held = "a ticker of 2 ms is never late by a tenth of a second: neither "
            "beside 300 pages of servers that fail, in six ways, nor when 1000 "
            "pages are begun at one moment.",
    .depends = "that no callback takes long: one that computes for a second "
               "holds up all (./lab wrong blocking-callback), and a burst is "
               "as long as it takes to begin all of it.",
    .seconds = 8,
    .measure = k12_measure,
};
