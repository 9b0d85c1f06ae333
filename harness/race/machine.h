/* SPDX-License-Identifier: MIT */
/* On which machine, and with what, was it measured? Figures without this are
 * useless. */
#ifndef HARNESS_RACE_MACHINE_H
#define HARNESS_RACE_MACHINE_H

#include "harness/json_write.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the object "machine": "cpu", "cores", "cores_online", "memory_bytes",
 * "kernel", "distribution", "compiler", "flags", "descriptors". What cannot be
 * found out is "unknown". 0 or -ENOMEM: then something is "unknown" only for
 * want of memory. */
int machine_write(struct json_writer *json);

/* `git describe` of the sources, or "unknown". 0 or -ENOMEM: then git was not
 * asked. */
enum { COMMIT_SIZE = 256 };
int machine_commit(char text[COMMIT_SIZE]);

/* Now, as 2024-02-29T12:34:56Z. */
enum { DATE_SIZE = 21 };
void machine_date(char text[DATE_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
