/* SPDX-License-Identifier: MIT */
/* What an epoll instance watches, as the kernel shows it: see proc(5). */
#ifndef NONBLOCKING_EPOLL_ENTRY_H
#define NONBLOCKING_EPOLL_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct epoll_entry {
    int fd;
    unsigned events; /* EPOLLIN and so on */
    uint64_t data;
};

/* A line of /proc/PID/fdinfo/FD. False when it is another one. */
bool epoll_entry_read(struct epoll_entry *entry, const char *line);

#ifdef __cplusplus
}
#endif

#endif
