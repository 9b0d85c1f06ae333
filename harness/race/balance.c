/* SPDX-License-Identifier: MIT */
#include "harness/race/balance.h"

#include "harness/race/cells.h"

#include <string.h>

static const char base_name[] = "sequential";

/* ---- figures ---- */

/* Whose figures, and in which block. */
struct account {
    const struct plan *plan;
    const struct ledger *ledger;
    const struct contestant *contestant;
    const struct block *block;
};

static double wall_s(const struct record *record)
{
    return record->wall_s / (double)record->requests;
}

static double cpu_s(const struct record *record)
{
    return record_cpu_s(record) / (double)record->requests;
}

/* How often it was woken, which is how often it slept. */
static double wakeups(const struct record *record)
{
    return record->switches_voluntary < 0
               ? NOT_KNOWN
               : record->switches_voluntary / (double)record->requests;
}

static double preempted(const struct record *record)
{
    return record->switches_involuntary < 0
               ? NOT_KNOWN
               : record->switches_involuntary / (double)record->requests;
}

/* Interrupts of the whole machine, with those for the origin. */
static double interrupts(const struct record *record)
{
    return record->interrupts < 0
               ? NOT_KNOWN
               : record->interrupts / (double)record->requests;
}

static double calls(const struct record *record)
{
    return record->system_calls;
}

static double memory(const struct record *record)
{
    return record->peak_pss_bytes;
}

static double processes(const struct record *record)
{
    return record->processes_max;
}

static double threads(const struct record *record)
{
    return record->threads_max;
}

static double descriptors(const struct record *record)
{
    return record->descriptors_max;
}

typedef const struct record *round_apart(const struct ledger *ledger,
                                         const char *model, size_t level);

static const struct figure {
    const char *title, *key; /* on the screen, and in JSON */
    double scale; /* what the screen shows is `scale` times as much */
    record_figure *of;
    round_apart *apart; /* it comes from one round; NULL: from the block's */
} figures[] = {
    {"ms", "wall_s", 1e3, wall_s, NULL},
    {"CPU µs", "cpu_s", 1e6, cpu_s, NULL},
    {"woken", "wakeups", 1, wakeups, NULL},
    {"preempt", "preempted", 1, preempted, NULL},
    {"intr", "interrupts", 1, interrupts, NULL},
    {"calls", "system_calls", 1, calls, ledger_calls},
    {"KiB", "peak_pss_bytes", 1.0 / 1024, memory, ledger_memory},
    {"proc", "processes", 1, processes, ledger_memory},
    {"thr", "threads", 1, threads, ledger_memory},
    {"fds", "descriptors", 1, descriptors, ledger_memory},
};

enum { FIGURES = sizeof figures / sizeof *figures };

static struct spread figure_of(const struct figure *figure,
                               const struct account *account)
{
    const char *name = account->contestant->name;
    size_t level = account->block->level;
    struct selection selection = {name, account->block->name, level};

    if (!figure->apart)
        return ledger_spread(account->ledger, &selection, figure->of);
    const struct record *record = figure->apart(account->ledger, name, level);
    /* With one request in flight, it needs as much memory at one level as at
     * another. */
    for (size_t i = 0; !record && figure->apart == ledger_memory &&
                       !contestant_overlaps(account->contestant) &&
                       i < account->plan->block_count;
         i++)
        record = ledger_memory(account->ledger, name,
                               account->plan->blocks[i].level);
    double value = record ? figure->of(record) : NOT_KNOWN;
    return spread_of(&value, value >= 0);
}

static bool has_run(const struct account *account)
{
    return figure_of(&figures[0], account).count > 0;
}

/* ---- the base case ---- */

static bool is_alike(const struct block *a, const struct block *b)
{
    return !a->memory && !a->calls && a->rate == b->rate &&
           a->delay == b->delay && a->work == b->work &&
           a->keep_alive == b->keep_alive && a->tls == b->tls &&
           a->pinned == b->pinned;
}

/* A model without overlap costs the same at every level, so if it was left out
 * of a block, another block's figures are used. False if there are none. */
static bool find_base(const struct account *account, struct account *base)
{
    const struct plan *plan = account->plan;
    *base = *account;
    base->contestant = NULL;
    for (size_t i = 0; i < plan->contestant_count; i++)
        if (!strcmp(plan->contestants[i].name, base_name))
            base->contestant = &plan->contestants[i];
    if (!base->contestant || has_run(base))
        return base->contestant;
    for (size_t i = 0; i < plan->block_count; i++) {
        base->block = &plan->blocks[i];
        if (is_alike(base->block, account->block) && has_run(base))
            return true;
    }
    return false;
}

/* ---- on a screen ---- */

struct sheet {
    FILE *out;
    int widths[FIGURES + 1]; /* 0: nothing is there; the last: names */
};

