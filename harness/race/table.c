/* SPDX-License-Identifier: MIT */
#include "harness/race/table.h"

#include "harness/race/cells.h"
#include "harness/race/columns_internal.h"

#include <stdbool.h>
#include <string.h>

/* Only what is in a table is explained. */
struct legend {
    bool ratios;
    bool too_short;
    bool disturbed;
    bool open;
    bool simultaneous;
    bool peers;
};

/* Where a block is printed, and how wide its columns are: 0 for an empty one,
 * so that the table fits 80 columns. */
struct table {
    FILE *out;
    struct legend *legend;
    int widths[COLUMNS];
};

static void measure_row(struct table *table, const struct row *row)
{
    char text[CELL_SIZE];
    for (int i = 0; i < COLUMNS; i++) {
        columns[i].fill(text, row);
        int width = cell_width(text), title = cell_width(columns[i].title);
        if (!strcmp(text, "-"))
            continue;
        width = width > title ? width : title;
        table->widths[i] = width > table->widths[i] ? width : table->widths[i];
    }
}

/* The first column has names, aligned to the left. */
static void print_column(const struct table *table, int i, const char *text)
{
    if (!table->widths[i])
        return;
    cell_print(table->out, i ? table->widths[i] + 1 : -table->widths[i], text);
}

static void print_row(struct table *table, const struct row *row)
{
    char text[CELL_SIZE];
    for (int i = 0; i < COLUMNS; i++) {
        columns[i].fill(text, row);
        print_column(table, i, text);
    }
    fputc('\n', table->out);
}

static void print_head(FILE *out, const struct block *block)
{
    fprintf(out, "\n%s: ", block->name);
    if (block->processes) {
        fprintf(out,
                "%zu connections at one moment, in %zu process%s, a page "
                "each%s, %d round%s\n",
                block->level, block->processes,
                block->processes == 1 ? "" : "es", block->tls ? ", TLS" : "",
                block->rounds_done, block->rounds_done == 1 ? "" : "s");
        return;
    }
    if (!block->timed)
        fprintf(out, "%zu page%s, ", block->requests,
                block->requests == 1 ? "" : "s");
    fprintf(out, "%zu in flight, ", block->level);
    if (block->delay)
        fprintf(out, "%g ms each, ", nanos_as_milliseconds(block->delay));
    else if (!block->elsewhere)
        fprintf(out, "prebuilt answers, ");
    if (block->rate)
        fprintf(out, "%zu due a second, ", block->rate);
    if (block->burst > 1)
        fprintf(out, "%zu at a time, ", block->burst);
    if (block->work)
        fprintf(out, "%g ms of work each, ",
                nanos_as_milliseconds(block->work));
    fprintf(out, "%s%s%s, %d round%s\n",
            block->keep_alive ? "kept connections" : "a connection each",
            block->tls ? ", TLS" : "", block->pinned ? ", pinned" : "",
            block->rounds_done, block->rounds_done == 1 ? "" : "s");
}

static void print_titles(const struct table *table)
{
    for (int i = 0; i < COLUMNS; i++)
        print_column(table, i, columns[i].title);
    fputc('\n', table->out);
}

/* ---- notes needed to read it ---- */

static double limited(const struct record *record)
{
    return record->origin_limited ? 1 : NOT_KNOWN;
}

static double keeps(const struct record *record)
{
    return record->keep_alive ? 1 : 0;
}

