/* SPDX-License-Identifier: MIT */
#include "base/answer.h"
#include "base/clock.h"
#include "base/processors.h"
#include "harness/inquiry.h"
#include "harness/race/calls.h"
#include "harness/race/command.h"
#include "harness/race/gate.h"
#include "harness/race/launch.h"
#include "harness/race/memory.h"
#include "harness/race/ports.h"
#include "harness/race/race.h"
#include "harness/race/taken.h"
#include "harness/race/tool.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

/* How often memory is measured: not too often, because that disturbs the run;
 * not too seldom, because a page waits for as little as 150 ms. */
static const nanos look_every = 10 * NANOS_PER_MILLISECOND;

int race_pin(const struct race *race, bool pinned)
{
    if (!pinned)
        return witness_pin(&race->witness, -1);
    int processor = processors_from_last(1);
    return processor < 0 ? -ENODEV : witness_pin(&race->witness, processor);
}

static void look(void *context, pid_t group)
{
    memory_sample(context, group);
}

/* What the race does while a run goes on. */
struct observer {
    void (*look)(void *context, pid_t group); /* NULL: it does nothing */
    void *context;
    nanos every;
};

static const struct observer no_observer = {0};

static struct observer observer_of(const struct block *block,
                                   struct memory_peak *peak, struct gate *gate)
{
    if (block->processes)
        return (struct observer){gate_look, gate, GATE_LOOKS_EVERY};
    return block->memory ? (struct observer){look, peak, look_every}
                         : no_observer;
}

static void note_memory(struct record *record, const struct memory_peak *peak)
{
    if (!peak->samples)
        return;
    record->peak_pss_bytes = (double)peak->pss_bytes;
    record->memory_samples = (double)peak->samples;
    record->processes_max = (double)peak->processes;
    record->threads_max = (double)peak->threads;
    record->descriptors_max = (double)peak->descriptors;
}

static void note_taken(struct race *race, struct record *record,
                       const struct block *block, const struct moment *before,
                       const struct moment *after)
{
    struct taken taken = taken_between(before, after);
    if (race->best_step_ns == 0 || taken.step_ns < race->best_step_ns)
        race->best_step_ns = taken.step_ns;
    record->step_ns = taken.step_ns;
    record->steal_s = taken.steal_s;
    record->throttled_s = taken.throttled_s;
    record->other_cpu_s = taken.other_s;
    record->interrupts = taken.interrupts;
    record->mhz = machine_mhz();
    /* The server is one of the "other programs". */
    if (block->elsewhere)
        taken.other_s = 0;
    taken_explain(&taken, race->best_step_ns, record->disturbed,
                  sizeof record->disturbed);
    /* Memory is not changed by what other programs do. */
    if (block->memory)
        record->disturbed[0] = '\0';
}

static void note_question(struct record *record,
                          const struct contestant *contestant,
                          const struct block *block, int round)
{
    record_init(record);
    snprintf(record->model, sizeof record->model, "%s", contestant->name);
    snprintf(record->block, sizeof record->block, "%s", block->name);
    record->level = block->level;
    record->concurrency = plan_concurrency(contestant, block);
    record->requests = plan_requests(contestant, block);
    record->round = round;
    record->attempt = 1;
    record->delay_s = nanos_as_seconds(block->delay);
    record->rate = (double)block->rate;
    record->burst = block->burst;
    record->processes = block->processes;
    record->work_s = nanos_as_seconds(block->work);
    record->keep_alive = block->keep_alive && contestant_keeps(contestant);
}

/* Reads the contestant's report, or notes why there is none. */
static void note_answer(struct record *record,
                        const struct launch_outcome *outcome)
{
    char why[160];

    bool failed = launch_explain(outcome, why, sizeof why);
    int error =
        buffer_lacks(&outcome->output)
            ? -ENOMEM
            : record_report_read(record, buffer_slice(&outcome->output));
    if (error == -ENOMEM)
        snprintf(record->error, sizeof record->error,
                 "there is no memory to read its report");
    else if (error)
        snprintf(record->error, sizeof record->error, "%s",
                 failed ? why : "it did not report as a contestant does");
    else if (failed && !record->error[0])
        snprintf(record->error, sizeof record->error, "%s", why);
}