static void value_cell(char text[CELL_SIZE], double value, bool difference)
{
    int decimals = cell_decimals(value);
    if (difference && value != 0)
        cell_fill(text, "%s%.*f", value < 0 ? "−" : "+", decimals,
                  value < 0 ? -value : value);
    else
        cell_fill(text, "%.*f", decimals, value);
    /* Counts are shown without decimals. */
    char *point = strchr(text, '.');
    if (point && strspn(point + 1, "0") == strlen(point + 1))
        *point = '\0';
}

static void name_cell(char text[CELL_SIZE], const struct contestant *contestant)
{
    cell_fill(text, "%s%s", contestant->name, contestant->peer ? "*" : "");
}

/* Prints figures, less those of `base` unless that is NULL. The marks are those
 * of the other tables. */
static void figure_cell(char text[CELL_SIZE], const struct figure *figure,
                        const struct account *account,
                        const struct account *base)
{
    struct spread own = figure_of(figure, account);
    struct spread other = base ? figure_of(figure, base) : (struct spread){0};

    if (!own.count || (base && !other.count)) {
        cell_fill(text, "-");
        return;
    }
    value_cell(text, figure->scale * (own.median - (base ? other.median : 0)),
               base);
    bool is_cpu = figure->of == cpu_s, is_time = is_cpu || figure->of == wall_s;
    if (is_cpu && (own.too_short || other.too_short))
        cell_put_before(text, '~');
    if (is_time && (own.disturbed || other.disturbed))
        cell_put_before(text, '!');
}

static void print_line(const struct sheet *sheet, const struct account *account,
                       const struct account *base)
{
    char text[CELL_SIZE];
    name_cell(text, account->contestant);
    cell_print(sheet->out, -sheet->widths[FIGURES], text);
    for (int i = 0; i < FIGURES; i++) {
        figure_cell(text, &figures[i], account, base);
        if (sheet->widths[i])
            cell_print(sheet->out, sheet->widths[i] + 1, text);
    }
    fputc('\n', sheet->out);
}

static void widen(int *width, const char *text)
{
    int needed = cell_width(text);
    *width = needed > *width ? needed : *width;
}

static void measure(struct sheet *sheet, const struct account *account,
                    const struct account *base)
{
    char text[CELL_SIZE];
    name_cell(text, account->contestant);
    widen(&sheet->widths[FIGURES], text);
    for (int i = 0; i < FIGURES; i++) {
        if (!figure_of(&figures[i], account).count)
            continue;
        widen(&sheet->widths[i], figures[i].title);
        figure_cell(text, &figures[i], account, NULL);
        widen(&sheet->widths[i], text);
        if (!base)
            continue;
        figure_cell(text, &figures[i], account, base);
        widen(&sheet->widths[i], text);
    }
}

/* The next contestant that has run in that block; false: no more. */
static bool next_account(struct account *account, size_t *place)
{
    while (*place < account->plan->contestant_count) {
        account->contestant = &account->plan->contestants[(*place)++];
        if (has_run(account))
            return true;
    }
    return false;
}

static void print_setting(FILE *out, const struct block *block)
{
    fprintf(out, "\nledger: %zu in flight, ", block->level);
    if (block->delay)
        fprintf(out, "%g ms each, ", nanos_as_milliseconds(block->delay));
    else if (!block->elsewhere)
        fputs("prebuilt answers, ", out);
    fprintf(out, "%s%s (%s)\n",
            block->keep_alive ? "kept connections" : "a connection each",
            block->tls ? ", TLS" : "", block->name);
}

static void print_titles(const struct sheet *sheet)
{
    cell_print(sheet->out, -sheet->widths[FIGURES], "for a page");
    for (int i = 0; i < FIGURES; i++)
        if (sheet->widths[i])
            cell_print(sheet->out, sheet->widths[i] + 1, figures[i].title);
    fputc('\n', sheet->out);
}

static void print_base(FILE *out, const struct account *base,
                       const struct block *block)
{
    fprintf(out, "minus %s", base_name);
    if (base->block != block)
        fprintf(out, " (of %s)", base->block->name);
    fputs(":\n", out);
}

static void print_block(FILE *out, struct account account)
{
    struct sheet sheet = {.out = out, .widths = {0}};
    struct account base;
    bool has_base = find_base(&account, &base);
    const struct account *minus = has_base ? &base : NULL;

    widen(&sheet.widths[FIGURES], "for a page");
    for (size_t i = 0; next_account(&account, &i);)
        measure(&sheet, &account, minus);
    print_setting(out, account.block);
    print_titles(&sheet);
    for (size_t i = 0; next_account(&account, &i);)
        print_line(&sheet, &account, NULL);
    if (!minus) {
        fprintf(out, "Nothing to subtract: %s did not run like this.\n",
                base_name);
        return;
    }
    print_base(out, minus, account.block);
    for (size_t i = 0; next_account(&account, &i);)
        if (account.contestant != base.contestant)
            print_line(&sheet, &account, minus);
}

