/* SPDX-License-Identifier: MIT */
/* The contestant `uring`: completions instead of readiness. It is there when
 * liburing was at build time and the kernel allows io_uring at run time; else
 * its `unavailable` says what is missing. */
#ifndef NONBLOCKING_URING_H
#define NONBLOCKING_URING_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct model uring_model;

#ifdef __cplusplus
}
#endif

#endif
