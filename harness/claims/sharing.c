/* SPDX-License-Identifier: MIT */
#include "harness/claims/sharing.h"

#include "base/clock.h"
#include "base/processors.h"
#include "base/program.h"
#include "threads/thread.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS_MAX = 4 };

/* ---- threads that do the same ---- */

/* Runs `run` on `count` threads at once and waits for them. Returns the seconds
 * that it took, or a negative errno. */
static double run_on(size_t count, void *(*run)(void *), void *argument)
{
    pthread_t threads[THREADS_MAX];
    size_t started = 0;
    int error = 0;
    nanos began = monotonic_now();
    while (!error && started < count) {
        error = thread_start(&threads[started], run, argument);
        started += !error;
    }
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return error ? error : nanos_as_seconds(monotonic_now() - began);
}

/* ---- K4: a counter ---- */

/* "counter += 1" is a load, an addition and a store. Load and store are atomic,
 * so that the program has a meaning in C; the whole is not. */
struct shared {
    atomic_long counter;
    pthread_mutex_t lock;
    long additions; /* of each thread */
    atomic_int here;
};

static void begin_together(struct shared *shared)
{
    atomic_fetch_add(&shared->here, 1);
    while (atomic_load(&shared->here) < 2)
        sched_yield();
}

static void add_one(struct shared *shared)
{
    long value =
        atomic_load_explicit(&shared->counter, memory_order_relaxed) + 1;
    atomic_store_explicit(&shared->counter, value, memory_order_relaxed);
}

static void *add_without_lock(void *argument)
{
    struct shared *shared = argument;
    begin_together(shared);
    for (long i = 0; i < shared->additions; i++)
        add_one(shared);
    return NULL;
}

static void *add_with_lock(void *argument)
{
    struct shared *shared = argument;
    begin_together(shared);
    for (long i = 0; i < shared->additions; i++) {
        pthread_mutex_lock(&shared->lock);
        add_one(shared);
        pthread_mutex_unlock(&shared->lock);
    }
    return NULL;
}

/* How many additions of two threads are missing at the end. */
static int count_lost(long additions, void *(*add)(void *), double *lost,
                      double *addition_ns)
{
    struct shared shared = {.lock = PTHREAD_MUTEX_INITIALIZER,
                            .additions = additions};
    double took = run_on(2, add, &shared);
    pthread_mutex_destroy(&shared.lock);
    if (took < 0)
        return (int)took;
    *lost = (double)(2 * additions - atomic_load(&shared.counter));
    *addition_ns = took * 1e9 / (double)(2 * additions);
    return 0;
}

enum { LOST, LOST_WITH_LOCK, NS, NS_WITH_LOCK, K4_COLUMNS };

static int k4_sample(void *context, double *values)
{
    const long *additions = context;
    int error =
        count_lost(*additions, add_without_lock, &values[LOST], &values[NS]);
    if (!error)
        error = count_lost(*additions, add_with_lock, &values[LOST_WITH_LOCK],
                           &values[NS_WITH_LOCK]);
    return error;
}

static int k4_measure(struct bench *bench, struct finding *finding)
{
    static const char lost[] = "additions that were lost, of 2 threads";
    static const char price[] = "ns for an addition";
    long additions = (long)bench_size(bench, 2000000, 2000);
    struct spread spreads[K4_COLUMNS];
    struct sampling sampling = {.take = k4_sample,
                                .context = &additions,
                                .columns = K4_COLUMNS,
                                .rounds = bench_size(bench, 7, 2),
                                .counts = true,
                                /* Each thread waits for the other, which may
                                 * not have been started. */
                                .in_child = true};
    int error = bench_sample(bench, &sampling, spreads, finding);
    struct k4_figures figures = {.additions = 2 * (double)additions,
                                 .lost = spreads[LOST],
                                 .lost_with_lock = spreads[LOST_WITH_LOCK]};
    finding_add(finding, lost, "without a lock", &spreads[LOST]);
    finding_add(finding, lost, "with a lock", &spreads[LOST_WITH_LOCK]);
    finding_add(finding, price, "without a lock", &spreads[NS]);
    finding_add(finding, price, "with a lock", &spreads[NS_WITH_LOCK]);
    finding_judge(finding, k4_judge(&figures));
    return error == -ECANCELED ? error : 0;
}

const struct claim claim_k4 = {
    .name = "K4",
    .slide = "threads: prone to subtle bugs (A, Multiple threads)",
    .says = "Threads share memory, and so they can do each other harm in ways "
            "that are hard to see.",
    .held = "two threads that add to one counter lose additions, and nothing "
            "tells of it.",
    .depends = "how many processors there are and how often the scheduler "
               "changes its mind: on a single one, losses are rare, and so "
               "harder to find.",
    .seconds = 2,
    .measure = k4_measure,
};

/* ---- K5: one lock around all computing ---- */

struct computing {
    long steps; /* of all threads together */
    size_t threads;
    bool locked;
    pthread_mutex_t lock;
    atomic_ulong sink; /* so that no compiler can leave the work out */
};

/* CPython releases its lock every 5 ms; a piece takes no longer than that. */
enum { PIECE = 500000 };

static uint64_t compute_piece(uint64_t word, long steps)
{
    for (long i = 0; i < steps; i++) {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
    }
    return word;
}

