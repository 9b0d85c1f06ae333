/* SPDX-License-Identifier: MIT */
#include "harness/claims/steps.h"

#include "base/clock.h"
#include "base/processors.h"
#include "coroutines/frame.h"
#include "harness/race/memory.h"
#include "harness/spin.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- the squares, as a generator and as a function ---- */

struct squares {
    struct frame frame;
    intptr_t i, count;
};

static struct outcome squares(struct generator *self, struct outcome got)
{
    CO_FRAME(struct squares, f);
    CO_BEGIN;
    for (f->i = 0; f->i < f->count; f->i++)
        CO_YIELD(outcome_number(f->i * f->i));
    CO_END;
}

static struct outcome square(intptr_t i)
{
    return outcome_number(i * i);
}

/* ---- K8: a step beside a call, a page beside a page ---- */

enum { CALL, STEP, RATIO, K8_COLUMNS };

/* Called through a pointer that no compiler can follow, because steps are
 * called in this way, too. */
static double time_calls(intptr_t count, intptr_t *sum)
{
    struct outcome (*volatile call)(intptr_t) = square;
    struct outcome (*function)(intptr_t) = call;
    nanos began = spin_cpu();
    for (intptr_t i = 0; i < count; i++)
        *sum ^= function(i).number;
    return (double)(spin_cpu() - began) / (double)count;
}

static double time_steps(intptr_t count, intptr_t *sum)
{
    struct squares all = {.count = count};
    struct generator *generator = frame_init(&all.frame, squares);
    struct outcome value;
    nanos began = spin_cpu();
    while (generator_next(generator, &value))
        *sum ^= value.number;
    return (double)(spin_cpu() - began) / (double)count;
}

static int k8_sample(void *context, double *values)
{
    const intptr_t *count = context;
    intptr_t by_calls = 0, by_steps = 0;
    values[CALL] = time_calls(*count, &by_calls);
    values[STEP] = time_steps(*count, &by_steps);
    values[RATIO] = values[CALL] > 0 ? values[STEP] / values[CALL] : 0;
    return by_calls == by_steps && values[CALL] > 0 ? 0 : -EAGAIN;
}

static int k8_race(struct bench *bench, struct k8_figures *figures,
                   struct finding *finding)
{
    static const char heading[] = "CPU of a page beside the floor";
    static const char *const models[] = {"callbacks", "generators",
                                         "floor-epoll", NULL};
    struct block block = {
        .name = "K8",
        .level = bench_size(bench, 64, 2),
        .requests = bench_size(bench, 20000, 20),
        .keep_alive = true,
        .pinned = processors_allowed() > 1,
        .timed = !bench->tiny,
        .most_s = 1,
        .rounds = (int)bench_size(bench, 5, 1),
    };
    int error = bench_race(bench, &block, models);
    figures->page =
        bench_ratio(bench, &block, "generators", "callbacks", record_cpu_us);
    figures->generators_floor =
        bench_ratio(bench, &block, "generators", "floor-epoll", record_cpu_us);
    figures->callbacks_floor =
        bench_ratio(bench, &block, "callbacks", "floor-epoll", record_cpu_us);
    bench_explain(bench, &block, finding);
    finding_add(finding, heading, "callbacks", &figures->callbacks_floor);
    finding_add(finding, heading, "generators", &figures->generators_floor);
    return error;
}

static int k8_measure(struct bench *bench, struct finding *finding)
{
    static const char heading[] = "ns";
    intptr_t count = (intptr_t)bench_size(bench, 20000000, 1000);
    struct spread spreads[K8_COLUMNS];
    struct sampling sampling = {.take = k8_sample,
                                .context = &count,
                                .columns = K8_COLUMNS,
                                .rounds = bench_size(bench, 7, 1)};
    int error = bench_sample(bench, &sampling, spreads, finding);
    struct k8_figures figures = {.step = spreads[RATIO]};
    finding_add(finding, heading, "a call", &spreads[CALL]);
    finding_add(finding, heading, "a generator's step", &spreads[STEP]);
    if (error != -ECANCELED)
        error = k8_race(bench, &figures, finding);
    finding_judge(finding, k8_judge(&figures));
    return error;
}

