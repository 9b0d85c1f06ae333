/* SPDX-License-Identifier: MIT */
#include "harness/claims/workers.h"

#include "harness/claims/hand_over.h"
#include "harness/claims/waiting_threads.h"

#include <errno.h>
#include <string.h>

/* ---- K1 and K2: the same runs ---- */

/* A process or a thread for each page, and pools of them. */
static const char *const models_at_work[] = {"threads", "fork", "thread-pool",
                                             "process-pool", NULL};

struct work {
    struct block cost, memory;
};

static struct work work_of(const struct bench *bench)
{
    size_t level = bench_size(bench, 50, 2);
    return (struct work){
        .cost = {.name = "K1",
                 .level = level,
                 .requests = bench_size(bench, 500, 4),
                 .delay =
                     (nanos)bench_size(bench, 20, 1) * NANOS_PER_MILLISECOND,
                 .timed = !bench->tiny,
                 .most_s = 1,
                 .rounds = (int)bench_size(bench, 3, 1)},
        .memory = {.name = "K1-memory",
                   .level = level,
                   .requests = level,
                   .delay = (nanos)bench_size(bench, 200, 40) *
                            NANOS_PER_MILLISECOND,
                   .memory = true,
                   .rounds = (int)bench_size(bench, 3, 1)},
    };
}

/* Measured once for both claims. */
static int race_once(struct bench *bench, struct block *block)
{
    const struct ledger *ledger = &bench->race.ledger;
    for (size_t i = 0; i < ledger->count; i++)
        if (!strcmp(ledger->records[i].block, block->name))
            return 0;
    return bench_race(bench, block, models_at_work);
}

static int race_both(struct bench *bench, struct work *work,
                     struct finding *finding)
{
    int error = race_once(bench, &work->cost);
    if (!error)
        error = race_once(bench, &work->memory);
    bench_explain(bench, &work->cost, finding);
    bench_explain(bench, &work->memory, finding);
    return error;
}

static void add_all(const struct bench *bench, const struct block *block,
                    const char *heading, record_figure *figure,
                    struct finding *finding)
{
    for (size_t i = 0; models_at_work[i]; i++) {
        struct spread spread =
            bench_spread(bench, block, models_at_work[i], figure);
        finding_add(finding, heading, models_at_work[i], &spread);
    }
}

static int k1_measure(struct bench *bench, struct finding *finding)
{
    struct work work = work_of(bench);
    int error = race_both(bench, &work, finding);
    struct spread seen =
        bench_spread(bench, &work.cost, "fork", bench_in_flight);
    struct k1_figures figures = {
        .wanted = (double)work.cost.level,
        .in_flight = seen.max,
        .cpu = bench_ratio(bench, &work.cost, "fork", "threads", record_cpu_us),
        .memory =
            bench_ratio(bench, &work.memory, "fork", "threads", bench_kib_each),
        .pool_cpu = bench_ratio(bench, &work.cost, "process-pool",
                                "thread-pool", record_cpu_us),
        .pool_memory = bench_ratio(bench, &work.memory, "process-pool",
                                   "thread-pool", bench_kib_each),
    };
    add_all(bench, &work.cost, "µs of CPU for a page", record_cpu_us, finding);
    add_all(bench, &work.memory, "KiB of memory for each at once",
            bench_kib_each, finding);
    finding_judge(finding, k1_judge(&figures));
    return error;
}

const struct claim claim_k1 = {
    .name = "K1",
    .slide = "processes: very inefficient (A, Multiple processes)",
    .says = "A process for each connection lets many wait at once, and wastes "
            "what the machine has.",
    .held = "all pages are under way at once, and a process for each takes at "
            "least twice the CPU and twice the memory of a thread for each.",
    .depends = "what a process brings along: a few pages of memory for a C "
               "program, an interpreter for one in Python. What the kernel "
               "keeps for it (its tables of pages) is not in these figures.",
    .seconds = 16,
    .measure = k1_measure,
};

/* ---- K2: threads beside processes ---- */

