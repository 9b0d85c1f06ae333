// SPDX-License-Identifier: MIT
// What this machine refuses: it is not the host's fault, and a person can do
// something about it.
#include "every_model.h"

#include "support/program.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <fstream>
#include <net/if.h>
#include <ostream>
#include <sched.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace
{

// A network of our own for the calling thread and what it starts, with loopback
// and two ports to connect from. False where that is not allowed.
bool enter_small_network()
{
    if (unshare(CLONE_NEWNET))
        return false;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq loopback = {};
    std::string("lo").copy(loopback.ifr_name, IFNAMSIZ - 1);
    loopback.ifr_flags = IFF_UP;
    bool up = ioctl(fd, SIOCSIFFLAGS, &loopback) == 0;
    close(fd);
    std::ofstream range("/proc/sys/net/ipv4/ip_local_port_range");
    range << "50000 50001" << std::endl;
    return up && range.good();
}

int listen_at(uint16_t port)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) ||
        listen(fd, 1)) {
        close(fd);
        return -1;
    }
    return fd;
}

void fetch_without_a_port(const std::string &model, Ran *ran)
{
    Program server({"serve", "--port", "8080"});
    std::string url = server.line().empty() ? "" : "http://127.0.0.1:8080/";
    int held[] = {listen_at(50000), listen_at(50001)};
    *ran = run({"fetch", "--model", model, url + "bytes/10"});
    for (int fd : held)
        close(fd);
}

class NoLocalPort : public EveryModel
{
};
FOR_EVERY_MODEL(NoLocalPort);

TEST_P(NoLocalPort, IsNotAnUnreachableHost)
{
    Ran ran = {-1, "", ""};
    bool possible = false;
    std::thread elsewhere([&] {
        possible = enter_small_network();
        if (possible)
            fetch_without_a_port(GetParam()->name, &ran);
    });
    elsewhere.join();
    if (!possible)
        GTEST_SKIP() << "no network namespace can be made here";
    EXPECT_EQ(ran.code, 8) << ran.err;
    EXPECT_NE(ran.err.find("no port or address left"), std::string::npos)
        << ran.err;
    EXPECT_NE(ran.err.find("-k"), std::string::npos) << ran.err;
}

// Far more at once than there are pages: memory, threads and processes are for
// those that can be in flight.
class FarTooManyAtOnce : public EveryModel
{
};
FOR_EVERY_MODEL(FarTooManyAtOnce);

TEST_P(FarTooManyAtOnce, IsAsManyAsThereArePages)
{
    Program server({"serve"});
    std::string url = server.line();
    Ran ran =
        run({"fetch", "--json", "--model", GetParam()->name, "-c", "10000000",
             "-n", "2", url.substr(url.find("http")) + "bytes/10"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("\"concurrency\":2"), std::string::npos) << ran.out;
}

} // namespace
