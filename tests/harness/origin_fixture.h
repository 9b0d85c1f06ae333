/* SPDX-License-Identifier: MIT */
/* An origin on a thread of this process, and a client that is none of the
 * lab's models: bare sockets, and as much of HTTP as it takes. */
#ifndef TESTS_HARNESS_ORIGIN_FIXTURE_H
#define TESTS_HARNESS_ORIGIN_FIXTURE_H

#include "harness/origin/origin.h"
#include "harness/origin/origin_bytes.h"
#include "http/call.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <chrono>
#include <future>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

/* Options that differ in one member. */
template <typename M, typename V>
origin_options with(M origin_options::*member, V value,
                    origin_options options = {})
{
    options.*member = static_cast<M>(value);
    return options;
}

/* Serves from its construction to its destruction. */
class Origin
{
  public:
    explicit Origin(origin_options given = {}) : options(given)
    {
        EXPECT_EQ(pipe(ends), 0);
        std::future<uint16_t> known = listening.get_future();
        thread = std::thread([this] {
            error = origin_serve(&options, ends[0], tell, this);
            if (error)
                listening.set_value(0);
        });
        port = known.get();
    }

    ~Origin()
    {
        stop();
        close(ends[0]);
    }

    /* Returns what origin_serve did. */
    int stop()
    {
        if (thread.joinable()) {
            close(ends[1]);
            thread.join();
        }
        return error;
    }

    uint16_t port = 0;
    int error = 0;
    origin_options options;

  private:
    static int tell(void *context, uint16_t port)
    {
        static_cast<Origin *>(context)->listening.set_value(port);
        return 0;
    }

    int ends[2];
    std::promise<uint16_t> listening;
    std::thread thread;
};

struct Answer {
    int status = 0; /* 0: no whole answer came */
    std::string body;
    std::string head;
    bool keep_alive = false;
    message_error malformed = MESSAGE_FINE;
    int error = 0; /* what recv said instead, ECONNRESET … */

    std::string field(const std::string &name) const
    {
        size_t at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos)
            return "";
        at += name.size() + 4;
        return head.substr(at, head.find("\r\n", at) - at);
    }
};

/* One connection. Nothing blocks for longer than ten seconds. */
class Client
{
  public:
    explicit Client(uint16_t port, const char *host = "127.0.0.1",
                    int receive_buffer = 0)
    {
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        timeval patience = {10, 0};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        int on = 1; /* what is sent in pieces shall arrive in pieces */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (receive_buffer)
            setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
                       sizeof receive_buffer);
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        inet_pton(AF_INET, host, &address.sin_addr);
        connected = !connect(fd, reinterpret_cast<sockaddr *>(&address),
                             sizeof address);
    }
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;
    Client(Client &&other) noexcept
        : fd(other.fd), connected(other.connected),
          received(std::move(other.received))
    {
        other.fd = -1;
    }

    ~Client()
    {
        hang_up();
    }

    void hang_up()
    {
        if (fd >= 0)
            close(fd);
        fd = -1;
    }

    void send(const std::string &bytes)
    {
        size_t sent = 0;
        while (sent < bytes.size()) {
            ssize_t n = ::send(fd, bytes.data() + sent, bytes.size() - sent,
                               MSG_NOSIGNAL);
            if (n <= 0)
                return;
            sent += (size_t)n;
        }
    }

    void ask(const std::string &target, const std::string &method = "GET",
             const std::string &fields = "", const std::string &body = "")
    {
        send(method + " " + target + " HTTP/1.1\r\nHost: origin\r\n" + fields +
             (body.empty()
                  ? ""
                  : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
             "\r\n" + body);
    }

    /* Reads one answer; what comes behind it is kept for the next. */
    Answer answer(bool to_head = false)
    {
        Answer result;
        message response;
        buffer body = {};
        message_init(&response, MESSAGE_RESPONSE, &call_default_options.limits);
        message_reset(&response, to_head, &body);
        std::string raw;
        while (take(response, raw) && receive(result.error, response))
            ;
        result.malformed = response.error;
        if (message_is_complete(&response)) {
            result.status = response.status;
            result.keep_alive = response.keep_alive;
        }
        result.head = raw.substr(0, raw.find("\r\n\r\n") + 2);
        result.body.assign(body.data ? body.data : "", body.size);
        message_deinit(&response);
        buffer_deinit(&body);
        return result;
    }

    Answer get(const std::string &target, const std::string &method = "GET",
               const std::string &fields = "", const std::string &body = "")
    {
        ask(target, method, fields, body);
        return answer(method == "HEAD");
    }

    /* All that comes until the server closes; `error` if it did not close
     * but something happened. */
    std::string rest(int *error = nullptr)
    {
        std::string all = std::move(received);
        char piece[16384];
        ssize_t n;
        while ((n = recv(fd, piece, sizeof piece, 0)) > 0)
            all.append(piece, (size_t)n);
        if (error)
            *error = n < 0 ? errno : 0;
        return all;
    }

    int fd;
    bool connected = false;

  private:
    /* Feeds what there is. False once the answer is over. */
    bool take(message &response, std::string &raw)
    {
        ssize_t taken =
            message_feed(&response, received.data(), received.size());
        if (taken < 0)
            return false;
        raw += received.substr(0, (size_t)taken);
        received.erase(0, (size_t)taken);
        return !message_is_complete(&response);
    }

    bool receive(int &error, message &response)
    {
        char piece[16384];
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n > 0)
            received.assign(piece, (size_t)n);
        else if (n < 0)
            error = errno;
        else
            message_end(&response);
        return n > 0;
    }

    std::string received;
};

inline std::string made_up(uint64_t seed, uint64_t offset, size_t size)
{
    std::string bytes(size, '\0');
    origin_bytes(seed, offset, bytes.data(), size);
    return bytes;
}

/* A number out of a line of JSON as the origin prints it; -1: it is not there.
 */
inline double number_in(const std::string &json, const std::string &name)
{
    size_t at = json.find("\"" + name + "\":");
    return at == std::string::npos
               ? -1
               : std::stod(json.substr(at + name.size() + 3));
}

inline std::string stats_of(uint16_t port, const std::string &run)
{
    Client client(port);
    return client.get("/stats?run=" + run).body;
}

/* Asks until the run's number is as expected: what the server does about a
 * client that has gone, it does in its own time. */
inline bool comes_to(uint16_t port, const std::string &run,
                     const std::string &name, double expected)
{
    for (int i = 0; i < 2000; i++) {
        if (number_in(stats_of(port, run), name) == expected)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

#endif
