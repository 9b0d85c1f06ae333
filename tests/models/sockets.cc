/* SPDX-License-Identifier: MIT */
#include "sockets.h"
#include "support/child.h"

#include "support/scripted_sockets.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int bound_socket(uint16_t *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    EXPECT_EQ(0, bind(fd, (struct sockaddr *)&address, size));
    getsockname(fd, (struct sockaddr *)&address, &size);
    *port = ntohs(address.sin_port);
    return fd;
}

std::string url_of(uint16_t port)
{
    return "http://127.0.0.1:" + std::to_string(port) + "/";
}

[[noreturn]] void answer_everybody(int listener)
{
    const char answer[] = "HTTP/1.1 413 Enough\r\nContent-Length: 0\r\n\r\n";
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int client = accept(listener, nullptr, nullptr);
        if (send(client, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0)
            _exit(EXIT_FAILURE);
    }
}

void say(int fd, const std::string &text)
{
    if (sendto(fd, text.data(), text.size(), MSG_NOSIGNAL, nullptr, 0) < 0)
        _exit(EXIT_FAILURE);
}

/* Reads on until the client closes. */
[[noreturn]] void answer_reluctantly(int listener)
{
    std::string interim = "HTTP/1.1 100 Continue\r\nX: ";
    interim.append(ReluctantServer::INTERIM - interim.size() - 4, 'x');
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int client = accept(listener, nullptr, nullptr);
        char bytes[65536];
        say(client, interim + "\r\n\r\n");
        while (scripted_seen(SCRIPTED_RECV) < ReluctantServer::INTERIM)
            sched_yield();
        std::string page = std::to_string(scripted_seen(SCRIPTED_SEND));
        say(client, "HTTP/1.1 200 OK\r\nContent-Length: " +
                        std::to_string(page.size()) + "\r\n\r\n" + page);
        while (recvfrom(client, bytes, sizeof bytes, 0, nullptr, nullptr) > 0)
            ;
        close(client);
    }
}

} // namespace

ClosedPort::ClosedPort() : fd(bound_socket(&port))
{
}

ClosedPort::~ClosedPort()
{
    close(fd);
}

std::string ClosedPort::url() const
{
    return url_of(port);
}

DeafServer::DeafServer() : fd(bound_socket(&port)), process(-1)
{
    EXPECT_EQ(0, listen(fd, 64));
    process = fork();
    if (process == 0)
        answer_everybody(fd);
}

DeafServer::~DeafServer()
{
    end_child(process);
    close(fd);
}

std::string DeafServer::url() const
{
    return url_of(port);
}

ReluctantServer::ReluctantServer() : fd(bound_socket(&port)), process(-1)
{
    /* First the script: the process shares its counts. */
    struct scripted_rule one_byte = {SCRIPTED_RECV, 1, 1, 1, 0};
    EXPECT_EQ(0, listen(fd, 64));
    EXPECT_EQ(0, scripted_begin(port, &one_byte, 1));
    process = fork();
    if (process == 0)
        answer_reluctantly(fd);
}

ReluctantServer::~ReluctantServer()
{
    scripted_end();
    end_child(process);
    close(fd);
}

std::string ReluctantServer::url() const
{
    return url_of(port);
}
