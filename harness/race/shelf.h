/* SPDX-License-Identifier: MIT */
/* Where the results of races are: each race has a folder of its own, named
 * after the race and the date, and a link `latest` beside them leads to the
 * last race that was completed.
 *
 *     results/quick-20240229-123456/results.json
 *     results/latest -> quick-20240229-123456
 */
#ifndef HARNESS_RACE_SHELF_H
#define HARNESS_RACE_SHELF_H

#include "base/bytes.h"

#include <stdbool.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Is this a valid name for a race? Letters, digits, '.', '_' and '-', but not
 * the name of the link. */
bool shelf_is_name(const char *name);

/* Makes the folder, the shelf too if it is not there, and appends its path,
 * with a NUL. `when`: in local time. Two races of one name and second get two
 * folders. 0 or a negative errno. */
int shelf_make(const char *shelf, const char *name, time_t when,
               struct buffer *path);

/* Makes `latest` lead to that folder of the shelf. At every moment it leads to
 * the old folder or to the new one. 0; -EINVAL when something that is not a
 * link has that name, which then stays; or a negative errno. */
int shelf_point(const char *shelf, const char *folder);

#ifdef __cplusplus
}
#endif

#endif
