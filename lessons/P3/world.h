/* SPDX-License-Identifier: MIT */
/* The other end of every connection, and the clock: for the check. It takes the
 * place of poll (support/scripted_sockets.h): when your program waits, the
 * server here does what it can, on the same thread, and when neither can do
 * anything more the time jumps. So nothing waits, everything comes in the same
 * order each time, and a program that would sleep for ever is told so at once.
 *
 *     /bytes/N     N bytes
 *     /delay/N     answers N milliseconds later, on the clock of this world
 *     /hold/K      answers when K such requests are there
 *     /never       never answers
 *     /status/N    that status
 *     /reset       resets the connection
 *     /close       closes it without an answer
 *     /by-hand     says nothing but what say() is given
 */
#ifndef LESSONS_P3_WORLD_H
#define LESSONS_P3_WORLD_H

#include "lessons/check/calls.h"
#include "lessons/check/words.h"
#include "support/scripted_sockets.h"
#include "support/virtual_clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

class World
{
  public:
    World()
    {
        virtual_clock_init(&clock);
        listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        struct sockaddr_in here = {};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof here;
        struct sockaddr *any = reinterpret_cast<struct sockaddr *>(&here);
        if (bind(listener, any, size) || listen(listener, 1024) ||
            getsockname(listener, any, &size))
            abort();
        port = ntohs(here.sin_port);
        scripted_poll_by(poll_here, this);
    }

    ~World()
    {
        scripted_poll_by(nullptr, nullptr);
        for (Peer &peer : peers)
            close(peer.fd);
        close(listener);
    }

    struct virtual_clock clock;
    uint16_t port;
    bool interrupts = false; /* every second poll ends with EINTR */
    nanos connect_takes = 0; /* from when poll is first asked about it */
    /* What the program under test did. */
    int wakes = 0; /* calls of poll */
    std::vector<int> timeouts;
    size_t asked = 0; /* requests */
    size_t most_in_flight = 0;
    std::string heard; /* every byte that came */

    /* Does whatever the server can do now. */
    void act()
    {
        accept_all();
        for (Peer &peer : peers)
            hear(peer);
        count_flying();
        for (Peer &peer : peers)
            answer(peer);
        for (auto peer = peers.begin(); peer != peers.end();)
            peer = tell(*peer) ? std::next(peer) : hang_up(peer);
    }

    /* Sends these bytes to every client that asked for /by-hand. */
    void say(const std::string &bytes)
    {
        for (Peer &peer : peers)
            peer.out += bytes;
        act();
    }

    /* What poll says of one descriptor at this very moment. */
    static short glance(int fd, short events)
    {
        struct pollfd one = {fd, events, 0};
        look(&one, 1);
        return one.revents;
    }

    /* The same, but it waits for packets that are still on their way. */
    short ready(int fd, short events)
    {
        struct pollfd one = {fd, events, 0};
        for (;;) {
            act();
            if (look(&one, 1) > 0 || !something_moves(&one, 1))
                return one.revents;
        }
    }

