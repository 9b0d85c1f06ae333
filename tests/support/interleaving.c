/* SPDX-License-Identifier: MIT */
#include "support/interleaving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one run ---- */

/* xorshift64*, which gives the same numbers on every machine. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dU >> 32;
}

size_t interleaving_choose(struct interleaving *interleaving, size_t options)
{
    if (options <= 1)
        return 0;
    if (interleaving->made == INTERLEAVING_CHOICES_MAX) {
        interleaving->misfit = true;
        return 0;
    }
    size_t at = interleaving->made++, choice = 0;
    if (at < interleaving->given)
        choice = interleaving->choices[at];
    else if (interleaving->random)
        choice = next_random(&interleaving->random) % options;
    if (choice >= options) {
        interleaving->misfit = true;
        choice = 0;
    }
    interleaving->choices[at] = (uint16_t)choice;
    interleaving->options[at] = (uint16_t)options;
    return choice;
}

/* ---- as text ---- */

const char *interleaving_text(const struct interleaving *interleaving,
                              char text[INTERLEAVING_TEXT_MAX])
{
    size_t count = interleaving->made, used = 0;
    while (count > 1 && !interleaving->choices[count - 1])
        count--;
    snprintf(text, INTERLEAVING_TEXT_MAX, "0");
    for (size_t i = 0; i < count && used < INTERLEAVING_TEXT_MAX; i++)
        used +=
            (size_t)snprintf(text + used, INTERLEAVING_TEXT_MAX - used, "%s%u",
                             i ? "." : "", (unsigned)interleaving->choices[i]);
    return text;
}

bool interleaving_parse(struct interleaving *interleaving, const char *text)
{
    memset(interleaving, 0, sizeof *interleaving);
    for (;;) {
        char *end;
        unsigned long choice = strtoul(text, &end, 10);
        if (end == text || *text < '0' || *text > '9' || choice > UINT16_MAX ||
            interleaving->given == INTERLEAVING_CHOICES_MAX)
            return false;
        interleaving->choices[interleaving->given++] = (uint16_t)choice;
        if (!*end)
            return true;
        if (*end != '.')
            return false;
        text = end + 1;
    }
}

/* ---- many runs ---- */

static void begin_anew(struct interleaving *interleaving, size_t given)
{
    interleaving->made = 0;
    interleaving->given = given;
    interleaving->misfit = false;
}

/* Depth first: the last question that has another answer gets that, and all
 * questions after it are asked anew. False: there is no such question. */
static bool go_to_next(struct interleaving *last)
{
    size_t count = last->made;
    while (count > 0 &&
           last->choices[count - 1] + 1 == last->options[count - 1])
        count--;
    if (!count)
        return false;
    last->choices[count - 1]++;
    begin_anew(last, count);
    return true;
}

static bool run_once(struct exploration *exploration, interleaving_run *run,
                     void *context)
{
    exploration->runs++;
    exploration->failed = !run(context, &exploration->last);
    return !exploration->failed;
}

void interleaving_explore(struct exploration *exploration,
                          interleaving_run *run, void *context)
{
    struct interleaving *last = &exploration->last;
    bool cut = false, more = true;
    memset(last, 0, sizeof *last);
    exploration->runs = 0;
    exploration->all = exploration->failed = false;
    while (more && exploration->runs < exploration->every_up_to) {
        if (!run_once(exploration, run, context))
            return;
        cut |= last->misfit;
        more = go_to_next(last);
    }
    exploration->all = !more && !cut;
    last->random = exploration->seed;
    for (size_t i = 0; more && i < exploration->sample; i++) {
        begin_anew(last, 0);
        if (!run_once(exploration, run, context))
            return;
    }
}
