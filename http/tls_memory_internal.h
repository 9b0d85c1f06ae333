/* SPDX-License-Identifier: MIT */
/* Has OpenSSL run out of memory? It does not always report that: it may lose
 * the reason on the way to its caller, or go on with less and fail much later
 * as if its peer had broken a rule. So its allocations are watched. For tls.c
 * alone. */
#ifndef HTTP_TLS_MEMORY_INTERNAL_H
#define HTTP_TLS_MEMORY_INTERNAL_H

#include <stdbool.h>

/* Call it before the first use of OpenSSL, from any thread. If the program has
 * used OpenSSL already it is too late, and only what OpenSSL reports is
 * known. */
void tls_memory_watch(void);

/* Forgets this thread's failed allocations: they are noted from now on. */
void tls_memory_begin(void);

/* Has an allocation failed since then? Empties this thread's queue of errors,
 * in which all that follows is but a consequence. */
bool tls_memory_ran_out(void);

#endif