static void print_notes(struct table *table, const struct row *row)
{
    FILE *out = table->out;
    struct spread kept = ledger_spread(row->ledger, &row->selection, keeps);
    const char *name = row->contestant->name;
    size_t asked = plan_concurrency(row->contestant, row->block);
    struct spread seen =
        ledger_spread(row->ledger, &row->selection, column_reached);
    struct spread busy = ledger_spread(row->ledger, &row->selection, limited);

    if (asked != row->block->level)
        fprintf(out, "  %s ran at %zu in flight: its cost is not comparable\n",
                name, asked);
    if (row->block->keep_alive && kept.count && kept.max < 1)
        fprintf(out, "  %s keeps no connection: it opened one each\n", name);
    if (row->contestant->peer && row->contestant->peer->by_time &&
        !row->block->timed)
        fprintf(out,
                "  %s runs for a time: its seconds are those of as many pages "
                "as all others\n",
                name);
    if (column_is_held(row->block) && !row->block->rate && seen.count &&
        seen.median < (double)asked)
        fprintf(out, "  %s reached %.0f in flight instead of %zu\n", name,
                seen.median, asked);
    if (busy.count)
        fprintf(out,
                "  %s: the origin was the limit in %zu run%s (over 80%% "
                "busy)\n",
                name, busy.count, busy.count == 1 ? "" : "s");
}

/* In doublings of a millisecond, over all rounds that count. */
static void print_histogram(struct table *table, const struct row *row)
{
    enum { MOST = 16 };
    double counts[MOST] = {0}, total = 0;

    for (size_t i = 0; i < row->ledger->count; i++) {
        const struct record *record = &row->ledger->records[i];
        if (!selection_has(&row->selection, record) || !record_is_good(record))
            continue;
        nanos from = 0, to = NANOS_PER_MILLISECOND;
        for (int j = 0; j < MOST; j++, from = to, to *= 2)
            counts[j] += (double)latencies_between(&record->latency, from,
                                                   j == MOST - 1 ? NEVER : to);
        total += (double)record->latency.total;
    }
    fprintf(table->out, "  %s:", row->contestant->name);
    for (int j = 0; j < MOST; j++)
        if (counts[j] > 0)
            fprintf(table->out, " %.3g under %d ms", 100 * counts[j] / total,
                    1 << j);
    fputc('\n', table->out);
}

/* The highest rate that each contestant has kept up with. */
static void print_ramp(FILE *out, const struct plan *plan,
                       const struct ledger *ledger)
{
    bool titled = false;

    for (size_t i = 0; i < plan->contestant_count; i++) {
        const struct contestant *contestant = &plan->contestants[i];
        const struct record *held = NULL;
        for (size_t j = 0; j < ledger->count; j++) {
            const struct record *record = &ledger->records[j];
            if (!strcmp(record->model, contestant->name) && record->rate > 0 &&
                !strncmp(record->block, "ramp-", 5) &&
                !(contestant->broke_at &&
                  (size_t)record->rate >= contestant->broke_at) &&
                (!held || record->rate > held->rate))
                held = record;
        }
        if (!held && !contestant->broke_at)
            continue;
        if (!titled)
            fputs("\nramp: the highest rate at which 99 of 100 answers were no "
                  "more than 100 ms late\n",
                  out);
        titled = true;
        fprintf(out, "  %-16s", contestant->name);
        if (held)
            fprintf(out, " %7.0f a second, 99 of 100 within %.3g ms%s",
                    held->rate, column_p99(held),
                    held->disturbed[0] ? " !" : "");
        else
            fputs(" none", out);
        if (contestant->broke_at)
            fprintf(out, "; broke at %zu\n", contestant->broke_at);
        else
            fputs("; did not break\n", out);
    }
}

static void for_each_row(struct table *table, const struct plan *plan,
                         const struct ledger *ledger, const struct block *block,
                         void (*call)(struct table *table,
                                      const struct row *row))
{
    for (size_t i = 0; i < plan->contestant_count; i++) {
        const struct contestant *contestant = &plan->contestants[i];
        struct row row = {plan,
                          ledger,
                          contestant,
                          block,
                          {contestant->name, block->name, block->level}};
        for (size_t j = 0; j < ledger->count; j++)
            if (selection_has(&row.selection, &ledger->records[j])) {
                call(table, &row);
                break;
            }
    }
}

