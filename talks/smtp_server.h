/* SPDX-License-Identifier: MIT */
/* A real SMTP server for row C1: Debian's python3-aiosmtpd, in a process of its
 * own. */
#ifndef TALKS_SMTP_SERVER_H
#define TALKS_SMTP_SERVER_H

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct smtp_server {
    pid_t pid;
    uint16_t port;
    int to, from; /* pipes */
};

/* It takes a mail when `together` mails are being sent at the same time, and
 * refuses it when those have not come within ten seconds. 0; -ENOENT when it is
 * not installed, and that was said on standard output; or a negative errno. */
int smtp_server_start(struct smtp_server *server, int together);

/* Ends it, and prints `what`, how many mails it took, and how many connections
 * it had at most. */
void smtp_server_stop(struct smtp_server *server, const char *what);

#ifdef __cplusplus
}
#endif

#endif
