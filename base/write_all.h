/* SPDX-License-Identifier: MIT */
/* A write() that has not written until all is written. */
#ifndef BASE_WRITE_ALL_H
#define BASE_WRITE_ALL_H

#include "base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Writes all bytes: goes on after a part and after a signal, and waits for room
 * where the descriptor is non-blocking. 0, or the negative errno that ended it;
 * how much was written before that is not known. */
int write_all(int fd, struct slice bytes);

#ifdef __cplusplus
}
#endif

#endif
