/* SPDX-License-Identifier: MIT */
/* The bytes that the origin makes up. Each is a function of the seed and its
 * place alone, so a client can check any part of a body of any size without
 * keeping it, and the server can stop anywhere and go on from there. */
#ifndef HARNESS_ORIGIN_ORIGIN_BYTES_H
#define HARNESS_ORIGIN_ORIGIN_BYTES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the bytes from `offset` to `offset + size` of the body with that seed.
 * Bytes 8k to 8k+7 are, lowest first, those of the k-th number that the
 * generator splitmix64 yields when it is started at `seed`. */
void origin_bytes(uint64_t seed, uint64_t offset, char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