/* A generous limit: a contestant may take many times as long as we guess. */
static nanos patience(const struct contestant *contestant,
                      const struct block *block)
{
    return nanos_from_seconds(20 + 20 * plan_estimate(contestant, block));
}

int race_count_calls(struct race *race, const struct contestant *contestant,
                     struct block *block, double *calls)
{
    uint64_t counts[2] = {0};
    const size_t requests = plan_requests(contestant, block);
    int error = 0;

    for (size_t i = 0; i < 2 && !error; i++) {
        struct arguments words;
        struct record record;
        note_question(&record, contestant, block, 1);
        block->seats[contestant->place].requests = (i + 1) * requests;
        error =
            command_compose(&words, race, contestant, block, &record, "calls");
        if (!error)
            error = calls_count(command_program(race, contestant), words.list,
                                &counts[i]);
        arguments_deinit(&words);
    }
    block->seats[contestant->place].requests = requests;
    *calls = ((double)counts[1] - (double)counts[0]) / (double)requests;
    return error;
}

int race_measure_client(struct race *race, struct contestant *contestant)
{
    /* Long enough that even a single-stepped client has to wait. In the end one
     * request begins when another one ends. */
    struct block block = {.name = "client",
                          .level = 1,
                          .requests = 4,
                          .delay = 50 * NANOS_PER_MILLISECOND,
                          .tls = race->plan.tls};
    const struct client_source *source =
        contestant->model && !contestant->program
            ? client_source_of(contestant->model->name)
            : NULL;
    struct arguments words;
    struct record record;

    if (!source)
        return -ENODEV;
    int error = client_size_read(&contestant->size, source);
    if (error)
        return error;
    note_question(&record, contestant, &block, 1);
    error =
        command_compose(&words, race, contestant, &block, &record, "client");
    if (!error) {
        arguments_add(&words, "--stops");
        arguments_add(&words, "--warm-requests=0");
        error = client_size_pass(&contestant->size, source,
                                 command_program(race, contestant), words.list);
    }
    arguments_deinit(&words);
    return error;
}

/* ---- Ctrl-\ ---- */

struct question {
    const struct race *race;
    const struct record *record;
    pid_t group;
    nanos began, left;
};

static void tell(void *context, FILE *out)
{
    const struct question *question = context;
    const struct record *record = question->record;
    fprintf(out,
            "race: turn %d of %d (%s, round %d): waits for %s, %zu in flight, "
            "process %d, for %.3f s; it may take %.0f s more\n",
            question->race->progress.turns,
            question->race->progress.turns_expected, record->block,
            record->round, record->model, record->concurrency, question->group,
            nanos_as_seconds(monotonic_now() - question->began),
            nanos_as_seconds(question->left));
}

/* Contestants are not asked themselves, because the code that answers would be
 * measured. */
static void answer(void *context, pid_t group, nanos left)
{
    struct question *question = context;
    question->group = group;
    question->left = left;
    answer_write(tell, question);
}

/* Our own contestants pin themselves. */
static int processor_of(const struct contestant *contestant,
                        const struct record *record)
{
    return contestant->peer && record->pinned ? processors_from_last(0) : -1;
}

static int launch(struct race *race, const struct contestant *contestant,
                  const struct block *block, const char *run,
                  const struct record *record, struct observer observer,
                  struct launch_outcome *outcome)
{
    struct arguments words;

    int status = command_compose(&words, race, contestant, block, record, run);
    if (status < 0)
        return status;
    struct question question = {race, record, 0, monotonic_now(), 0};
    struct launch launch = {
        .program = command_program(race, contestant),
        .arguments = words.list,
        .timeout = patience(contestant, block),
        .stop_fd = race->cancel.fd,
        .processor = processor_of(contestant, record),
        .sample = observer.look,
        .sample_context = observer.context,
        .sample_every = observer.every,
        .asked_fd = race->asked_fd,
        .asked = answer,
        .asked_context = &question,
    };
    status = launch_run(&launch, outcome);
    arguments_deinit(&words);
    return status;
}

