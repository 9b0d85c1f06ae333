/* SPDX-License-Identifier: MIT */
#include "harness/race/columns_internal.h"

#include "harness/race/cells.h"

#include <stdbool.h>
#include <string.h>

/* ---- cells ---- */

/* Down, or up, to parts of `scale`; a contestant may say any number, and one
 * that large has no such parts. */
static double rounded(double number, int scale, bool up)
{
    double scaled = number * scale;
    if (scaled >= 1e15)
        return number;
    double whole = (double)(long long)scaled;
    return (up && whole < scaled ? whole + 1 : whole) / scale;
}

/* The interval has one decimal less, since a line has 80 columns. It is rounded
 * outwards, so that the median is inside. */
static void spread_cell(char *text, struct spread spread)
{
    int places = cell_decimals(spread.median);
    int around = places ? places - 1 : 0;
    int scale = around == 2 ? 100 : around == 1 ? 10 : 1;
    double low = rounded(spread.low, scale, false);
    double high = rounded(spread.high, scale, true);
    if (spread.count == 0)
        cell_fill(text, "-");
    else if (spread.count == 1)
        cell_fill(text, "%.*f", places, spread.median);
    else
        cell_fill(text, "%.*f (%.*f–%.*f)", places, spread.median, around, low,
                  around, high);
}

/* ---- columns ---- */

/* For one page. */
static double wall(const struct record *record)
{
    return record->wall_s / (double)record->requests;
}

double column_reached(const struct record *record)
{
    return record->origin_max_in_flight;
}

static void name_cell(char *text, const struct row *row)
{
    cell_fill(text, "%s%s", row->contestant->name,
              row->contestant->peer ? "*" : "");
}

static double rate(const struct record *record)
{
    return (double)record->requests / record->wall_s;
}

static double pages(const struct record *record)
{
    return (double)record->requests;
}

/* If contestants had different numbers of requests, their times cannot be
 * compared. */
static void seconds_cell(char *text, const struct row *row)
{
    struct spread spread = ledger_spread(row->ledger, &row->selection, wall);
    double pages_of_all = (double)row->block->requests;
    spread.median *= pages_of_all;
    spread.low *= pages_of_all;
    spread.high *= pages_of_all;
    bool shown =
        !row->block->timed && !row->block->rate && !row->block->processes;
    spread_cell(text, shown ? spread : (struct spread){0});
    if (spread.disturbed && shown)
        cell_put_before(text, '!');
}

static void pages_cell(char *text, const struct row *row)
{
    struct spread spread = ledger_spread(row->ledger, &row->selection, pages);
    if (spread.count == 0 || !row->block->timed)
        cell_fill(text, "-");
    else
        cell_fill(text, "%.0f", spread.median);
}

static void rate_cell(char *text, const struct row *row)
{
    struct spread spread = ledger_spread(row->ledger, &row->selection, rate);
    if (spread.count == 0 || (!row->block->timed && !row->block->rate))
        cell_fill(text, "-");
    else
        cell_fill(text, "%s%.0f", spread.disturbed ? "!" : "", spread.median);
}

/* Marks figures that must not be quoted. */
static void mark_cell(char *text, struct spread spread)
{
    if (spread.too_short)
        cell_put_before(text, '~');
    if (spread.disturbed)
        cell_put_before(text, '!');
}

static void cpu_cell(char *text, const struct row *row)
{
    struct spread spread =
        ledger_spread(row->ledger, &row->selection, record_cpu_us);
    spread_cell(text, spread);
    mark_cell(text, spread);
}

/* The matching floor, if that was raced, too. */
static const char *floor_of(const struct row *row)
{
    const struct model *model = row->contestant->model;
    const char *own =
        model ? floors_name_for_family(model->family) : floor_epoll.name;

    for (size_t i = 0; i < row->plan->contestant_count; i++)
        if (!strcmp(row->plan->contestants[i].name, own))
            return own;
    return floor_epoll.name;
}

static void ratio_cell(char *text, const struct row *row)
{
    const char *names[STRATEGIES_MAX + 1];
    floors_strategies(floor_of(row), names);
    struct spread spread =
        ledger_ratio(row->ledger, &row->selection, names, record_cpu_us);
    if (spread.count == 0 || row->block->no_ratios) {
        cell_fill(text, "-");
        return;
    }
    cell_fill(text, "%.2f", spread.median);
    mark_cell(text, spread);
}

/* ---- open load, in milliseconds ---- */

static double in_ms(nanos span)
{
    return span < 0 ? NOT_KNOWN : nanos_as_milliseconds(span);
}

static double p50(const struct record *record)
{
    return in_ms(latencies_percentile(&record->latency, 0.5));
}

double column_p99(const struct record *record)
{
    return in_ms(latencies_percentile(&record->latency, 0.99));
}

