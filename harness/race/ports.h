/* SPDX-License-Identifier: MIT */
/* The ports that earlier connections still hold. A connection that is over
 * keeps its pair of addresses and ports for a minute (TIME_WAIT), and connect()
 * has to search for a free one: the next run would pay for the last one's
 * connections. So each run takes the origin's next address, and waits if all
 * are taken. */
#ifndef HARNESS_RACE_PORTS_H
#define HARNESS_RACE_PORTS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many connections to one address and port keep the search short: a third
 * of the usual range of 28,000 ports. */
enum { PORTS_PER_ADDRESS = 9000 };

/* How many addresses `connections` need: at least 1, at most `most`. */
int ports_addresses(size_t connections, int most);

/* The same if they need that many by themselves, and others are in TIME_WAIT
 * when they begin. */
int ports_addresses_beside(size_t waiting, int addresses, int most);

/* Is there room for them beside the connections in TIME_WAIT, spread evenly
 * over the addresses? There always is when there are none. */
bool ports_have_room(size_t waiting, size_t connections, int addresses);

/* How many are in TIME_WAIT: "TCP: … tw N …" of /proc/net/sockstat. 0 if the
 * system does not say. */
size_t ports_waiting(void);
size_t ports_waiting_in(const char *sockstat);

#ifdef __cplusplus
}
#endif

#endif
