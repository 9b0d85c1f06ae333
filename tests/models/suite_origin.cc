/* SPDX-License-Identifier: MIT */
/* The origin of this test process, and what it says that it saw. */
#include "suite.h"

#include "harness/origin/origin_bytes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

/* Started on the main thread, which stays; ended when the program ends. */
class Origin
{
  public:
    Origin()
    {
        const struct origin_options options = {};
        int error = origin_process_start(&process, &options);
        if (error) {
            fprintf(stderr, "no origin: %s\n", strerror(-error));
            abort();
        }
    }
    ~Origin()
    {
        origin_process_stop(&process);
    }
    struct origin_process process = {};
};

Origin &origin()
{
    static Origin the_origin;
    return the_origin;
}

/* Asks without any model: the answer, head and all. */
std::string ask_origin(const std::string &target)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(origin_port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(0, connect(fd, (struct sockaddr *)&address, sizeof address));
    std::string request = "GET " + target +
                          " HTTP/1.1\r\nHost: origin\r\n"
                          "Connection: close\r\n\r\n";
    EXPECT_EQ((ssize_t)request.size(),
              send(fd, request.data(), request.size(), MSG_NOSIGNAL));
    std::string answer;
    char piece[4096];
    ssize_t size;
    while ((size = recv(fd, piece, sizeof piece, 0)) > 0)
        answer.append(piece, (size_t)size);
    close(fd);
    return answer;
}

/* The number behind the first such name. */
long number_of(const std::string &json, const std::string &name)
{
    std::string key = "\"" + name + "\":";
    size_t at = json.find(key);
    EXPECT_NE(std::string::npos, at) << name << " is not in " << json;
    return at == std::string::npos ? -1 : atol(&json[at + key.size()]);
}

} // namespace

uint16_t origin_port()
{
    return origin().process.port;
}

std::string origin_url(const std::string &target)
{
    return "http://127.0.0.1:" + std::to_string(origin_port()) + target;
}

std::string new_run()
{
    static int runs;
    return "run" + std::to_string(++runs);
}

long origin_saw(const std::string &run, const std::string &count)
{
    return number_of(ask_origin("/stats?run=" + run), count);
}

std::string origin_body(size_t size)
{
    std::string body(size, '\0');
    origin_bytes(0, 0, body.data(), size);
    return body;
}