const struct claim claim_k8 = {
    .name = "K8",
    .slide = "generators: huge overhead (B, episode 3)",
    .says = "To run a handler as a generator, in steps, costs far more than "
            "the callbacks that it takes the place of.",
    .held = "a page costs at least twice the CPU that it costs with callbacks "
            "(kept connections, 64 in flight, answers at once: here it would "
            "show most).",
    .depends = "the language: here a frame is a struct and a step a jump, in "
               "CPython an object and an interpreter. And on what a page "
               "costs besides.",
    .seconds = 14,
    .measure = k8_measure,
};

/* ---- K11: what is held in memory ---- */

struct summing {
    intptr_t count;
    int (*run)(struct summing *summing);
    int64_t before, most; /* bytes */
    intptr_t sum;
};

static int look_at_sum(struct summing *summing)
{
    int64_t bytes = memory_pss(getpid());
    if (bytes > summing->most)
        summing->most = bytes;
    return bytes < 0 ? (int)bytes : 0;
}

static int add_up_lazily(struct summing *summing)
{
    enum { LOOKS = 10 };
    struct squares all = {.count = summing->count};
    struct generator *generator = frame_init(&all.frame, squares);
    struct outcome value;
    int error = 0;
    while (!error && generator_next(generator, &value)) {
        summing->sum += value.number;
        if (all.i % (summing->count / LOOKS + 1) == 0)
            error = look_at_sum(summing);
    }
    generator_drop(generator);
    return error;
}

static int add_up_an_array(struct summing *summing)
{
    intptr_t *values = calloc((size_t)summing->count, sizeof *values);
    if (!values)
        return -ENOMEM;
    for (intptr_t i = 0; i < summing->count; i++)
        values[i] = square(i).number;
    int error = look_at_sum(summing);
    for (intptr_t i = 0; i < summing->count; i++)
        summing->sum += values[i];
    free(values);
    return error;
}

/* The sum shows whether all squares were there. */
static int k11_sample(void *context, double *values)
{
    struct summing *summing = context;
    intptr_t n = summing->count - 1;
    int error = look_at_sum(summing);
    summing->before = summing->most;
    if (!error)
        error = summing->run(summing);
    values[0] = (double)(summing->most - summing->before);
    if (!error && summing->sum != n * (n + 1) / 2 * (2 * n + 1) / 3)
        error = -EBADMSG;
    return error;
}

static int add_up(struct bench *bench, struct finding *finding,
                  int (*run)(struct summing *summing), size_t count,
                  struct spread *bytes)
{
    struct summing summing = {.count = (intptr_t)count, .run = run};
    struct sampling sampling = {.take = k11_sample,
                                .context = &summing,
                                .columns = 1,
                                .rounds = bench_size(bench, 3, 1),
                                .counts = true,
                                .in_child = true};
    return bench_sample(bench, &sampling, bytes, finding);
}

static struct spread in_kib(struct spread spread)
{
    spread.median /= 1024;
    spread.min /= 1024;
    spread.max /= 1024;
    return spread;
}

static void add_kib(struct finding *finding, const char *label,
                    const struct spread *bytes)
{
    struct spread kib = in_kib(*bytes);
    finding_add(finding, "KiB more, at the peak", label, &kib);
}

static int k11_measure(struct bench *bench, struct finding *finding)
{
    size_t many = bench_size(bench, 1000000, 100000), few = many / 1000;
    struct k11_figures figures = {.squares = (double)many,
                                  .fewer = (double)few};
    int error =
        add_up(bench, finding, add_up_lazily, few, &figures.lazily_fewer);
    if (!error)
        error = add_up(bench, finding, add_up_lazily, many, &figures.lazily);
    if (!error)
        error =
            add_up(bench, finding, add_up_an_array, many, &figures.as_array);
    add_kib(finding, "generated, a thousandth", &figures.lazily_fewer);
    add_kib(finding, "generated, all", &figures.lazily);
    add_kib(finding, "as an array, all", &figures.as_array);
    finding_judge(finding, k11_judge(&figures));
    return error == -ECANCELED ? error : 0;
}

const struct claim claim_k11 = {
    .name = "K11",
    .slide = "generators hold no values in memory (A, Generators)",
    .says = "A generator makes each value when it is asked for, so however "
            "many there are they take no memory.",
    .held = "it adds up a million squares in less than a hundredth of the "
            "memory that an array of them takes.",
    .depends = "the size of a value (8 bytes here, an object of 32 in "
               "CPython), and that the values are not kept.",
    .seconds = 1,
    .measure = k11_measure,
};
