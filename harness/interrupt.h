/* SPDX-License-Identifier: MIT */
/* Ctrl-C as a wish: the first SIGINT or SIGTERM asks to stop, so that what was
 * done so far can be printed; the second one ends the program at once. A signal
 * that was ignored when the program was started stays ignored: by this, a shell
 * keeps Ctrl-C from programs in the background, and nohup works. */
#ifndef HARNESS_INTERRUPT_H
#define HARNESS_INTERRUPT_H

#include "base/cancel.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From now on the signals cancel `cancel`, for the whole process, until NULL
 * says that it is gone. */
void interrupt_cancels(struct cancel *cancel);

/* Did the program's parent set this signal to be ignored? */
bool interrupt_is_ignored(int number);

/* From now on the signal ends the process again, unless it is ignored. */
void interrupt_ends(int number);

/* Which signal came, or 0. An interrupted program ends with 128 + this. */
int interrupt_signal(void);

#ifdef __cplusplus
}
#endif

#endif
