/* SPDX-License-Identifier: MIT */
/* Has the charts drawn, by Python and matplotlib, from results.json alone. */
#ifndef HARNESS_RACE_CHARTS_H
#define HARNESS_RACE_CHARTS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Draws from DIR/results.json into DIR: `everything`, or what --quick has time
 * for; no chart that would be empty. The script prints what it wrote. Without
 * matplotlib there are no charts, and a line on standard error says what to
 * install. False when a chart could not be drawn, which has been reported. */
bool charts_draw(const char *folder, bool everything);

#ifdef __cplusplus
}
#endif

#endif
