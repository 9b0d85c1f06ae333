/* SPDX-License-Identifier: MIT */
/* Reports what is wrong with a command line. */
#ifndef HARNESS_RACE_COMPLAINT_H
#define HARNESS_RACE_COMPLAINT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Prints a line on standard error. Always returns false. */
bool race_complain(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#ifdef __cplusplus
}
#endif

#endif
