/* SPDX-License-Identifier: MIT */
/* Has OpenSSL run out of memory? It does not always tell: on its way up it may
 * forget the reason, or go on with less and fail much later as if its peer had
 * broken a rule. So its allocations are watched. For tls.c alone. */
#ifndef HTTP_TLS_MEMORY_H
#define HTTP_TLS_MEMORY_H

#include <stdbool.h>

/* Before the first use of OpenSSL. Where the program has used it before, it is
 * too late: then there is only what OpenSSL tells. From any thread. */
void tls_memory_watch(void);

/* Forgets what has been: from now on, in this thread. */
void tls_memory_begin(void);

/* Has an allocation failed since then? Empties this thread's queue of errors,
 * in which all that follows is but a consequence. */
bool tls_memory_ran_out(void);

#endif