static void print_legend(FILE *out, const struct legend *legend)
{
    fprintf(out,
            "\nMedians over the rounds (where that of another such race may be "
            "expected, 19\ntimes in 20); CPU per request. In flight: as the "
            "origin saw it, of how many were\nasked for. err: errors. KiB of "
            "memory (PSS), processes/threads: at the peak%s.\n",
            legend->simultaneous ? "" : ",\nin a round of their own");
    if (legend->ratios)
        fputs("×floor: CPU per request divided by that of the floor of its "
              "kind (if that was\nnot raced, of floor-epoll or -late, the "
              "lesser of the two), round by round.\n",
              out);
    if (legend->too_short)
        fprintf(out,
                "~: from runs with less than %g s of CPU, too short to be "
                "quoted.\n",
                FIGURE_CPU_S);
    if (legend->open)
        fputs("p50, p99, p99.9: 50, 99, 99.9 of 100 answers took no longer "
              "than this, counted\nfrom when the request was due; naive: from "
              "when the client began with it, though\nit was late. Below: how "
              "many of 100 answers took how long.\n",
              out);
    if (legend->simultaneous)
        fputs("s until all: how long after the first request all were in "
              "flight at one moment,\nand memory was looked at; only then a "
              "page was served. B each: bytes for a\nconnection, without what "
              "the processes had before.\n",
              out);
    if (legend->peers)
        fputs("*: a peer, for comparison, not a model of this lab; for a tool, "
              "without the cost\nof its start.\n",
              out);
    if (legend->disturbed)
        fputs(
            "!: fewer than three of its runs were undisturbed, so all of them "
            "count.\n",
            out);
}

static double lost(const struct record *record)
{
    return (record->steal_s + record->throttled_s + record->other_cpu_s) /
           record->wall_s;
}

/* How often the machine disturbed runs, and the worst case. */
static void print_disturbed(FILE *out, const struct ledger *ledger)
{
    const struct record *worst = NULL;
    size_t disturbed = 0, repeated = 0;

    for (size_t i = 0; i < ledger->count; i++) {
        const struct record *record = &ledger->records[i];
        repeated += record->attempt > 1;
        if (!record->disturbed[0])
            continue;
        disturbed++;
        if (!worst || lost(record) > lost(worst))
            worst = record;
    }
    if (worst)
        fprintf(out,
                "\nThe machine disturbed %zu of %zu runs; %zu were "
                "repetitions. A disturbed run\ncounts only where fewer than "
                "three others are left.\nThe worst, of %s:\n%s.\n",
                disturbed, ledger->count, repeated, worst->model,
                worst->disturbed);
}

static void note_cells(struct table *table, const struct row *row)
{
    char text[CELL_SIZE];
    table->legend->peers |= row->contestant->peer != NULL;
    for (int i = 0; i < COLUMNS; i++) {
        columns[i].fill(text, row);
        table->legend->too_short |= strchr(text, '~') != NULL;
        table->legend->disturbed |= strchr(text, '!') != NULL;
        table->legend->ratios |= columns[i].is_ratio && strcmp(text, "-") != 0;
    }
}

void table_print(FILE *out, const struct plan *plan,
                 const struct ledger *ledger)
{
    struct legend legend = {0};
    for (size_t i = 0; i < plan->block_count; i++) {
        const struct block *block = &plan->blocks[i];
        if (block->memory || block->calls || block->ramp ||
            block->rounds_done == 0)
            continue;
        legend.open |= block->rate > 0;
        legend.simultaneous |= block->processes > 0;
        struct table table = {.out = out, .legend = &legend};
        for_each_row(&table, plan, ledger, block, measure_row);
        for_each_row(&table, plan, ledger, block, note_cells);
        if (plan->url)
            fprintf(out, "\nFrom %s:", plan->url);
        print_head(out, block);
        print_titles(&table);
        for_each_row(&table, plan, ledger, block, print_row);
        for_each_row(&table, plan, ledger, block, print_notes);
        if (block->rate)
            for_each_row(&table, plan, ledger, block, print_histogram);
    }
    print_ramp(out, plan, ledger);
    print_legend(out, &legend);
    print_disturbed(out, ledger);
}
