/* SPDX-License-Identifier: MIT */
/* Has the charts drawn, by Python and matplotlib, from results.json alone. */
#ifndef HARNESS_RACE_CHARTS_H
#define HARNESS_RACE_CHARTS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Draws from DIR/results.json into DIR, `everything` or what --quick has time
 * for; no chart where there is nothing that it could show. The script says what
 * it wrote. Where matplotlib is missing there is no chart, and a line on
 * standard error says what to install. False when a chart could not be drawn,
 * which has been said. */
bool charts_draw(const char *folder, bool everything);

#ifdef __cplusplus
}
#endif

#endif
