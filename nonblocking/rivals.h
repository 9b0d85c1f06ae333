/* SPDX-License-Identifier: MIT */
/* Several attempts to connect that are under way at the same time: the race of
 * RFC 8305, "happy eyeballs", for whatever waits for many things at once.
 * asyncio has it in create_connection(happy_eyeballs_delay=), Twisted in
 * HostnameEndpoint.
 *
 * A host with one address, or one whose first address answers in time, has
 * nothing to do with this: its client waits for the socket. When another
 * address is due (call_next_attempt) that socket becomes one of the rivals, and
 * the client waits for their descriptor instead, which is readable when one of
 * them has come to something. So a client that can wait for one descriptor can
 * wait for all of them, and no selector, ring or loop has to know about it.
 */
#ifndef NONBLOCKING_RIVALS_H
#define NONBLOCKING_RIVALS_H

#include "http/call.h"

#ifdef __cplusplus
extern "C" {
#endif

struct rivals;

/* Tries the next address beside what is under way. That is `fd`: the socket of
 * a first attempt while *rivals is NULL, or the descriptor that this function
 * returned the last time. Returns what is to be waited for from now on: the
 * rivals' descriptor, for reading, and it and the sockets are theirs. Without a
 * descriptor or memory for rivals it returns `fd`, *rivals stays NULL, and
 * nothing has changed but that the next address is due later. */
int rivals_try_another(struct rivals **rivals, int fd, struct call *call,
                       nanos now);

/* Their descriptor is readable. Returns the socket that is connected, which is
 * the caller's from here on, and rivals_free is next; -EAGAIN when none is yet,
 * and the descriptor is to be waited for again; or -ECANCELED when none is
 * under way and no other can be, and the call is done. A refused address is
 * followed by the next one at once. */
int rivals_step(struct rivals *rivals, struct call *call, nanos now);

/* Closes all that are under way. */
void rivals_free(struct rivals *rivals);

#ifdef __cplusplus
}
#endif

#endif
