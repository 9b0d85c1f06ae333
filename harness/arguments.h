/* SPDX-License-Identifier: MIT */
/* Reading what people write on a command line. */
#ifndef HARNESS_ARGUMENTS_H
#define HARNESS_ARGUMENTS_H

#include "base/nanos.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a plain decimal number from `least` to `most`. False, and *count
 * untouched, when the text is anything else. */
bool argument_count(const char *text, size_t least, size_t most, size_t *count);

/* Reads a span of time, as nanos_parse does. False, and *span untouched, for
 * anything else and for more than a year. */
bool argument_span(const char *text, nanos *span);

#ifdef __cplusplus
}
#endif

#endif
