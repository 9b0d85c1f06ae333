/* SPDX-License-Identifier: MIT */
/* Where a hole says that it was reached: memory that a check's process shares
 * with the one that watches over it. */
#ifndef LESSONS_CHECK_REPORT_H
#define LESSONS_CHECK_REPORT_H

#ifdef __cplusplus
extern "C" {
#endif

/* The first hole that was reached. No line: none was. */
struct hole {
    int taken; /* by the first thread that reached one */
    char file[256];
    int line;
    char function[128];
};

/* From now on your_code_reached writes it here; NULL: nowhere. */
void your_code_report_to(struct hole *hole);

#ifdef __cplusplus
}
#endif

#endif
