/* SPDX-License-Identifier: MIT */
#include "harness/race/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ledger_add(struct ledger *ledger, const struct record *record)
{
    if (ledger->count == ledger->capacity) {
        size_t capacity = ledger->capacity ? 2 * ledger->capacity : 64;
        struct record *grown =
            realloc(ledger->records, capacity * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        ledger->records = grown;
        ledger->capacity = capacity;
    }
    ledger->records[ledger->count++] = *record;
    return 0;
}

void ledger_deinit(struct ledger *ledger)
{
    free(ledger->records);
    *ledger = (struct ledger){0};
}

bool selection_has(const struct selection *selection,
                   const struct record *record)
{
    return record->level == selection->level &&
           !strcmp(record->model, selection->model) &&
           !strcmp(record->block, selection->block);
}

/* Two races on one machine differ by this much, even if their runs do not. */
static const double STEADY = 0.05;

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* How far the median of `count` other values may be expected from the median of
 * these, 19 times in 20: `reach` times their range. The numbers were simulated
 * with a normal distribution. */
static double expected_within(const double *sorted, size_t count, double median)
{
    static const double reach[] = {0,    0,    9.04, 2.02, 1.09, 0.83,
                                   0.63, 0.56, 0.46, 0.43, 0.38};
    enum { REACHES = sizeof reach / sizeof *reach };
    double range = sorted[count - 1] - sorted[0];
    double within = reach[count < REACHES ? count : REACHES - 1] * range;
    return within < STEADY * median ? STEADY * median : within;
}

struct spread spread_of(double *values, size_t count)
{
    struct spread spread = {count,     NOT_KNOWN, NOT_KNOWN, NOT_KNOWN,
                            NOT_KNOWN, NOT_KNOWN, 0,         false};

    if (count == 0)
        return spread;
    qsort(values, count, sizeof *values, compare);
    spread.min = values[0];
    spread.max = values[count - 1];
    spread.median = (values[(count - 1) / 2] + values[count / 2]) / 2;
    spread.low = spread.high = spread.median;
    if (count == 1 || spread.median <= 0)
        return spread;
    double within =
        1 + expected_within(values, count, spread.median) / spread.median;
    spread.low /= within; /* as far below as above, as a ratio, so never 0 */
    spread.high *= within;
    return spread;
}

static bool is_clean(const struct record *record)
{
    return record->disturbed[0] == '\0';
}

/* The run of the same round, preferably one that was not spoiled. */
static const struct record *partner(const struct ledger *ledger,
                                    const struct record *record,
                                    const char *other)
{
    struct selection selection = {other, record->block, record->level};
    const struct record *best = NULL;

    for (size_t i = 0; i < ledger->count; i++) {
        const struct record *found = &ledger->records[i];
        if (selection_has(&selection, found) && record_is_good(found) &&
            found->round == record->round &&
            found->concurrency == record->concurrency &&
            found->keep_alive == record->keep_alive &&
            (!best || (is_clean(found) && !is_clean(best))))
            best = found;
    }
    return best;
}

/* A question to the ledger, and the values that answer it. */
struct inquest {
    const struct ledger *ledger;
    const struct selection *selection;
    record_figure *figure;
    const char *const *others; /* divides by their figure; NULL: does not */
    bool clean;                /* without the spoiled ones */
    double *values;
    size_t count, too_short;
};

/* Among these runs an unspoiled one is preferred to a cheaper one. */
static const struct record *least_partner(const struct inquest *inquest,
                                          const struct record *record)
{
    const struct record *best = NULL;

    for (const char *const *other = inquest->others; *other; other++) {
        const struct record *found = partner(inquest->ledger, record, *other);
        if (!found || inquest->figure(found) <= 0)
            continue;
        bool less = !best || inquest->figure(found) < inquest->figure(best);
        if (!best ||
            (is_clean(found) == is_clean(best) ? less : is_clean(found)))
            best = found;
    }
    return best;
}

static void ask(struct inquest *inquest, const struct record *record)
{
    double value = inquest->figure(record), beside = 1;
    bool clean = is_clean(record), too_short = record_is_short(record);

    if (inquest->others) {
        const struct record *found = least_partner(inquest, record);
        beside = found ? inquest->figure(found) : 0;
        clean = clean && found && is_clean(found);
        too_short = too_short || (found && record_is_short(found));
    }
    if (value < 0 || beside <= 0 || (inquest->clean && !clean))
        return;
    inquest->values[inquest->count++] = value / beside;
    inquest->too_short += too_short;
}

static void ask_all(struct inquest *inquest)
{
    const struct ledger *ledger = inquest->ledger;
    for (size_t i = 0; inquest->values && i < ledger->count; i++) {
        const struct record *record = &ledger->records[i];
        if (selection_has(inquest->selection, record) && record_is_good(record))
            ask(inquest, record);
    }
}

/* With fewer undisturbed runs than this, all runs count: one or two do not show
 * how far runs spread. */
enum { ENOUGH = 3 };

static struct spread answer(struct inquest inquest)
{
    inquest.clean = true;
    inquest.values = calloc(inquest.ledger->count + 1, sizeof *inquest.values);
    ask_all(&inquest);
    size_t undisturbed = inquest.count;
    if (undisturbed < ENOUGH) {
        inquest.clean = false;
        inquest.count = inquest.too_short = 0;
        ask_all(&inquest);
    }
    struct spread spread = spread_of(inquest.values, inquest.count);
    spread.too_short = inquest.too_short;
    spread.disturbed = inquest.count > undisturbed;
    free(inquest.values);
    return spread;
}

struct spread ledger_spread(const struct ledger *ledger,
                            const struct selection *selection,
                            record_figure *figure)
{
    return answer((struct inquest){
        .ledger = ledger, .selection = selection, .figure = figure});
}

struct spread ledger_ratio(const struct ledger *ledger,
                           const struct selection *selection,
                           const char *const *others, record_figure *figure)
{
    return answer((struct inquest){.ledger = ledger,
                                   .selection = selection,
                                   .figure = figure,
                                   .others = others});
}

static const struct record *find(const struct ledger *ledger,
                                 struct selection selection)
{
    for (size_t i = 0; i < ledger->count; i++)
        if (selection_has(&selection, &ledger->records[i]) &&
            record_is_good(&ledger->records[i]))
            return &ledger->records[i];
    return NULL;
}

const struct record *ledger_memory(const struct ledger *ledger,
                                   const char *model, size_t level)
{
    return find(ledger, (struct selection){model, "memory", level});
}

const struct record *ledger_calls(const struct ledger *ledger,
                                  const char *model, size_t level)
{
    return find(ledger, (struct selection){model, "calls", level});
}

void ledger_share_memory(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++) {
        struct record *record = &ledger->records[i];
        const struct record *memory =
            ledger_memory(ledger, record->model, record->level);
        if (memory)
            record->peak_pss_bytes = memory->peak_pss_bytes;
    }
}

bool ledger_has_failures(const struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++)
        if (!record_is_good(&ledger->records[i]))
            return true;
    return false;
}
