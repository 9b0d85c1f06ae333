/* SPDX-License-Identifier: MIT */
/* The program that is run in a turn, and its arguments. */
#ifndef HARNESS_RACE_COMMAND_H
#define HARNESS_RACE_COMMAND_H

#include "base/program.h"
#include "harness/race/race.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The path of the program. */
const char *command_program(const struct race *race,
                            const struct contestant *contestant);

/* Its arguments, which the caller deinitialises in any case. `run`: the ID of
 * the run at the origin; NULL: it does not count. 0 or -ENOMEM. */
int command_compose(struct arguments *words, const struct race *race,
                    const struct contestant *contestant,
                    const struct block *block, const struct record *record,
                    const char *run);

/* The index of the origin's address that follows those of this turn. */
int command_next_address(const struct race *race,
                         const struct contestant *contestant,
                         const struct block *block);

#ifdef __cplusplus
}
#endif

#endif
