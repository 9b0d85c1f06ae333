/* SPDX-License-Identifier: MIT */
/* Where and with what was it measured? Figures without this are gossip. */
#ifndef HARNESS_RACE_MACHINE_H
#define HARNESS_RACE_MACHINE_H

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "cpu", "cores", "memory_bytes", "kernel", "distribution", "compiler",
 * "flags", "descriptors". What cannot be found out is "unknown". NULL when out
 * of memory. */
cJSON *machine_to_json(void);

/* `git describe` of the sources, or "unknown": as text for the caller to free
 * (NULL: out of memory). */
char *machine_commit(void);

/* Now, as 2024-02-29T12:34:56Z. */
enum { DATE_SIZE = 21 };
void machine_date(char text[DATE_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