/* Waits for that long, or until Ctrl-C. */
static void wait_a_moment(const struct race *race, int milliseconds)
{
    struct pollfd stop = {.fd = race->cancel.fd, .events = POLLIN};
    poll(&stop, 1, milliseconds);
}

/* Prints that it waits, if this takes a moment. */
static void wait_for_ports(struct race *race,
                           const struct contestant *contestant,
                           const struct block *block)
{
    enum { SECONDS_MAX = 65 }; /* after a minute all ports are free */
    size_t origins = race->witness.count;
    size_t connections = plan_connections(contestant, block) / origins;
    int most = race->plan.quick ? 5 : SECONDS_MAX;

    /* Not for a server that is not ours: connections in TIME_WAIT are hardly
     * ever to it, and it has no other address. */
    if (block->elsewhere)
        return;

    for (int waited = 0; waited < most; waited++) {
        size_t waiting = ports_waiting();
        if (ports_have_room(waiting / origins, connections,
                            race->witness.addresses) ||
            cancel_requested(&race->cancel))
            return;
        if (waited == 0)
            progress_say(&race->progress,
                         "race: waits until %zu earlier connections have "
                         "given back their ports, at most %d seconds",
                         waiting, most);
        wait_a_moment(race, 1000);
    }
}

/* The origin still has to close connections that the contestant left open.
 * Waits for that, so that it is over before the next run. */
static void ask_witness(struct race *race, const char *run,
                        struct record *record)
{
    enum { LOOKS = 200, PAUSE_MS = 5 };
    double open = 1;

    for (int i = 0; i < LOOKS && open > 0 && !race->broken; i++) {
        if (i)
            wait_a_moment(race, PAUSE_MS);
        race->broken = witness_ask(&race->witness, run, record, &open);
        if (cancel_requested(&race->cancel))
            break;
    }
}

static bool is_tool(const struct contestant *contestant)
{
    return contestant->peer && !contestant->peer->script;
}

/* The cost of the start is not a part of the cost of a page: a run that fetches
 * one page shows how much it is. */
static int launch_start(struct race *race, const struct contestant *contestant,
                        const struct record *record,
                        struct launch_outcome *start)
{
    struct block one = {.name = "start", .level = 1, .requests = 1};
    if (!is_tool(contestant) || contestant->peer->by_time)
        return 0;
    return launch(race, contestant, &one, NULL, record, no_observer, start);
}

/* A run as short as the start of its program has no rate. */
static void note_no_time(struct record *record)
{
    if (record_is_good(record) && record->wall_s <= 0)
        snprintf(record->error, sizeof record->error,
                 "it took no time that could be measured");
}

/* One run. `stopped`: the run was cut off, and nothing is known. */
static int run_once(struct race *race, struct contestant *contestant,
                    const struct block *block, struct record *record,
                    bool *stopped)
{
    struct memory_peak peak = {0};
    struct launch_outcome outcome = {0}, start = {0};
    struct moment before, after;
    struct gate gate = {0};
    char run[32];

    snprintf(run, sizeof run, "r%d", ++race->runs);
    record->pinned = race_pin(race, block->pinned) == 0 && block->pinned;
    wait_for_ports(race, contestant, block);
    record->time_wait = (double)ports_waiting();
    if (block->processes)
        gate_init(&gate, &race->witness, run, record->requests, &peak);
    witness_read_moment(&race->witness, record->pinned, &before);
    int status = launch_start(race, contestant, record, &start);
    if (status == 0)
        status = launch(race, contestant, block, run, record,
                        observer_of(block, &peak, &gate), &outcome);
    *stopped = outcome.end == LAUNCH_STOPPED;
    race->next_address = command_next_address(race, contestant, block);
    witness_read_moment(&race->witness, record->pinned, &after);
    if (status == 0 && !*stopped) {
        if (is_tool(contestant))
            tool_note(record, contestant->peer, &outcome, &start);
        else
            note_answer(record, &outcome);
        note_memory(record, &peak);
        note_taken(race, record, block, &before, &after);
        contestant->out = record->finished == 0;
        ask_witness(race, run, record);
        if (block->processes)
            gate_note(&gate, record);
        if (contestant->peer && !race->broken && !block->elsewhere)
            tool_doubt(record);
        note_no_time(record);
    }
    buffer_deinit(&outcome.output);
    buffer_deinit(&start.output);
    return status;
}