static double p999(const struct record *record)
{
    return in_ms(latencies_percentile(&record->latency, 0.999));
}

static double p999_naive(const struct record *record)
{
    return in_ms(latencies_percentile(&record->latency_naive, 0.999));
}

static void latency_cell(char *text, const struct row *row,
                         record_figure *figure)
{
    struct spread spread = ledger_spread(row->ledger, &row->selection, figure);
    if (spread.count == 0)
        cell_fill(text, "-");
    else
        cell_fill(text, "%s%.*f", spread.disturbed ? "!" : "",
                  cell_decimals(spread.median), spread.median);
}

static void p50_cell(char *text, const struct row *row)
{
    latency_cell(text, row, p50);
}

static void p99_cell(char *text, const struct row *row)
{
    latency_cell(text, row, column_p99);
}

static void p999_cell(char *text, const struct row *row)
{
    latency_cell(text, row, p999);
}

static void naive_cell(char *text, const struct row *row)
{
    latency_cell(text, row, p999_naive);
}

bool column_is_held(const struct block *block)
{
    return block->delay || block->processes;
}

static void in_flight_cell(char *text, const struct row *row)
{
    size_t asked = plan_concurrency(row->contestant, row->block);
    struct spread seen =
        ledger_spread(row->ledger, &row->selection, column_reached);
    /* A prebuilt answer leaves before the next request is read, so the origin
     * cannot see how many are in flight. */
    if (seen.count == 0 || !column_is_held(row->block))
        cell_fill(text, "%zu", asked);
    else
        cell_fill(text, "%.0f/%zu", seen.median, asked);
}

static void errors_cell(char *text, const struct row *row)
{
    size_t errors = 0, failed = 0;
    for (size_t i = 0; i < row->ledger->count; i++) {
        const struct record *record = &row->ledger->records[i];
        if (!selection_has(&row->selection, record))
            continue;
        errors += record->errors;
        failed += !record_is_good(record) && record->errors == 0;
    }
    if (failed)
        cell_fill(text, "failed");
    else
        cell_fill(text, "%zu", errors);
}

/* ---- connections at one moment ---- */

static double filled(const struct record *record)
{
    return record->filled_s;
}

static double kib(const struct record *record)
{
    return record->peak_pss_bytes < 0 ? NOT_KNOWN
                                      : record->peak_pss_bytes / 1024;
}

static void simultaneous_cell(char *text, const struct row *row,
                              record_figure *figure)
{
    struct spread spread = {0};
    if (row->block->processes)
        spread = ledger_spread(row->ledger, &row->selection, figure);
    if (spread.count == 0)
        cell_fill(text, "-");
    else
        cell_fill(text, "%.*f", cell_decimals(spread.median), spread.median);
}

static void filled_cell(char *text, const struct row *row)
{
    simultaneous_cell(text, row, filled);
}

static void bytes_cell(char *text, const struct row *row)
{
    simultaneous_cell(text, row, record_bytes_each);
}

/* ---- memory ---- */

static double processes(const struct record *record)
{
    return record->processes_max;
}

static double threads(const struct record *record)
{
    return record->threads_max;
}

/* From its round for memory; from its own runs if memory is measured in
 * each. */
static double at_peak(const struct row *row, record_figure *figure)
{
    const struct record *memory =
        ledger_memory(row->ledger, row->contestant->name, row->block->level);
    if (row->block->processes)
        return ledger_spread(row->ledger, &row->selection, figure).median;
    return memory ? figure(memory) : NOT_KNOWN;
}

static void memory_cell(char *text, const struct row *row)
{
    double peak = at_peak(row, kib);
    if (peak < 0)
        cell_fill(text, "-");
    else
        cell_fill(text, "%.0f", peak);
}

static void workers_cell(char *text, const struct row *row)
{
    double most = at_peak(row, threads);
    if (most < 0)
        cell_fill(text, "-");
    else
        cell_fill(text, "%.0f/%.0f", at_peak(row, processes), most);
}

const struct column columns[COLUMNS] = {
    {"model", name_cell, false},
    {"seconds", seconds_cell, false},
    {"s until all", filled_cell, false},
    {"pages", pages_cell, false},
    {"pages/s", rate_cell, false},
    {"p50 ms", p50_cell, false},
    {"p99", p99_cell, false},
    {"p99.9", p999_cell, false},
    {"naive p99.9", naive_cell, false},
    {"CPU µs/req", cpu_cell, false},
    {"×floor", ratio_cell, true},
    {"in flight", in_flight_cell, false},
    {"err", errors_cell, false},
    {"KiB", memory_cell, false},
    {"B each", bytes_cell, false},
    {"pr/thr", workers_cell, false},
};
