/* SPDX-License-Identifier: MIT */
/* Has the charts drawn, by Python and matplotlib, from results.json alone. */
#ifndef HARNESS_RACE_CHARTS_H
#define HARNESS_RACE_CHARTS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Draws from DIR/results.json into DIR, `everything` or the first chart alone.
 * The scripts say what they wrote. False when there is no chart; then one line
 * on standard error has said why. */
bool charts_draw(const char *folder, bool everything);

#ifdef __cplusplus
}
#endif

#endif
