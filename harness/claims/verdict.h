/* SPDX-License-Identifier: MIT */
/* What follows from figures. A verdict is a function of figures and of nothing
 * else: it measures nothing, and the same figures have the same verdict. */
#ifndef HARNESS_CLAIMS_VERDICT_H
#define HARNESS_CLAIMS_VERDICT_H

#include "harness/race/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

enum verdict { CANNOT_BE_TOLD, IS_TRUE, IS_FALSE, IS_TRUE_UNTIL };

/* "true", as it is in JSON and in print. */
const char *claim_verdict_word(enum verdict verdict);

struct judgement {
    enum verdict verdict;
    char sentence[480];
};

struct judgement judgement_of(enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* On which side of a bound is the whole interval of a figure? On neither side
 * when the bound is inside the interval or at its end, when the figure was
 * measured once at most, and when the machine spoiled it. */
enum side { NEITHER_SIDE, BELOW, ABOVE };
enum side spread_side(const struct spread *spread, double bound);

/* The same for two figures, each with its own interval: `a` compared with
 * `b`. */
enum side spread_beside(const struct spread *a, const struct spread *b);

/* "4.6 (4.1–5.0)": a figure with its interval, short enough for a sentence;
 * "unknown" when it was not measured. */
struct said {
    char text[64];
};
struct said spread_say(const struct spread *spread);

/* A number with three significant digits, without an exponent below 10^12. */
struct said number_say(double number);

#ifdef __cplusplus
}
#endif

#endif
