/* SPDX-License-Identifier: MIT */
/* Is colour wanted in this output? */
#ifndef BASE_COLOUR_H
#define BASE_COLOUR_H

#include <stdbool.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* On a terminal, and where our output is passed on to one, which is said by
 * CLICOLOR_FORCE; never when NO_COLOR is set. An empty value is as good as
 * none. */
bool colour_is_wanted(FILE *out);

#ifdef __cplusplus
}
#endif

#endif
