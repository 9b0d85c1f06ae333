/* SPDX-License-Identifier: MIT */
/* What is asked for. Made once, then read by any number of calls at a time: a
 * request never changes while it is in use, so threads may share it. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "http/address.h"
#include "http/headers.h"
#include "http/url.h"

#ifdef __cplusplus
extern "C" {
#endif

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST };

const char *method_name(enum method method);

/* May a request with this method be sent twice without harm (RFC 9110,
 * 9.2.2)? */
static inline bool method_is_idempotent(enum method method)
{
    return method != METHOD_POST;
}

struct request {
    enum method method;
    struct url url;
    /* Where the host is, if the URL says so itself; its size is 0 for a name
     * that has to be looked up. */
    struct address address;
    struct headers extra; /* the caller's own fields */
    struct buffer body;   /* POST only */
    /* The head as it goes over the wire, built once: [0] asks the server to
     * close the connection afterwards, [1] to keep it. A small body is behind
     * the head, so that both leave in one write. */
    struct buffer wire[2];
    bool body_in_wire;
};

/* Copies all its arguments. `body` is sent with POST only.
 *
 * `extra` may be NULL. A field of it is sent in place of the client's own of
 * that name (Host, User-Agent). A field without a value is not sent, nor is the
 * client's own of that name, as with curl's -H. Host is always the first field.
 *
 * Returns 0; -EINVAL for a field that the client writes itself (Content-Length,
 * Transfer-Encoding, Connection) or a second Host; -ENOMEM. */
int request_init(struct request *request, enum method method,
                 const struct url *url, const struct headers *extra,
                 struct slice body);
void request_deinit(struct request *request);

#ifdef __cplusplus
}
#endif

#endif
