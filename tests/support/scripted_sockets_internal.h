/* SPDX-License-Identifier: MIT */
/* What the script says of a call, for the code that replaces it. */
#ifndef SUPPORT_SCRIPTED_SOCKETS_INTERNAL_H
#define SUPPORT_SCRIPTED_SOCKETS_INTERNAL_H

#include "support/scripted_sockets.h"

#include <sys/socket.h>
#include <sys/types.h>

/* How many bytes may a call of SEND or RECV move? A negative errno: none, it
 * fails. `blocking`: it would wait if it had to. */
ssize_t scripted_allowed(enum scripted_call call, int fd, size_t size,
                         bool blocking);

/* The error that a connect is to meet; 0 for none. */
int scripted_connect_error(const struct sockaddr *to);

/* The error that a rule gives this call, of those without a socket, instead; 0
 * for none. */
int scripted_error_instead(enum scripted_call call);

/* Is this wait interrupted? Then errno says so. */
bool scripted_is_interrupted(void);

#endif
