/* SPDX-License-Identifier: MIT */
#ifndef SUPPORT_SILENT_SERVER_H
#define SUPPORT_SILENT_SERVER_H

#include "http/address.h"

#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

/* Listens, and never takes a connection up. With room for it the kernel
 * connects, and takes in as much as its buffers hold; when the backlog is full,
 * connecting does not end. */
class SilentServer
{
  public:
    enum Backlog { ROOMY, FULL };

    /* At an address of this machine; port 0: a free one. */
    explicit SilentServer(Backlog backlog,
                          const std::string &host = "127.0.0.1",
                          uint16_t port = 0)
        : at(host)
    {
        address_from_literal(&address, host.c_str(), port);
        fd = stream();
        if (bind(fd, &address.socket.any, address.size) ||
            getsockname(fd, &address.socket.any, &address.size) ||
            listen(fd, backlog == FULL ? 0 : 64))
            error = errno;
        else if (backlog == FULL)
            fill();
    }
    ~SilentServer()
    {
        close(filler);
        close(fd);
    }
    SilentServer(const SilentServer &) = delete;
    SilentServer &operator=(const SilentServer &) = delete;

    /* Both families keep it in the same place. */
    uint16_t port() const
    {
        return ntohs(address.socket.ipv4.sin_port);
    }
    std::string url() const
    {
        return "http://" + at + ":" + std::to_string(port()) + "/";
    }

    int error = 0; /* an errno: why it does not listen */

  private:
    int stream() const
    {
        return socket(address.socket.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC,
                      0);
    }

    /* Room for none is room for one, which has arrived when it could be taken
     * up. */
    void fill()
    {
        struct pollfd arrived = {fd, POLLIN, 0};
        filler = stream();
        if (connect(filler, &address.socket.any, address.size))
            error = errno;
        while (!error && poll(&arrived, 1, -1) != 1)
            ;
    }

    std::string at;
    struct address address;
    int fd, filler = -1;
};

#endif
