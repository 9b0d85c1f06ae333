/* SPDX-License-Identifier: MIT */
/* Which requests are under way, and what each of them waits for: written by
 * what works on a call, thread or child process, at each of its marks; read by
 * code that wants to know. Neither waits for the other: what is read may be a
 * mark old, but each line is about one request.
 */
#ifndef HARNESS_IN_FLIGHT_H
#define HARNESS_IN_FLIGHT_H

#include "http/call.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct in_flight;

/* Room for this many at once, in memory that children share. 0 or -ENOMEM. */
int in_flight_new(struct in_flight **in_flight, size_t most);
void in_flight_free(struct in_flight *in_flight);

/* To be the trace of struct call_options, with it as the context. */
void in_flight_trace(void *in_flight, const struct call *call, enum mark mark,
                     nanos when);

/* Forgets a request that ended without a mark, because its worker has died. */
void in_flight_forget(struct in_flight *in_flight, size_t index);

/* Prints a line for each, by index:
 *
 *       #3  waiting     1.204 s  process 4711  http://127.0.0.1/delay/5
 *
 * what it is doing (call_phase) and for how long, at `now`; what does it, if it
 * is not the main thread of this process; and what url() says of the index.
 * Returns how many there are. */
size_t in_flight_print(const struct in_flight *in_flight, nanos now,
                       const char *(*url)(const void *context, size_t index),
                       const void *context, FILE *out);

#ifdef __cplusplus
}
#endif

#endif
