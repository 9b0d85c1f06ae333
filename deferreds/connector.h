/* SPDX-License-Identifier: MIT */
/* Clients: a factory makes the protocol of each connection, and a connector
 * makes the connection. Twisted's ClientFactory and connectTCP, with its order
 * of calls (TR5, TR6):
 *
 *     start, once for all connectors of the factory
 *       started_connecting
 *         build_protocol
 *           connection_made  data_received*  connection_lost    of the protocol
 *         connection_lost
 *       or connection_failed
 *     stop, unless the factory has asked the connector to connect again
 */
#ifndef DEFERREDS_CONNECTOR_H
#define DEFERREDS_CONNECTOR_H

#include "callbacks/failure.h"
#include "callbacks/stream_transport.h"
#include "deferreds/reactor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct client_factory;
struct connector;

/* ---- why it ended (TR7) ---- */

extern const struct failure_type connection_done_type;    /* in good order */
extern const struct failure_type connection_lost_type;    /* code: -errno */
extern const struct failure_type connection_aborted_type; /* is a lost_type */

/* ---- why there is none (TR6); code: -errno ---- */

extern const struct failure_type connect_error_type;
extern const struct failure_type connection_refused_type; /* a connect_error */
extern const struct failure_type dns_lookup_type; /* code: of getaddrinfo */
extern const struct failure_type user_error_type; /* connector_stop */
/* and timeout_type */

/* The reason for the error that connection_lost of a protocol gets. */
OUTCOME_OWNED struct outcome connection_reason(int error);

/* ---- a factory ---- */

/* What may be NULL says so. Reasons are taken over. */
struct client_factory_ops {
    void (*start)(struct client_factory *factory); /* may be NULL */
    void (*stop)(struct client_factory *factory);  /* may be NULL */
    void (*started_connecting)(struct client_factory *factory,
                               struct connector *connector); /* may be NULL */
    /* A protocol for a connection to that address; NULL: it is closed. Its
     * connection_lost is the last call to it. */
    struct protocol *(*build_protocol)(struct client_factory *factory,
                                       const struct address *address);
    /* NULL: the reason is dropped. */
    void (*connection_failed)(struct client_factory *factory,
                              struct connector *connector,
                              struct outcome reason);
    void (*connection_lost)(struct client_factory *factory,
                            struct connector *connector, struct outcome reason);
};

/* Embedded in whatever makes protocols, and found again with container_of. The
 * storage must be there until stop. */
struct client_factory {
    const struct client_factory_ops *ops;
    unsigned users; /* connectors that use it; 0 at the beginning */
};

/* ---- a connector ---- */

enum connector_state {
    CONNECTOR_DISCONNECTED,
    CONNECTOR_CONNECTING,
    CONNECTOR_CONNECTED,
};

/* Twisted's default. */
static const nanos CONNECT_TIMEOUT = 30 * NANOS_PER_SECOND;

/* Begins to connect to a name or an address; `timeout` is for the look-up and
 * the connection, NEVER for none. Several addresses share it: one that does not
 * answer leaves the others their part (http/call.h). `start` and
 * `started_connecting` are called in here, all others from the loop. The
 * connector, which `connector` may be NULL for, lives until the factory's stop.
 * 0, or a negative errno and no call. */
int connect_tcp(struct reactor *reactor, const char *host, uint16_t port,
                struct client_factory *factory, nanos timeout,
                struct connector **connector);

/* Connects again, from inside connection_failed or connection_lost, or later if
 * the connector is held. Contract: it is disconnected. */
void connector_connect(struct connector *connector);

/* While it connects, the attempt fails with a user_error. When it is connected,
 * this is transport_close. When it is disconnected it returns -ENOTCONN, else
 * 0. */
int connector_stop(struct connector *connector);
int connector_disconnect(struct connector *connector);

enum connector_state connector_state(const struct connector *connector);

/* A held connector is not freed when it has disconnected, and still counts as a
 * user of the factory. */
void connector_hold(struct connector *connector);
void connector_release(struct connector *connector);

#ifdef __cplusplus
}
#endif

#endif
