/* SPDX-License-Identifier: MIT */
/* Sockets of this machine, for checks. */
#ifndef LESSONS_CHECK_SOCKETS_H
#define LESSONS_CHECK_SOCKETS_H

#include "http/address.h"
#include "support/scripted_sockets.h"

#include <gtest/gtest.h>

#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

inline int count_descriptors()
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* A socket that is bound to an address of this machine, 127.0.0.1 or ::1, so
 * that no other has its port. Unless it listens, a connect is refused. */
class Bound
{
  public:
    explicit Bound(int family = AF_INET, int backlog = -1)
        : fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        is_there = address_from_literal(
                       &address, family == AF_INET ? "127.0.0.1" : "::1", 0) &&
                   bind(fd, &address.socket.any, address.size) == 0 &&
                   (backlog < 0 || listen(fd, backlog) == 0) &&
                   getsockname(fd, &address.socket.any, &address.size) == 0;
        EXPECT_TRUE(is_there || family != AF_INET) << "no socket for the check";
    }
    ~Bound()
    {
        close(fd);
    }
    Bound(const Bound &) = delete;
    Bound &operator=(const Bound &) = delete;

    uint16_t port() const
    {
        return ntohs(address.socket.ipv4.sin_port);
    }

    int fd;
    struct address address = {};
    bool is_there; /* false: this machine has no such addresses */
};

inline struct scripted_rule rule_for(enum scripted_call call, unsigned first,
                                     size_t limit, int error,
                                     unsigned every = 0)
{
    struct scripted_rule rule = {};
    rule.call = call;
    rule.first = first;
    rule.every = every;
    rule.limit = limit;
    rule.error = error;
    return rule;
}

#endif
