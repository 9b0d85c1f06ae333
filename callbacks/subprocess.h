/* SPDX-License-Identifier: MIT */
/* A program that runs beside the loop, its standard streams as pipe transports
 * and its end as a callback: asyncio's subprocess_exec, Twisted's spawnProcess
 * (SP1, SP2).
 *
 *     connection_made
 *         (pipe_data_received | pipe_connection_lost | process_exited)*
 *     connection_lost
 *
 * The loop watches a pidfd. So there is no SIGCHLD, no handler and no table of
 * children, and a signal can never reach another process that has got the same
 * pid.
 */
#ifndef CALLBACKS_SUBPROCESS_H
#define CALLBACKS_SUBPROCESS_H

#include "callbacks/stream_transport.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct subprocess;
struct subprocess_protocol;

/* The program's standard streams. */
enum { SUBPROCESS_STREAMS = 3 };

/* What one of them is. */
enum subprocess_stream {
    SUBPROCESS_PIPE,    /* a transport */
    SUBPROCESS_INHERIT, /* the same as of this program */
    SUBPROCESS_NULL,    /* /dev/null */
    SUBPROCESS_STDOUT,  /* of standard error only: where standard output goes */
};

/* It gets the environment of this program, all of it, as in asyncio and
 * Twisted: which program it is, and what that needs, only the caller knows. */
struct subprocess_options {
    const char *const *argv; /* closed by NULL; [0] is looked for in PATH */
    enum subprocess_stream streams[SUBPROCESS_STREAMS];
    bool new_session; /* Ctrl-C of this terminal does not reach it */
};

/* What may be NULL says so. */
struct subprocess_protocol_ops {
    /* The first call: the program runs, and its pipes are there (SP1). May be
     * NULL. */
    void (*connection_made)(struct subprocess_protocol *protocol,
                            struct subprocess *process);
    /* From its standard output (1) or error (2). The bytes are lent. May be
     * NULL when neither is a pipe. */
    void (*pipe_data_received)(struct subprocess_protocol *protocol, int stream,
                               struct slice data);
    /* This pipe has ended: 0, also because the program has closed its end; or a
     * negative errno, -EPIPE when it had not read all that was written. May be
     * NULL. */
    void (*pipe_connection_lost)(struct subprocess_protocol *protocol,
                                 int stream, int error);
    /* It has ended; process->returncode says how. This may come before or after
     * its pipes end, because programs that it has started may hold them open.
     * May be NULL. */
    void (*process_exited)(struct subprocess_protocol *protocol);
    /* The last call, once it has ended and all pipes have. The storage may be
     * given back in here. */
    void (*connection_lost)(struct subprocess_protocol *protocol);
    /* Of its standard input, as of a transport (TP3). Both may be NULL. */
    void (*pause_writing)(struct subprocess_protocol *protocol);
    void (*resume_writing)(struct subprocess_protocol *protocol);
};

struct subprocess_protocol {
    const struct subprocess_protocol_ops *ops;
};

/* One end of a pipe of ours. */
struct subprocess_pipe {
    struct protocol protocol; /* of the transport below */
    struct stream_transport stream;
    struct subprocess *process;
    bool open; /* it has not ended */
};

enum {
    SUBPROCESS_RUNNING = -1000, /* no returncode yet */
    /* Not known: other code of this program has waited for any child, or it
     * ignores SIGCHLD, and the system has forgotten. asyncio says 255. */
    SUBPROCESS_UNKNOWN = -1001,
};

/* The storage is the caller's, until connection_lost has been entered. */
struct subprocess {
    struct subprocess_protocol *protocol;

    /* the process's; you may read */
    pid_t pid; /* above 0; a number to be shown, not to be signalled */
    /* SUBPROCESS_RUNNING; then its exit status, or minus the signal that ended
     * it; or SUBPROCESS_UNKNOWN. */
    int returncode;

    /* private */
    struct transports *shared;
    struct subprocess_pipe pipes[SUBPROCESS_STREAMS];
    struct watch ended; /* its pidfd */
    struct handle turn; /* connection_made, connection_lost */
    bool made, exited;  /* the protocol was told */
};

/* Starts the program, with no signals blocked and no descriptors but its
 * streams (the others of this program are to be O_CLOEXEC). 0, and
 * connection_made comes in the next turn; or a negative errno and no callback
 * is called: -ENOENT when the program does not exist. */
int subprocess_start(struct subprocess *process, struct transports *shared,
                     const struct subprocess_options *options,
                     struct subprocess_protocol *protocol);

/* Where to write to its standard input; to pause its output and error. NULL for
 * a stream that is not a pipe, or has ended. */
struct transport *subprocess_transport(struct subprocess *process, int stream);

/* 0; -ESRCH once it has ended (SP2); or another negative errno. */
int subprocess_send_signal(struct subprocess *process, int number);
int subprocess_terminate(struct subprocess *process); /* SIGTERM */
int subprocess_kill(struct subprocess *process);      /* SIGKILL */

/* Closes its pipes, and kills it if it still runs (SP2). The callbacks follow,
 * connection_lost last. Harmless when done twice. */
void subprocess_close(struct subprocess *process);

/* Without a loop that goes on: kills it if it still runs, waits until it is
 * gone, and gives all back. No callback is called. Harmless after
 * connection_lost. */
void subprocess_deinit(struct subprocess *process);

#ifdef __cplusplus
}
#endif

#endif
