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

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

struct spread spread_of(double *values, size_t count)
{
    struct spread spread = {count, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, 0};

    if (count == 0)
        return spread;
    qsort(values, count, sizeof *values, compare);
    spread.min = values[0];
    spread.max = values[count - 1];
    spread.median = (values[(count - 1) / 2] + values[count / 2]) / 2;
    return spread;
}

struct spread ledger_spread(const struct ledger *ledger,
                            const struct selection *selection,
                            record_figure *figure)
{
    double *values = calloc(ledger->count + 1, sizeof *values);
    size_t count = 0, too_short = 0;

    for (size_t i = 0; values && i < ledger->count; i++) {
        const struct record *record = &ledger->records[i];
        if (!selection_has(selection, record) || !record_is_good(record))
            continue;
        double value = figure(record);
        if (value < 0)
            continue;
        values[count++] = value;
        too_short += record_is_short(record);
    }
    struct spread spread = spread_of(values, count);
    spread.too_short = too_short;
    free(values);
    return spread;
}

static const struct record *partner(const struct ledger *ledger,
                                    const struct record *record,
                                    const char *other)
{
    struct selection selection = {other, record->block, record->level};

    for (size_t i = 0; i < ledger->count; i++) {
        const struct record *found = &ledger->records[i];
        if (selection_has(&selection, found) && record_is_good(found) &&
            found->round == record->round &&
            found->concurrency == record->concurrency &&
            found->keep_alive == record->keep_alive)
            return found;
    }
    return NULL;
}

struct spread ledger_ratio(const struct ledger *ledger,
                           const struct selection *selection, const char *other,
                           record_figure *figure)
{
    double *values = calloc(ledger->count + 1, sizeof *values);
    size_t count = 0, too_short = 0;

    for (size_t i = 0; values && i < ledger->count; i++) {
        const struct record *record = &ledger->records[i];
        if (!selection_has(selection, record) || !record_is_good(record))
            continue;
        const struct record *found = partner(ledger, record, other);
        if (!found || figure(found) <= 0)
            continue;
        values[count++] = figure(record) / figure(found);
        too_short += record_is_short(record) || record_is_short(found);
    }
    struct spread spread = spread_of(values, count);
    spread.too_short = too_short;
    free(values);
    return spread;
}

const struct record *ledger_memory(const struct ledger *ledger,
                                   const char *model, size_t level)
{
    struct selection selection = {model, "memory", level};

    for (size_t i = 0; i < ledger->count; i++)
        if (selection_has(&selection, &ledger->records[i]) &&
            record_is_good(&ledger->records[i]))
            return &ledger->records[i];
    return NULL;
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
