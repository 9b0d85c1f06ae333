/* SPDX-License-Identifier: MIT */
#include "harness/claims/reading.h"

#include "harness/claims/mechanisms.h"
#include "http/result.h"

#include <limits.h>
#include <string.h>

static const char *const names[CLIENTS] = {
    [SEQUENTIAL] = "sequential", [CALLBACKS] = "callbacks",
    [DEFERREDS] = "deferreds",   [GENERATORS] = "generators",
    [TASKS] = "tasks",           [GREENLETS] = "greenlets",
};

static int count_clients(struct code *clients, struct finding *finding)
{
    int error = 0;
    for (int i = 0; !error && i < CLIENTS; i++) {
        error = code_count_client(names[i], &clients[i]);
        if (error)
            finding_fail(finding, "The source of %s cannot be read: %s",
                         names[i], fetch_errno_sentence(error));
    }
    return error;
}

static void add_clients(const struct code *clients, struct finding *finding)
{
    for (int i = 0; i < CLIENTS; i++)
        finding_add_number(finding,
                           "waits behind which another function goes on",
                           names[i], (double)clients[i].jumps);
    for (int i = 0; i < CLIENTS; i++)
        finding_add_number(finding, "functions that a hop is made of", names[i],
                           (double)clients[i].functions);
}

/* ---- K9 ---- */

static int k9_measure(struct bench *bench, struct finding *finding)
{
    static const char heard[] = "of 5 failures, the one handler hears of";
    struct k9_figures figures = {.steps = CHORE_STEPS,
                                 .by_callbacks = heard_by_callbacks(),
                                 .by_deferred = heard_by_deferred()};
    (void)bench;
    int error = count_clients(figures.clients, finding);
    add_clients(figures.clients, finding);
    finding_add_number(finding, heard, "callbacks", figures.by_callbacks);
    finding_add_number(finding, heard, "a Deferred", figures.by_deferred);
    finding_judge(finding, k9_judge(&figures));
    return error;
}

const struct claim claim_k9 = {
    .name = "K9",
    .slide = "callbacks: exceptions lost, logic scattered (A; B, episode 1)",
    .says = "With callbacks an error is easily not dealt with, and the logic "
            "lies in many small functions.",
    .held = "not all failures reach a handler that is written once; and the "
            "client of callbacks goes on in another function more often than "
            "the base case and a Task, in smaller functions.",
    .depends = "the author: with care no failure is lost (all that five steps "
               "need is five such handlers). What is counted of a client is "
               "its hop: ./lab diff sequential callbacks.",
    .seconds = 0.1,
    .measure = k9_measure,
};

/* ---- K10 ---- */

static int k10_measure(struct bench *bench, struct finding *finding)
{
    static const char readers[] = "how many of 2 that want the result get it";
    static const char lines[] = "lines of a hop";
    struct k10_figures figures = {.readers = READERS,
                                  .of_deferred = readers_of_deferred(),
                                  .of_future = readers_of_future()};
    (void)bench;
    int error = count_clients(figures.clients, finding);
    finding_add_number(finding, readers, "a Deferred", figures.of_deferred);
    finding_add_number(finding, readers, "a Future", figures.of_future);
    for (int i = CALLBACKS; i <= TASKS; i++)
        finding_add_number(finding, lines, names[i],
                           (double)figures.clients[i].lines);
    finding_judge(finding, k10_judge(&figures));
    return error;
}

const struct claim claim_k10 = {
    .name = "K10",
    .slide = "Deferreds: hard to read, for one only (B, episode 2)",
    .says = "A chain of Deferreds is still hard to read, and its result is "
            "there for one function only.",
    .held = "of two callbacks one gets the result, where of a Future both do; "
            "and the client of Deferreds has more lines, and goes on elsewhere "
            "more often, than that of Tasks.",
    .depends = "the callback: if the first one returns what it was given, the "
               "next one gets it, too (./lab talk D5). How hard something is "
               "to read, lines only hint at.",
    .seconds = 0.1,
    .measure = k10_measure,
};

/* ---- B6 ---- */

static void add_word(struct b6_figures *figures, const char *word, int counted,
                     int least, int most)
{
    static const char *const episodes[] = {"episode 1, callbacks",
                                           "episode 2, Deferreds",
                                           "episode 3, generators"};
    int episode = figures->count < 3 ? 0 : figures->count < 8 ? 1 : 2;
    figures->words[figures->count++] =
        (struct b6_word){episodes[episode], word, counted, least, most};
}

/* "+" is for the episode, "-" against it. */
static void count_words(struct b6_figures *figures, const struct code *clients)
{
    int jumps[CLIENTS];
    for (int i = 0; i < CLIENTS; i++)
        jumps[i] = (int)clients[i].jumps;
    int heard = heard_by_callbacks();
    add_word(figures, "+ selectors, of 3", selectors_that_do(), SELECTORS,
             SELECTORS);
    add_word(figures, "- failures lost, of 5", CHORE_STEPS - heard, 1,
             CHORE_STEPS);
    add_word(figures, "- jumps (none before)", jumps[CALLBACKS],
             jumps[SEQUENTIAL] + 1, INT_MAX);

    add_word(figures, "+ failures heard, of 5", heard_by_deferred(),
             CHORE_STEPS, CHORE_STEPS);
    add_word(figures, "+ waits for another", deferred_is_chained(), 1, 1);
    add_word(figures, "+ early, late callers", asked_of_deferred(), 2, 2);
    add_word(figures, "- jumps (a Task: fewer)", jumps[DEFERREDS],
             jumps[TASKS] + 1, INT_MAX);
    add_word(figures, "- readers served, of 2", readers_of_deferred(), 1, 1);

    add_word(figures, "+ waits, then reads on", (int)clients[GENERATORS].waits,
             jumps[GENERATORS], INT_MAX);
    add_word(figures, "+ kinds of wait, of 3", kinds_of_waits(), KINDS, KINDS);
    add_word(figures, "- callbacks that remain", jumps[GENERATORS], 1, INT_MAX);
}

static int b6_measure(struct bench *bench, struct finding *finding)
{
    struct code clients[CLIENTS] = {0};
    struct b6_figures figures = {.count = 0};
    (void)bench;
    int error = count_clients(clients, finding);
    count_words(&figures, clients);
    for (size_t i = 0; i < figures.count; i++)
        finding_add_number(finding, figures.words[i].episode,
                           figures.words[i].word, figures.words[i].counted);
    finding_judge(finding, b6_judge(&figures));
    return error;
}

const struct claim claim_b6 = {
    .name = "B6",
    .slide = "what is said for and against each episode (B)",
    .says = "Callbacks, Deferreds and generators each have what speaks for "
            "them, and what speaks against them.",
    .held = "each word for and against can be seen happening. (That generators "
            "are slow is K8.)",
    .depends = "nothing that differs between machines: all of it is counted. + "
               "speaks for it, - against it; a jump is a wait behind which "
               "another function goes on. To see more of it: ./lab wrong "
               "pyramid, lost-errback, "
               "added-too-late, yield-in-a-helper; ./lab talk D5, B3.",
    .seconds = 0.1,
    .measure = b6_measure,
};
