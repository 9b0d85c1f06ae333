/* SPDX-License-Identifier: MIT */
#ifndef HARNESS_DESCRIPTORS_H
#define HARNESS_DESCRIPTORS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Allows this process as many descriptors as the system lets it have: each
 * connection is one, and a shell hands out few of them. Returns how many that
 * are. */
size_t descriptors_allow_all(void);

#ifdef __cplusplus
}
#endif

#endif
