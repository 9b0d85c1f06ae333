/* SPDX-License-Identifier: MIT */
/* What is the same on every page of a timeline. */
#ifndef HARNESS_TIMELINE_PAGE_PARTS_H
#define HARNESS_TIMELINE_PAGE_PARTS_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const char page_style[];    /* CSS */
extern const char page_controls[]; /* the buttons */
extern const char page_notes[];    /* how to read it */
extern const char page_script[];   /* zooms */

/* Fills for the bars, which differ without colour too. */
void page_print_patterns(FILE *out);

#ifdef __cplusplus
}
#endif

#endif