/* True when the run was too short, and a run with more requests would be long
 * enough. */
static bool needs_more(struct block *block, const struct contestant *contestant,
                       const struct record *record)
{
    bool by_time = contestant->peer && contestant->peer->by_time;
    if (!block->timed || by_time || !record_is_good(record))
        return false;
    size_t enough = plan_enough(record->requests, record_cpu_s(record),
                                record->wall_s, block->most_s);
    block->seats[contestant->place].requests = enough;
    return plan_requests(contestant, block) > record->requests;
}

/* A run that turned out to be too short was only a try, and is not booked. */
static int run_long_enough(struct race *race, struct contestant *contestant,
                           struct block *block, struct record *record,
                           bool *stopped)
{
    enum { TRIES = 4 };
    const struct record asked = *record;
    bool again = true;
    int status = 0;

    for (int i = 0; again && status == 0; i++) {
        *record = asked;
        record->requests = plan_requests(contestant, block);
        status = run_once(race, contestant, block, record, stopped);
        again = !*stopped && !race->broken && i < TRIES &&
                needs_more(block, contestant, record);
    }
    return status;
}

static bool is_worth_repeating(const struct race *race,
                               const struct record *record, double took_s)
{
    return record->disturbed[0] && record_is_good(record) &&
           record->attempt < ATTEMPTS_MAX && took_s < race->spare_s &&
           !race->broken && !cancel_requested(&race->cancel);
}

/* Spoiled runs are booked, too: the ledger can tell them apart. */
static int run_undisturbed(struct race *race, struct contestant *contestant,
                           struct block *block, int round)
{
    struct record record;
    bool stopped = false, again = true;
    int status = 0;

    for (int attempt = 1; again && status == 0; attempt++) {
        nanos began = monotonic_now();
        note_question(&record, contestant, block, round);
        record.attempt = attempt;
        status = run_long_enough(race, contestant, block, &record, &stopped);
        if (status < 0 || stopped)
            break;
        status = ledger_add(&race->ledger, &record);
        if (record.error[0])
            progress_say(&race->progress, "race: %s, %s, %zu in flight: %s",
                         record.model, record.block, record.concurrency,
                         record.error);
        double took_s = nanos_as_seconds(monotonic_now() - began);
        if (attempt > 1)
            race->spare_s -= took_s;
        again = is_worth_repeating(race, &record, took_s);
    }
    if (block->ramp && !stopped && plan_broke(block, &record))
        contestant->broke_at = block->rate;
    return status;
}

/* A round in which system calls are counted. */
static int count_calls(struct race *race, const struct contestant *contestant,
                       struct block *block, int round)
{
    struct record record;
    double calls = NOT_KNOWN;

    note_question(&record, contestant, block, round);
    wait_for_ports(race, contestant, block);
    int error = race_count_calls(race, contestant, block, &calls);
    race->next_address = command_next_address(race, contestant, block);
    if (cancel_requested(&race->cancel))
        return 0;
    if (error == -EPERM) {
        progress_say(&race->progress,
                     "race: system calls are not counted: this machine does "
                     "not allow tracing other programs");
        for (size_t i = 0; i < race->plan.block_count; i++)
            if (race->plan.blocks[i].calls)
                race->plan.blocks[i].rounds = 0;
        return 0;
    }
    if (error) { /* other rounds show whether it runs well */
        progress_say(&race->progress,
                     "race: the system calls of %s could not be counted: %s",
                     contestant->name, strerror(-error));
        return 0;
    }
    record.finished = record.requests;
    record.system_calls = calls;
    return ledger_add(&race->ledger, &record);
}

int race_turn(struct race *race, struct contestant *contestant,
              struct block *block, int round)
{
    struct seat *seat = &block->seats[contestant->place];
    nanos began = monotonic_now();
    int status = block->calls ? count_calls(race, contestant, block, round)
                              : run_undisturbed(race, contestant, block, round);
    seat->turns++;
    seat->took_s = nanos_as_seconds(monotonic_now() - began);
    return status;
}
