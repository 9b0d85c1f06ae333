/* SPDX-License-Identifier: MIT */
/* Look-ups under a script: getaddrinfo answers from a table, and waits for as
 * long as a test wants it to. Nothing is asked outside this machine.
 *
 * Linked in by --wrap, like scripted_sockets. The table is copied by fork; the
 * gate reaches processes forked after scripted_lookup_begin too.
 */
#ifndef SUPPORT_SCRIPTED_LOOKUP_H
#define SUPPORT_SCRIPTED_LOOKUP_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { SCRIPTED_ADDRESSES = 12 };

struct scripted_host {
    const char *name;
    const char *addresses[SCRIPTED_ADDRESSES]; /* in the order of preference */
    int code; /* answered instead where it is not 0: EAI_AGAIN …; a positive one
               * is the errno of EAI_SYSTEM */
};

/* From now on these names are known, addresses and localhost are looked up as
 * ever, and any other name is unknown (EAI_NONAME). The table is borrowed. 0 or
 * a negative errno. */
int scripted_lookup_begin(const struct scripted_host *hosts, size_t count);

/* Ends the script. Opens the gate, and returns when the last look-up of this
 * process has left: a client may have left one behind. */
void scripted_lookup_end(void);

/* Shuts the gate: look-ups wait before they answer. Opens it, for all that wait
 * and all that come. Any thread. */
void scripted_lookup_shut(void);
void scripted_lookup_open(void);

/* How many look-ups have come as far as the gate, in all processes. */
unsigned scripted_lookups(void);

#ifdef __cplusplus
}
#endif

#endif
