/* SPDX-License-Identifier: MIT */
/* An origin for a test: in a process of its own, started when its port is first
 * asked for, and gone with the test. */
#ifndef SUPPORT_OWN_ORIGIN_H
#define SUPPORT_OWN_ORIGIN_H

#include "harness/origin/origin.h"
#include "harness/origin/origin_bytes.h"

#include <arpa/inet.h>
#include <cstdlib>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

class OwnOrigin
{
  public:
    OwnOrigin() = default;
    OwnOrigin(const OwnOrigin &) = delete;
    ~OwnOrigin()
    {
        if (process_.port)
            origin_process_stop(&process_);
    }

    uint16_t port()
    {
        const struct origin_options options = {};
        if (!process_.port) {
            EXPECT_EQ(0, origin_process_start(&process_, &options));
        }
        return process_.port;
    }

    /* A count of /stats: what it saw of the requests with run=RUN. */
    long saw(const std::string &run, const std::string &count)
    {
        std::string json = ask("/stats?run=" + run);
        size_t at = json.find("\"" + count + "\":");
        EXPECT_NE(std::string::npos, at) << count << " is not in " << json;
        return at == std::string::npos
                   ? -1
                   : atol(json.c_str() + at + count.size() + 3);
    }

    /* The body of /bytes/N and of /stream/N. */
    static std::string body(size_t size)
    {
        std::string body(size, '\0');
        origin_bytes(0, 0, &body[0], size);
        return body;
    }

  private:
    /* Fetches without our clients and without calls that may be under a script.
     * Returns the answer with its head. */
    std::string ask(const std::string &target)
    {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(0, connect(fd, (struct sockaddr *)&address, sizeof address));
        std::string request = "GET " + target +
                              " HTTP/1.1\r\nHost: origin\r\n"
                              "Connection: close\r\n\r\n";
        EXPECT_EQ((ssize_t)request.size(),
                  sendto(fd, request.data(), request.size(), MSG_NOSIGNAL,
                         nullptr, 0));
        std::string answer;
        char piece[4096];
        ssize_t size;
        while ((size = recvfrom(fd, piece, sizeof piece, 0, nullptr, nullptr)) >
               0)
            answer.append(piece, (size_t)size);
        close(fd);
        return answer;
    }

    struct origin_process process_ = {};
};

#endif
