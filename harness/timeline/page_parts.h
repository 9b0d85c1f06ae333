/* SPDX-License-Identifier: MIT */
/* What is the same on every page of a timeline. */
#ifndef HARNESS_TIMELINE_PAGE_PARTS_H
#define HARNESS_TIMELINE_PAGE_PARTS_H

#ifdef __cplusplus
extern "C" {
#endif

extern const char page_style[];    /* CSS */
extern const char page_patterns[]; /* fills that differ without colour, too */
extern const char page_controls[]; /* the buttons */
extern const char page_notes[];    /* how to read it */
extern const char page_script[];   /* zooms */

#ifdef __cplusplus
}
#endif

#endif