static void *compute_share(void *argument)
{
    struct computing *computing = argument;
    long left = computing->steps / (long)computing->threads;
    uint64_t word = 88172645463325252;
    while (left > 0) {
        long steps = left < PIECE ? left : PIECE;
        if (computing->locked)
            pthread_mutex_lock(&computing->lock);
        word = compute_piece(word, steps);
        if (computing->locked)
            pthread_mutex_unlock(&computing->lock);
        left -= steps;
    }
    atomic_fetch_add(&computing->sink, word);
    return NULL;
}

static double compute(size_t threads, bool locked, long steps)
{
    struct computing computing = {.steps = steps,
                                  .threads = threads,
                                  .locked = locked,
                                  .lock = PTHREAD_MUTEX_INITIALIZER};
    double took = run_on(threads, compute_share, &computing);
    pthread_mutex_destroy(&computing.lock);
    return took;
}

struct k5_size {
    size_t threads;
    long steps;
    bool python; /* is there a python3? */
    long python_steps;
};

/* Prints how many times as fast it is with N threads. */
static const char python_program[] =
    "import sys, threading, time\n"
    "def work(n):\n"
    "    x = 1\n"
    "    for i in range(n):\n"
    "        x = (x * 5 + i) % 1000003\n"
    "def took(count, steps):\n"
    "    began = time.monotonic()\n"
    "    all = [threading.Thread(target=work, args=(steps // count,))\n"
    "           for i in range(count)]\n"
    "    for t in all: t.start()\n"
    "    for t in all: t.join()\n"
    "    return time.monotonic() - began\n"
    "count, steps = int(sys.argv[1]), int(sys.argv[2])\n"
    "print(took(1, steps) / took(count, steps))\n";

static int run_python(const struct k5_size *size, double *times)
{
    struct arguments python = {0};
    struct buffer out = {.data = NULL};
    arguments_add(&python, "/usr/bin/python3");
    arguments_add(&python, "-E");
    arguments_add(&python, "-s");
    arguments_add(&python, "-c");
    arguments_add(&python, "%s", python_program);
    arguments_add(&python, "%zu", size->threads);
    arguments_add(&python, "%ld", size->python_steps);
    int error = arguments_run(&python, &out, NULL);
    if (!error)
        error = buffer_terminate(&out);
    if (!error)
        *times = strtod(out.data, NULL);
    static const double most_times = 1e6;
    if (!error && !(*times > 0 && *times < most_times))
        error = -EPROTO; /* a NaN fails both comparisons */
    buffer_deinit(&out);
    arguments_deinit(&python);
    return error;
}

enum { FREE, LOCKED, PYTHON, K5_COLUMNS };

static int k5_sample(void *context, double *values)
{
    const struct k5_size *size = context;
    double alone = compute(1, false, size->steps);
    double free_s = compute(size->threads, false, size->steps);
    double locked_s = compute(size->threads, true, size->steps);
    double least = alone < free_s ? alone : free_s;
    if (locked_s < least)
        least = locked_s;
    if (least <= 0)
        return least < 0 ? (int)least : -EAGAIN;
    values[FREE] = alone / free_s;
    values[LOCKED] = alone / locked_s;
    int error = size->python ? run_python(size, &values[PYTHON]) : 0;
    return error > 0 ? -EPROTO : error;
}

static int k5_measure(struct bench *bench, struct finding *finding)
{
    static const char heading[] = "times as fast as one thread";
    size_t allowed = processors_allowed();
    double ignored;
    struct k5_size size = {
        .threads = allowed < THREADS_MAX ? allowed : THREADS_MAX,
        .steps = (long)bench_size(bench, 100000000, 10000),
        .python_steps = (long)bench_size(bench, 3000000, 100),
    };
    struct spread spreads[K5_COLUMNS];
    struct sampling sampling = {.take = k5_sample,
                                .context = &size,
                                .columns = K5_COLUMNS,
                                .rounds = bench_size(bench, 5, 1)};
    if (size.threads < 2) {
        finding_fail(finding, "There is one processor for us, so one thread "
                              "runs at a time whatever locks there are");
        finding_judge(finding, judgement_of(CANNOT_BE_TOLD, "."));
        return 0;
    }
    struct k5_size first = size;
    first.python_steps = 100;
    size.python = run_python(&first, &ignored) == 0;
    int error = bench_sample(bench, &sampling, spreads, finding);
    if (!size.python)
        spreads[PYTHON] = spread_of(NULL, 0);
    struct k5_figures figures = {size.threads, spreads[FREE], spreads[LOCKED],
                                 spreads[PYTHON]};
    finding_add(finding, heading, "without a lock", &spreads[FREE]);
    finding_add(finding, heading, "under one lock", &spreads[LOCKED]);
    if (size.python)
        finding_add(finding, heading, "CPython's threads", &spreads[PYTHON]);
    else
        progress_say(&bench->race.progress,
                     "claims: K5 without CPython (apt-get install python3)");
    finding_judge(finding, k5_judge(&figures));
    return error == -ECANCELED ? error : 0;
}

const struct claim claim_k5 = {
    .name = "K5",
    .slide = "a global interpreter lock (A, Multiple threads)",
    .says = "Where one lock guards the interpreter, one thread runs at a time, "
            "even if there are several processors.",
    .held = "threads that compute are quicker together than one alone, and no "
            "quicker under one lock, which CPython's threads take as well.",
    .depends = "a CPython without such a lock, there is one from 3.13 on, and "
               "work that lets go of it: waiting does, and much of NumPy.",
    .seconds = 5,
    .measure = k5_measure,
};
