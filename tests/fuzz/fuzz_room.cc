/* SPDX-License-Identifier: MIT */
/* What comes to a room over the network: all that a client sends before it
 * closes its side. The room's URL ends in ROOMROOMRO. */
#include "fuzz.h"

extern "C" {
#include "base/clock.h"
#include "lessons/tool/teacher/room_serve.h"
#include "nonblocking/selector.h"
}

#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

class Room
{
  public:
    Room()
    {
        if (loop_new(&loop, &epoll_selector, &monotonic_clock) ||
            room_server_open(&server, &room, loop, "127.0.0.1", 0))
            abort();
        memcpy(server.token, "ROOMROOMRO", ROOM_TOKEN);
    }
    ~Room()
    {
        room_server_close(&server, loop);
        room_deinit(&room);
        loop_free(loop);
    }
    Room(const Room &) = delete;

    /* What one client hears. A socket pair delivers at once. */
    std::string answer(std::string_view bytes)
    {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) ||
            !server.http.listener.accepted(&server.http.listener, pair[0]))
            abort();
        std::string heard;
        for (size_t at = 0; at < bytes.size();) {
            ssize_t sent = send(pair[1], bytes.data() + at, bytes.size() - at,
                                MSG_NOSIGNAL);
            at = sent > 0 ? at + static_cast<size_t>(sent) : bytes.size();
        }
        shutdown(pair[1], SHUT_WR);
        turns(16);
        char piece[4096];
        for (ssize_t count;
             (count = recv(pair[1], piece, sizeof piece, MSG_DONTWAIT)) > 0;)
            heard.append(piece, static_cast<size_t>(count));
        close(pair[1]);
        turns(4);
        return heard;
    }

    struct room room = {};
    struct room_server server;

  private:
    /* No turn waits. */
    void turns(int count)
    {
        while (count-- > 0) {
            loop_stop(loop);
            if (loop_run(loop))
                abort();
        }
    }
    struct loop *loop = nullptr;
};

} /* namespace */

static size_t count_of(const std::string &text, const char *what)
{
    size_t count = 0;
    for (size_t at = 0; (at = text.find(what, at)) != text.npos; at++)
        count++;
    return count;
}

void fuzz_room(std::string_view input)
{
    Room room;
    std::string heard = room.answer(input.substr(0, 65536));
    fuzz_require(heard.empty() || heard.compare(0, 9, "HTTP/1.1 ") == 0,
                 "an answer is HTTP");
    fuzz_require(room.room.count <= count_of(heard, "HTTP/1.1 200 "),
                 "each laptop that is known was told so");
    for (size_t i = 0; i < room.room.count; i++)
        fuzz_require(strlen(room.room.laptops[i].key) == 16,
                     "a laptop is known by its number");
    fuzz_require(
        room.answer("GET / HTTP/1.0\r\n\r\n").compare(0, 13, "HTTP/1.1 404 ") ==
            0,
        "the next client is answered");
}