static int k2_measure(struct bench *bench, struct finding *finding)
{
    static const char small[] = "µs of CPU to hand over a byte, and back";
    static const char large[] = "µs of CPU to hand over 64 KiB, and back";
    struct work work = work_of(bench);
    struct spread spreads[HAND_OVER_COLUMNS];
    size_t times = bench_size(bench, 20000, 20);
    struct sampling sampling = {.take = hand_over_sample,
                                .context = &times,
                                .columns = HAND_OVER_COLUMNS,
                                .rounds = bench_size(bench, 5, 1),
                                .in_child = true};
    int error = race_once(bench, &work.memory);
    bench_explain(bench, &work.memory, finding);
    if (!error)
        error = bench_sample(bench, &sampling, spreads, finding);
    else
        memset(spreads, 0, sizeof spreads);
    struct k2_figures figures = {
        .memory =
            bench_ratio(bench, &work.memory, "fork", "threads", bench_kib_each),
        .small = spreads[SMALL_RATIO],
        .large = spreads[LARGE_RATIO],
    };
    add_all(bench, &work.memory, "KiB of memory for each at once",
            bench_kib_each, finding);
    finding_add(finding, small, "processes, a pipe", &spreads[SMALL_BY_PIPE]);
    finding_add(finding, small, "threads, memory", &spreads[SMALL_IN_MEMORY]);
    finding_add(finding, large, "processes, a pipe", &spreads[LARGE_BY_PIPE]);
    finding_add(finding, large, "threads, memory", &spreads[LARGE_IN_MEMORY]);
    finding_judge(finding, k2_judge(&figures));
    return error;
}

const struct claim claim_k2 = {
    .name = "K2",
    .slide = "threads: less memory, quicker inside (A, Multiple threads)",
    .says = "Threads take less memory than processes, and pass things to each "
            "other with less effort.",
    .held = "a process takes more memory than a thread, and a hand-over by a "
            "pipe between processes more CPU than one in memory between "
            "threads: of a byte, and of 64 KiB.",
    .depends = "what is handed over: a byte costs little more than to wake the "
               "other one up, which both have to do (here on one processor); "
               "what is large is copied twice by a pipe, and by threads never.",
    .seconds = 8,
    .measure = k2_measure,
};

/* ---- K3: more and more threads ---- */

static int measure_level(struct bench *bench, struct k3_level *level,
                         struct finding *finding)
{
    struct spread spreads[WAITING_THREADS_COLUMNS];
    struct waiting_threads_size size = {
        .threads = level->threads,
        .turns = bench_size(bench, 30000, 30) / level->threads + 1};
    struct sampling sampling = {.take = waiting_threads_sample,
                                .context = &size,
                                .columns = WAITING_THREADS_COLUMNS,
                                .rounds = bench_size(bench, 3, 1),
                                .in_child = true};
    int error = bench_sample(bench, &sampling, spreads, finding);
    level->started = spreads[WAITING_THREADS_STARTED].max;
    level->turn = spreads[WAITING_THREADS_TURN];
    level->kib = spreads[WAITING_THREADS_KIB];
    return error;
}

static void add_levels(const struct k3_figures *figures, bool memory,
                       struct finding *finding)
{
    for (size_t i = 0; i < figures->count; i++) {
        const struct k3_level *level = &figures->levels[i];
        char label[32];
        snprintf(label, sizeof label, "%zu threads", level->threads);
        if (level->started < (double)level->threads)
            continue;
        finding_add(finding,
                    memory ? "KiB of memory for each"
                           : "µs of CPU for a turn of one of them",
                    label, memory ? &level->kib : &level->turn);
    }
}

static int k3_measure(struct bench *bench, struct finding *finding)
{
    static const size_t levels[K3_LEVELS] = {10, 100, 300, 1000, 3000, 10000};
    static const size_t tiny[K3_LEVELS] = {1, 2, 3, 4, 5, 6};
    struct k3_figures figures = {.count = 0};
    int error = 0;
    while (!error && figures.count < K3_LEVELS) {
        struct k3_level *level = &figures.levels[figures.count];
        level->threads = (bench->tiny ? tiny : levels)[figures.count];
        error = measure_level(bench, level, finding);
        figures.count += !error;
        if (level->started < (double)level->threads)
            break;
    }
    add_levels(&figures, false, finding);
    add_levels(&figures, true, finding);
    finding_judge(finding, k3_judge(&figures));
    return error == -ECANCELED ? error : 0;
}

const struct claim claim_k3 = {
    .name = "K3",
    .slide = "a few hundred threads are the limit (A, Multiple threads)",
    .says = "A few hundred threads are enough to run into the limits of memory "
            "for stacks, or of the scheduler.",
    .held = "a thousand threads or fewer cannot all be started, or a turn of "
            "one of them costs more than four times what it costs among ten.",
    .depends = "the limits of this machine (ulimit -u, pids.max), and the size "
               "of its addresses: a stack reserves 8 MiB of them, of which 32 "
               "bits have few and 64 bits plenty; memory is only what a stack "
               "has used. The kernel's own stacks are not in these figures.",
    .seconds = 6,
    .measure = k3_measure,
};
