/* SPDX-License-Identifier: MIT */
/* Transports over the two ends of a pipe: asyncio's connect_read_pipe and
 * connect_write_pipe. A FIFO, a terminal or a socket will do, too; a file will
 * not: it is always ready.
 *
 * They are stream transports in one direction, so the contracts of
 * stream_transport.h hold here. */
#ifndef CALLBACKS_PIPE_TRANSPORT_H
#define CALLBACKS_PIPE_TRANSPORT_H

#include "callbacks/stream_transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Takes the descriptor over, which from now on does not wait (see
 * pipe_set_nonblocking): connection_made in the next turn. When no writer is
 * left the protocol sees eof_received and connection_lost. Contract: nothing is
 * written to it.
 *
 * 0; or a negative errno, and then the descriptor is still the caller's:
 * -EINVAL when it is none of the kinds above. */
int read_pipe_adopt(struct stream_transport *stream, struct transports *shared,
                    int fd, struct protocol *protocol);

/* The same for the end that is written to. The protocol has neither
 * data_received nor eof_received. When no reader is left it is lost: with
 * -EPIPE if bytes were kept, in good order if not. transport_write_eof is the
 * same as transport_close, for there is no other direction. */
int write_pipe_adopt(struct stream_transport *stream, struct transports *shared,
                     int fd, struct protocol *protocol);

#ifdef __cplusplus
}
#endif

#endif
