/* SPDX-License-Identifier: MIT */
/* Contestants whose cost is known. The race's figures for them show whether it
 * measures right (self_test.h). Each fetches its pages one after another, as
 * `sequential` does, and does one other thing. */
#ifndef HARNESS_RACE_KNOWN_H
#define HARNESS_RACE_KNOWN_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

#define KNOWN_SPIN NANOS_PER_MILLISECOND         /* a page */
#define KNOWN_SLEEP (5 * NANOS_PER_MILLISECOND)  /* a page */
#define KNOWN_LATE (200 * NANOS_PER_MILLISECOND) /* the page in the middle */
enum {
    KNOWN_CALLS = 50,       /* a page */
    KNOWN_DESCRIPTORS = 40, /* as long as it runs */
    KNOWN_MEBIBYTES = 32,   /* as long as it runs */
};

/* "known-nothing", "known-spin", "known-sleep", "known-late", "known-calls",
 * "known-descriptors", "known-memory". NULL for any other name. */
const struct model *known_find(const char *name);

#ifdef __cplusplus
}
#endif

#endif