    static std::string body(size_t size)
    {
        std::string bytes(size, ' ');
        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)('a' + i % 26);
        return bytes;
    }

    /* How many descriptors of this process are open, but for the server's. */
    size_t others_files() const
    {
        size_t count = 0;
        for (int fd = 0; fd < 4096; fd++)
            count += fcntl(fd, F_GETFD) >= 0;
        return count - 1 - peers.size();
    }

  private:
    struct Peer {
        int fd;
        std::string in, out, path; /* path: asked for, and not yet answered */
        nanos since = 0;
        bool released = false; /* enough for its /hold/K are there */
        bool closing = false;
    };

    /* What the last poll has said of a descriptor, and how it was then. */
    struct Said {
        int fd;
        short ready;
        unsigned opens, uses;
    };

    std::list<Peer> peers;
    std::vector<Said> last;
    std::map<std::pair<int, unsigned>, nanos> connecting; /* until when */
    int listener;
    bool somebody_left = false; /* and the news may still be on its way */

    void accept_all()
    {
        int fd;
        while ((fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
            peers.emplace_back();
            peers.back().fd = fd;
        }
    }

    void hear(Peer &peer)
    {
        char bytes[4096];
        ssize_t count;
        while ((count = recvfrom(peer.fd, bytes, sizeof bytes, 0, nullptr,
                                 nullptr)) > 0) {
            peer.in.append(bytes, (size_t)count);
            heard.append(bytes, (size_t)count);
        }
        if (count == 0 || errno != EAGAIN)
            peer.closing = true;
        if (peer.in.find("\r\n\r\n") == std::string::npos)
            return;
        peer.path = peer.in.substr(4, peer.in.find(' ', 4) - 4);
        peer.in.clear();
        peer.since = clock.now;
        asked++;
    }

    size_t flying(const std::string &path) const
    {
        size_t count = 0;
        for (const Peer &peer : peers)
            count += !peer.closing && !peer.path.empty() &&
                     (path.empty() || peer.path == path);
        return count;
    }

    void count_flying()
    {
        most_in_flight = std::max(most_in_flight, flying(""));
        for (Peer &peer : peers)
            peer.released = flying(peer.path) >= (size_t)number(peer);
    }

    static long number(const Peer &peer)
    {
        return atol(peer.path.substr(peer.path.rfind('/') + 1).c_str());
    }

    nanos due(const Peer &peer) const
    {
        const std::string &path = peer.path;
        if (path.rfind("/delay/", 0) == 0)
            return peer.since + number(peer) * NANOS_PER_MILLISECOND;
        if (path == "/never" || path == "/by-hand" || path.empty() ||
            (path.rfind("/hold/", 0) == 0 && !peer.released))
            return NEVER;
        return 0;
    }

    void answer(Peer &peer)
    {
        if (due(peer) > clock.now)
            return;
        std::string status = "200";
        size_t size = 10;
        if (peer.path.rfind("/bytes/", 0) == 0)
            size = (size_t)number(peer);
        else if (peer.path.rfind("/status/", 0) == 0)
            status = std::to_string(number(peer));
        if (peer.path == "/reset") {
            struct linger at_once = {1, 0};
            setsockopt(peer.fd, SOL_SOCKET, SO_LINGER, &at_once,
                       sizeof at_once);
        }
        peer.closing = peer.path == "/reset" || peer.path == "/close";
        somebody_left = somebody_left || peer.closing;
        if (!peer.closing)
            peer.out += "HTTP/1.1 " + status +
                        " So\r\nContent-Length: " + std::to_string(size) +
                        "\r\n\r\n" + body(size);
        peer.path.clear();
    }

    /* False: the connection is over. */
    static bool tell(Peer &peer)
    {
        ssize_t count = sendto(peer.fd, peer.out.data(), peer.out.size(),
                               MSG_NOSIGNAL, nullptr, 0);
        if (count > 0)
            peer.out.erase(0, (size_t)count);
        return !peer.closing;
    }

    std::list<Peer>::iterator hang_up(std::list<Peer>::iterator peer)
    {
        close(peer->fd);
        return peers.erase(peer);
    }

    /* ---- in the place of poll ---- */

    static int poll_here(void *world, struct pollfd *fds, nfds_t count,
                         int timeout)
    {
        return static_cast<World *>(world)->wait(fds, count, timeout);
    }

    static int look(struct pollfd *fds, nfds_t count)
    {
        struct timespec none = {0, 0};
        return ppoll(fds, count, &none, nullptr);
    }

    /* Bytes that the other end has not taken yet? */
    static bool has_unsent(int fd)
    {
        int count = 0;
        return !ioctl(fd, SIOCOUTQ, &count) && count > 0;
    }

    bool may_be_under_way(const struct pollfd *fds, nfds_t count) const
    {
        bool may = somebody_left;
        for (nfds_t i = 0; i < count; i++)
            may = may || (fds[i].events & POLLOUT) || has_unsent(fds[i].fd);
        for (const Peer &peer : peers)
            may = may || has_unsent(peer.fd);
        return may;
    }

    /* Within this machine a packet is there at once; nearly always. */
    bool something_moves(const struct pollfd *fds, nfds_t count)
    {
        std::vector<struct pollfd> all(fds, fds + count);
        all.push_back({listener, POLLIN, 0});
        for (const Peer &peer : peers)
            all.push_back({peer.fd,
                           short(peer.out.empty() ? POLLIN : POLLIN | POLLOUT),
                           0});
        bool may = may_be_under_way(fds, count);
        struct timespec moment = {0, may ? 200 * NANOS_PER_MILLISECOND : 0};
        bool moves = ppoll(all.data(), all.size(), &moment, nullptr) > 0;
        somebody_left = somebody_left && moves;
        return moves;
    }

    int wait(struct pollfd *fds, nfds_t count, int timeout)
    {
        timeouts.push_back(timeout);
        if (++wakes > 1000)
            give_up("poll has been called 1000 times, which is too often; the"
                    " last time with a timeout of " +
                        std::to_string(timeout) + ".",
                    fds, count);
        expect_no_blocking(fds, count);
        expect_that_the_last_was_heeded();
        if (interrupts && wakes % 2) {
            errno = EINTR;
            return -1;
        }
        nanos until =
            timeout < 0 ? NEVER : clock.now + timeout * NANOS_PER_MILLISECOND;
        for (;;) {
            act();
            int found = look(fds, count);
            int held = hold_back(fds, count);
            found -= held;
            if (found != 0 || clock.now >= until) {
                note(fds, count);
                return found;
            }
            if (!held && something_moves(fds, count))
                continue;
            nanos next = until;
            for (const Peer &peer : peers)
                next = std::min(next, due(peer));
            for (const auto &each : connecting)
                if (each.second > clock.now)
                    next = std::min(next, each.second);
            if (next == NEVER)
                give_up("poll would sleep for ever.", fds, count);
            clock.now = next;
        }
    }

    /* Those that still connect are not ready, whatever the kernel says: how
     * many of them it had called ready. */
    int hold_back(struct pollfd *fds, nfds_t count)
    {
        int held = 0;
        for (nfds_t i = 0; connect_takes && i < count; i++) {
            if (fds[i].fd < 0)
                continue;
            auto known = connecting.insert({{fds[i].fd, calls_opens(fds[i].fd)},
                                            clock.now + connect_takes});
            if (known.first->second <= clock.now)
                continue;
            held += fds[i].revents != 0;
            fds[i].revents = 0;
        }
        return held;
    }

    void note(const struct pollfd *fds, nfds_t count)
    {
        for (nfds_t i = 0; i < count; i++)
            if (fds[i].fd >= 0)
                last.push_back({fds[i].fd, fds[i].revents,
                                calls_opens(fds[i].fd), calls_uses(fds[i].fd)});
    }

    /* Whatever was ready then has had its turn, and nothing else has. */
    void expect_that_the_last_was_heeded()
    {
        for (const Said &said : last) {
            bool is_gone = fcntl(said.fd, F_GETFD) < 0 ||
                           calls_opens(said.fd) != said.opens;
            bool was_used = calls_uses(said.fd) != said.uses;
            if (is_gone || was_used == (said.ready != 0))
                continue;
            if (said.ready)
                ADD_FAILURE() << "poll had said that descriptor " << said.fd
                              << " is ready (" << names(said.ready)
                              << "), and poll was asked again without anything"
                                 " having been done about it. Each that is"
                                 " ready has its turn, or the last in the list"
                                 " wait for the first.";
            else
                ADD_FAILURE() << "poll had not said that descriptor " << said.fd
                              << " is ready (its revents were 0), and it was"
                                 " used all the same. Of one that connects that"
                                 " would be a guess.";
        }
        last.clear();
    }

    static void expect_no_blocking(const struct pollfd *fds, nfds_t count)
    {
        for (nfds_t i = 0; i < count; i++)
            if (fds[i].fd >= 0 && !(fcntl(fds[i].fd, F_GETFL) & O_NONBLOCK))
                ADD_FAILURE() << "descriptor " << fds[i].fd
                              << " can block: it has no O_NONBLOCK.";
    }

    /* Ends this check's process: what is under test would not return. */
    [[noreturn]] void give_up(const std::string &why, const struct pollfd *fds,
                              nfds_t count) const
    {
        std::string waited, held;
        for (nfds_t i = 0; i < count && i < 12; i++)
            if (fds[i].fd >= 0)
                waited += " descriptor " + std::to_string(fds[i].fd) + " (" +
                          names(fds[i].events) + ")";
        for (const Peer &peer : peers)
            held += peer.path.empty() ? "" : " " + peer.path;
        ADD_FAILURE() << why << " It was asked about"
                      << (waited.empty() ? " no descriptor at all" : waited)
                      << ". The server has read " << asked << " requests, and "
                      << (held.empty() ? "has answered all"
                                       : "holds back the answer to" + held)
                      << ".";
        _exit(1);
    }

    static std::string names(short events)
    {
        return events & (POLLIN | POLLOUT) ? poll_events(events)
               : events                    ? "POLLERR or POLLHUP"
                                           : "nothing";
    }
};

#endif
