/* SPDX-License-Identifier: MIT */
/* A server of a few lines, for what the origin would never do: each connection
 * is a function that says, call by call, what the server does. It runs on
 * threads of its own. */
#ifndef SUPPORT_TINY_SERVER_H
#define SUPPORT_TINY_SERVER_H

#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

class TinyServer
{
  public:
    /* What one connection does: its socket, and its number from 0 on. The
     * socket is closed afterwards. */
    using Script = std::function<void(int fd, int number)>;

    explicit TinyServer(Script script, int backlog = 64)
        : script_(std::move(script)), listener_(listen_here(backlog))
    {
        /* Signals are for the program under test: one that interrupted a call
         * of the server would look like a client that has gone. Its threads
         * inherit the mask. */
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        pthread_barrier_init(&begun_, nullptr, 2);
        acceptor_ = std::thread([this] {
            pthread_barrier_wait(&begun_);
            accept_all();
        });
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        /* A thread that starts allocates: under the address sanitizer a child
         * that a model forks meanwhile never could. */
        pthread_barrier_wait(&begun_);
    }

    /* Breaks off whatever still goes on. */
    ~TinyServer()
    {
        shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        pthread_barrier_destroy(&begun_);
        {
            std::lock_guard<std::mutex> hold(lock_);
            for (int fd : open_)
                shutdown(fd, SHUT_RDWR);
        }
        for (std::thread &connection : connections_)
            connection.join();
        close(listener_);
    }

    /* Not recv and send: those may be under a script, and it is the client's.
     */
    static ssize_t hear(int fd, void *bytes, size_t count)
    {
        return recvfrom(fd, bytes, count, 0, nullptr, nullptr);
    }
    static ssize_t tell(int fd, const void *bytes, size_t count)
    {
        return sendto(fd, bytes, count, MSG_NOSIGNAL, nullptr, 0);
    }

    uint16_t port() const
    {
        return port_;
    }
    int accepted() const
    {
        return accepted_;
    }

    /* Reads a request's head, and no byte more. Empty when the client left. */
    static std::string read_head(int fd)
    {
        std::string head;
        char byte;
        while (head.find("\r\n\r\n") == std::string::npos &&
               hear(fd, &byte, 1) == 1)
            head.push_back(byte);
        return head;
    }

    static std::string read_bytes(int fd, size_t count)
    {
        std::string bytes(count, '\0');
        size_t at = 0;
        ssize_t got;
        while (at < count && (got = hear(fd, &bytes[at], count - at)) > 0)
            at += (size_t)got;
        bytes.resize(at);
        return bytes;
    }

    static void say(int fd, const std::string &text)
    {
        size_t at = 0;
        ssize_t count;
        while (at < text.size() &&
               (count = tell(fd, &text[at], text.size() - at)) > 0)
            at += (size_t)count;
    }

    /* Waits until the client closes. */
    static void linger(int fd)
    {
        char bytes[4096];
        while (hear(fd, bytes, sizeof bytes) > 0)
            ;
    }

    static std::string page(const std::string &body,
                            const std::string &status = "200 OK",
                            const std::string &fields = "")
    {
        return "HTTP/1.1 " + status +
               "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
               fields + "\r\n" + body;
    }

    /* Answers every request with its own target, until the client closes. */
    static void echo(int fd, int)
    {
        for (std::string head; !(head = read_head(fd)).empty();) {
            size_t from = head.find(' ') + 1;
            say(fd, page(head.substr(from, head.find(' ', from) - from)));
        }
    }

  private:
    int listen_here(int backlog)
    {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        struct sockaddr *any = reinterpret_cast<struct sockaddr *>(&address);
        if (bind(fd, any, size) || listen(fd, backlog) ||
            getsockname(fd, any, &size))
            abort();
        port_ = ntohs(address.sin_port);
        return fd;
    }

    void accept_all()
    {
        int fd;
        while ((fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0) {
            /* What a script says does not wait for the client's next words. */
            const int at_once = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
            std::lock_guard<std::mutex> hold(lock_);
            open_.push_back(fd);
            connections_.emplace_back(
                [this, fd, number = accepted_++] { serve(fd, number); });
        }
    }

    void serve(int fd, int number)
    {
        script_(fd, number);
        std::lock_guard<std::mutex> hold(lock_);
        for (size_t i = 0; i < open_.size(); i++)
            if (open_[i] == fd)
                open_.erase(open_.begin() + (long)i);
        close(fd);
    }

    Script script_;
    uint16_t port_ = 0;
    int listener_;
    std::atomic<int> accepted_{0};
    std::mutex lock_;
    std::vector<int> open_;
    std::vector<std::thread> connections_;
    pthread_barrier_t begun_;
    std::thread acceptor_;
};

#endif