/* ---- the clients' files ---- */

static void print_share(FILE *out, double passed, double all, double base)
{
    char text[CELL_SIZE];
    if (passed < 0)
        cell_fill(text, "%.0f", all);
    else
        cell_fill(text, "%.0f of %.0f", passed, all);
    cell_print(out, 12, text);
    value_cell(text, all - base, true);
    cell_print(out, 6, base < 0 ? "-" : text);
}

static void print_clients(FILE *out, const struct plan *plan)
{
    const struct client_size *base = &client_size_unknown;
    bool titled = false;

    for (size_t i = 0; i < plan->contestant_count; i++)
        if (!strcmp(plan->contestants[i].name, base_name))
            base = &plan->contestants[i].size;
    for (size_t i = 0; i < plan->contestant_count; i++) {
        const struct contestant *contestant = &plan->contestants[i];
        const struct client_size *size = &contestant->size;
        if (size->lines < 0)
            continue;
        if (!titled)
            fprintf(out,
                    "\nledger: how much of its client's file a page passes "
                    "through, and its size minus\nthat of %s\n"
                    "%-16s%12s%6s%12s\n",
                    base_name, "", "lines", "", "functions");
        titled = true;
        cell_print(out, -16, contestant->name);
        print_share(out, size->lines_passed, size->lines, base->lines);
        print_share(out, size->functions_passed, size->functions,
                    base->functions);
        const struct client_source *source =
            client_source_of(contestant->model->name);
        fprintf(out, "  %s%s\n", source->files[0],
                source->files[1] ? ", …" : "");
    }
}

void balance_print(FILE *out, const struct plan *plan,
                   const struct ledger *ledger)
{
    for (size_t i = 0; i < plan->block_count; i++) {
        const struct block *block = &plan->blocks[i];
        if (plan_is_first(plan, block) && block->rounds_done)
            print_block(out, (struct account){plan, ledger, NULL, block});
    }
    print_clients(out, plan);
    fputs(
        "\nThe ledger: medians. woken: it had slept; preempt: it was made "
        "to wait.\nintr: interrupts of the whole machine meanwhile. calls: "
        "system calls that one\nmore page takes, counted by stopping at each. "
        "KiB, processes, threads,\ndescriptors: of the whole, at the peak.\n",
        out);
}

/* ---- for results.json ---- */

static void write_figures(struct json_writer *json, const char *name,
                          const struct account *account,
                          const struct account *base)
{
    json_write_object(json, name);
    for (int i = 0; i < FIGURES; i++) {
        struct spread own = figure_of(&figures[i], account);
        struct spread other =
            base ? figure_of(&figures[i], base) : (struct spread){0};
        if (!own.count || (base && !other.count))
            json_write_null(json, figures[i].key);
        else
            json_write_real(json, figures[i].key,
                            own.median - (base ? other.median : 0));
    }
    json_write_end(json);
}

static void write_account(struct json_writer *json,
                          const struct account *account)
{
    struct account base;
    bool has_base = find_base(account, &base);

    json_write_object(json, NULL);
    json_write_text(json, "model", account->contestant->name);
    json_write_text(json, "block", account->block->name);
    json_write_count(json, "level", account->block->level);
    write_figures(json, "page", account, NULL);
    json_write_text(json, "base", has_base ? base_name : NULL);
    json_write_text(json, "base_block", has_base ? base.block->name : NULL);
    if (has_base)
        write_figures(json, "minus_base", account, &base);
    else
        json_write_null(json, "minus_base");
    json_write_end(json);
}

void balance_write(struct json_writer *json, const struct plan *plan,
                   const struct ledger *ledger)
{
    json_write_array(json, "ledger");
    for (size_t i = 0; i < plan->block_count; i++) {
        struct account account = {plan, ledger, NULL, &plan->blocks[i]};
        if (!plan_is_first(plan, account.block))
            continue;
        for (size_t j = 0; next_account(&account, &j);)
            write_account(json, &account);
    }
    json_write_end(json);
}

static void write_known(struct json_writer *json, const char *name,
                        double value)
{
    if (value < 0)
        json_write_null(json, name);
    else
        json_write_real(json, name, value);
}

void balance_write_client(struct json_writer *json,
                          const struct contestant *contestant)
{
    const struct client_size *size = &contestant->size;
    if (size->lines < 0) {
        json_write_null(json, "client");
        return;
    }
    json_write_object(json, "client");
    json_write_text(json, "files",
                    client_source_of(contestant->model->name)->text);
    write_known(json, "lines", size->lines);
    write_known(json, "functions", size->functions);
    write_known(json, "lines_passed", size->lines_passed);
    write_known(json, "functions_passed", size->functions_passed);
    json_write_end(json);
}
