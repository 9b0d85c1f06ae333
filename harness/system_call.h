/* SPDX-License-Identifier: MIT */
/* The names of system calls. */
#ifndef HARNESS_SYSTEM_CALL_H
#define HARNESS_SYSTEM_CALL_H

#ifdef __cplusplus
extern "C" {
#endif

/* "sched_yield", for SYS_sched_yield; NULL for a number that the headers with
 * which the lab was built do not know. */
const char *system_call_word(long call);

#ifdef __cplusplus
}
#endif

#endif
