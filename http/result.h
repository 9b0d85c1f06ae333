/* SPDX-License-Identifier: MIT */
/* The result of a request: the page, or the one reason why there is none. */
#ifndef HTTP_RESULT_H
#define HTTP_RESULT_H

#include "base/nanos.h"
#include "http/headers.h"
#include "http/message.h"
#include "http/url.h"

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The closed list of errors: name in JSON, exit code of `fetch`, and a sentence
 * that a person can act on. Codes group kinds: 3 name, 4 connection, 5 time,
 * 6 protocol, 7 limits, 8 this machine. */
#define FETCH_ERRORS(X)                                                        \
    X(FETCH_OK, "ok", 0, "fetched")                                            \
    X(FETCH_BAD_URL, "bad-url", 2, "the URL cannot be used")                   \
    X(FETCH_NO_HOST, "no-host", 3, "the host name does not resolve")           \
    X(FETCH_REFUSED, "refused", 4,                                             \
      "nothing listens there: the connection was refused")                     \
    X(FETCH_UNREACHABLE, "unreachable", 4, "the host cannot be reached")       \
    X(FETCH_RESET, "reset", 4, "the server reset the connection")              \
    X(FETCH_CLOSED, "closed", 4,                                               \
      "the server closed the connection before it answered")                   \
    X(FETCH_TLS, "tls", 4, "the connection could not be secured by TLS")       \
    X(FETCH_CONNECT_TIMEOUT, "connect-timeout", 5,                             \
      "no connection within the connect timeout")                              \
    X(FETCH_TIMEOUT, "timeout", 5, "no complete answer within the time")       \
    X(FETCH_TRUNCATED, "truncated", 6,                                         \
      "the server closed the connection in the middle of its answer")          \
    X(FETCH_PROTOCOL, "protocol", 6, "the answer is not proper HTTP")          \
    X(FETCH_BAD_REDIRECT, "bad-redirect", 6,                                   \
      "the server redirects to where this client cannot go")                   \
    X(FETCH_TOO_LARGE, "too-large", 7, "the answer is larger than the limit")  \
    X(FETCH_REDIRECTS, "redirects", 7, "too many redirects")                   \
    X(FETCH_NO_DESCRIPTOR, "no-descriptor", 8,                                 \
      "no descriptor is free: ask for fewer at once, or raise ulimit -n")      \
    X(FETCH_UNWATCHABLE, "unwatchable", 8,                                     \
      "this model cannot watch a descriptor with so high a number: use poll "  \
      "or epoll, or ask for fewer at once")                                    \
    X(FETCH_NO_PORT, "no-port", 8,                                             \
      "this machine has no port or address left to connect from: use "         \
      "connections again (-k), or ask for fewer at once")                      \
    X(FETCH_NO_PROCESS, "no-process", 8,                                       \
      "no more processes or threads can be started: ask for fewer at once, "   \
      "or raise ulimit -u")                                                    \
    X(FETCH_NO_MEMORY, "no-memory", 8, "out of memory")                        \
    X(FETCH_WORKER_DIED, "worker-died", 8, "the worker that did it died")      \
    X(FETCH_SYSTEM, "system", 8, "the system refused an operation")            \
    X(FETCH_CANCELLED, "cancelled", 9, "cancelled")

enum fetch_error {
#define X(name, word, exit_code, sentence) name,
    FETCH_ERRORS(X)
#undef X
};

const char *fetch_error_word(enum fetch_error error);
const char *fetch_error_sentence(enum fetch_error error);
int fetch_error_exit_code(enum fetch_error error);

/* The error of the list for a negative errno. It says where the fault is: at
 * the server, in the network or on this machine. */
enum fetch_error fetch_error_from_errno(int negative_errno);

/* The error of a look-up that failed with `code`, as blocking/lookup.h has it,
 * and its detail: one that this machine refused says nothing about the name. */
enum fetch_error fetch_error_from_lookup(int code, int *detail);

/* What to tell a person about a negative errno that ended more than one page:
 * if this machine has run out of something, the sentence of that error, else
 * the system's text for it. The text is constant, so even a lack of memory can
 * be reported. */
const char *fetch_errno_sentence(int negative_errno);

/* The moments of a call, in order; NEVER for what did not happen. After a
 * redirect they are those of the last hop, but MARK_START stays the first. */
enum mark {
    MARK_START,
    MARK_RESOLVED,
    MARK_CONNECTED,
    MARK_SECURED, /* the TLS handshake is over; NEVER for http */
    MARK_SENT,
    MARK_FIRST_BYTE,
    MARK_DONE,
    MARK_COUNT
};

const char *mark_name(enum mark mark);

/* What did the work. */
struct doer {
    pid_t pid;
    pid_t thread;  /* the kernel's number */
    unsigned slot; /* which of the workers, or which place in the loop */
};

struct result {
    enum fetch_error error;
    /* What lies behind the error, or 0: a negative errno; an enum message_error
     * for FETCH_PROTOCOL, FETCH_TOO_LARGE and FETCH_TRUNCATED; a url_error for
     * FETCH_BAD_URL and FETCH_BAD_REDIRECT; a getaddrinfo code for
     * FETCH_NO_HOST; for FETCH_WORKER_DIED the signal, or minus the exit status
     * (0 to 255); less than that: not known. */
    int detail;
    int status;             /* 0 when no head was read */
    int redirects;          /* how many were followed */
    struct headers headers; /* of the last hop */
    struct buffer body;     /* kept only if the options say so */
    uint64_t body_bytes;
    nanos marks[MARK_COUNT];
    struct doer doer;
    bool reused; /* the last hop found its connection open */
};

/* All zero but for the marks, which are NEVER. */
void result_init(struct result *result);
void result_deinit(struct result *result);

/* Empties it for the next use; keeps its memory. */
void result_clear(struct result *result);

/* Moves everything from `from`, which is left empty, to `to`, whose old content
 * is given up. */
void result_move(struct result *to, struct result *from);

/* Ends the result with an error. */
void result_fail(struct result *result, enum fetch_error error, int detail);

/* Appends a full sentence about the error, with its detail: what `fetch`
 * prints. 0; or -ENOMEM, and then a part of it may have been appended:
 * fetch_error_sentence needs no memory. */
int result_explain(const struct result *result, struct buffer *out);

#ifdef __cplusplus
}
#endif

#endif
