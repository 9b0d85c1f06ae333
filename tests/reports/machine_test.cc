// SPDX-License-Identifier: MIT
// What this machine refuses: it is not the host's fault, and a person can do
// something about it.
#include "every_model.h"

#include "base/processors.h"
#include "harness/race/witness.h"
#include "support/program.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <ostream>
#include <regex>
#include <sched.h>
#include <sstream>
#include <string>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace
{

// A network of our own for the calling thread and what it starts, with loopback
// and these ports to connect from. False where that is not allowed.
bool enter_small_network(const char *ports)
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
    range << ports << std::endl;
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
        possible = enter_small_network("50000 50001");
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

// Threads and processes start one after another, so slowly on a busy machine
// that the first ones may be done before many are there, and nothing is
// refused. What is said then is for Limits in tests/models.
bool starts_workers(const struct model *model)
{
    const std::string family = model->family;
    return family == "threads" || family == "processes";
}

// Fifty at once want more ports than there are. The server closes first, so
// that a port is free again as soon as its page is there.
class EightLocalPorts : public EveryModel
{
};
FOR_EVERY_MODEL(EightLocalPorts);

void fetch_with_eight_ports(const std::string &model, const std::string &query,
                            Ran *ran)
{
    Program server({"serve", "--port", "8080"});
    std::string url = server.line().empty() ? "" : "http://127.0.0.1:8080/";
    *ran = run({"fetch", "--json", "--model", model, "-k", "-n", "100", "-c",
                "50", url + "bytes/10?delay=20ms" + query});
}

TEST_P(EightLocalPorts, AreEnoughForFiftyPagesAtOnce)
{
    if (!(GetParam()->can & CAN_OVERLAP))
        GTEST_SKIP() << "it does one at a time";
    Ran closed = {-1, "", ""}, kept = {-1, "", ""};
    bool possible = false;
    std::thread elsewhere([&] {
        possible = enter_small_network("50000 50007");
        if (!possible)
            return;
        fetch_with_eight_ports(GetParam()->name, "&length=close", &closed);
        kept = closed;
        if (GetParam()->can & CAN_KEEP_ALIVE)
            fetch_with_eight_ports(GetParam()->name, "", &kept);
    });
    elsewhere.join();
    if (!possible)
        GTEST_SKIP() << "no network namespace can be made here";
    const std::string said = "fewer than 50 at once: this machine has no port";
    for (const Ran *ran : {&closed, &kept}) {
        EXPECT_EQ(ran->code, 0) << ran->err;
        size_t first = ran->err.find(said);
        if (!starts_workers(GetParam())) {
            EXPECT_NE(first, std::string::npos) << ran->err;
        }
        EXPECT_EQ(ran->err.rfind(said), first) << "once";
    }
}

constexpr int NO_OTHER_USER = 99;

// Becomes a user with a limit of processes and threads, this one among them;
// for root there is none. The limit is for all that a user runs, so the number
// of the user is one that no other process has.
void become_one_with_processes(rlim_t most)
{
    struct rlimit limit = {most, most};
    uid_t user = 1000000 + static_cast<uid_t>(getpid());
    if (setgroups(0, nullptr) || setgid(65534) || setuid(user) ||
        access(WAITLAB_PROGRAM, X_OK) || setrlimit(RLIMIT_NPROC, &limit))
        _exit(NO_OTHER_USER);
    // The leak sanitizer looks from a thread of its own.
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
}

class NoProcess : public EveryModel
{
};
FOR_EVERY_MODEL(NoProcess);

TEST_P(NoProcess, IsToldWithWhatCanBeDone)
{
    Program server({"serve"});
    std::string url = server.line();
    Ran ran = run({"fetch", "--model", GetParam()->name, "-c", "2",
                   url.substr(url.find("http")) + "bytes/10"},
                  [] { become_one_with_processes(0); });
    if (ran.code == NO_OTHER_USER)
        GTEST_SKIP() << "only root can become another user";
    const std::string name = GetParam()->name;
    if (name == "sequential" || name == "fork" || name == "threads" ||
        name.find("-pool") != std::string::npos) {
        EXPECT_EQ(ran.code, 8) << ran.err;
        EXPECT_NE(ran.err.find("raise ulimit -u"), std::string::npos)
            << ran.err;
    } else {
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_EQ(ran.out.size(), 10u);
    }
}

class TwelveProcesses : public EveryModel
{
};
FOR_EVERY_MODEL(TwelveProcesses);

TEST_P(TwelveProcesses, AreEnoughForFiftyPagesAtOnce)
{
    if (!(GetParam()->can & CAN_OVERLAP))
        GTEST_SKIP() << "it does one at a time";
    Program server({"serve"});
    std::string url = server.line();
    Ran ran =
        run({"fetch", "--json", "--model", GetParam()->name, "-n", "100", "-c",
             "50", url.substr(url.find("http")) + "bytes/10?delay=20ms"},
            [] { become_one_with_processes(12); });
    if (ran.code == NO_OTHER_USER)
        GTEST_SKIP() << "only root can become another user";
    EXPECT_EQ(ran.code, 0) << ran.err;
    const std::string said = "fewer than 50 at once: no more processes";
    size_t first = ran.err.find(said);
    if (!starts_workers(GetParam())) {
        EXPECT_EQ(first, std::string::npos) << ran.err;
    }
    EXPECT_EQ(ran.err.rfind(said), first) << "once";
}

// A shell that allows forty descriptors, and fifty pages at once: they come,
// and it is said once that it were fewer.
class FortyDescriptors : public EveryModel
{
};
FOR_EVERY_MODEL(FortyDescriptors);

TEST_P(FortyDescriptors, AreEnoughForFiftyPagesAtOnce)
{
    Program server({"serve"});
    std::string url = server.line();
    bool overlaps = (GetParam()->can & CAN_OVERLAP) != 0;
    Ran ran = run({"fetch", "--json", "--model", GetParam()->name, "-n", "100",
                   "-c", overlaps ? "50" : "1",
                   url.substr(url.find("http")) +
                       (overlaps ? "bytes/10?delay=300ms" : "bytes/10")},
                  [] {
                      struct rlimit forty = {40, 40};
                      setrlimit(RLIMIT_NOFILE, &forty);
                  });
    EXPECT_EQ(ran.code, 0) << ran.err;
    const std::string said = "fewer than 50 at once: no descriptor is free";
    size_t first = ran.err.find(said);
    EXPECT_EQ(first != std::string::npos, overlaps) << ran.err;
    EXPECT_EQ(ran.err.rfind(said), first) << "once";
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

// The first processor that is allowed, and no other.
void keep_to_one_processor()
{
    int first = processors_from_last(processors_allowed() - 1);
    EXPECT_EQ(processors_pin(0, first), 0);
}

// From now on the kernel refuses every pin. What it answers is the filter's
// last word but one.
void let_no_pin_succeed()
{
    sock_filter filter[] = {
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, __NR_sched_setaffinity},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    };
    sock_fprog program = {4, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        _exit(126);
}

class RaceOfPins : public testing::Test
{
  protected:
    RaceOfPins()
    {
        char name[] = "/tmp/waitlab-pins-XXXXXX";
        folder = mkdtemp(name);
    }

    ~RaceOfPins() override
    {
        std::filesystem::remove_all(folder);
    }

    // What it wrote: the results.
    std::string race(const Before &before)
    {
        ran = run({"race", "--out", folder, "-n", "2", "-c", "1", "--rounds",
                   "1", "--delay", "0", "--models", "sequential", "--pin",
                   "--no-chart"},
                  before);
        EXPECT_EQ(ran.code, 0) << ran.err;
        std::ifstream file(folder + "/results.json");
        std::stringstream bytes;
        bytes << file.rdbuf();
        return bytes.str();
    }

    static bool has(const std::string &text, const char *part)
    {
        return std::regex_search(text, std::regex(part));
    }

    std::string folder;
    Ran ran;
};

TEST_F(RaceOfPins, OnOneProcessorPinsNothingAndSaysSo)
{
    std::string results = race(keep_to_one_processor);
    EXPECT_NE(ran.err.find("nothing is pinned: there is only one"),
              std::string::npos)
        << ran.err;
    EXPECT_EQ(ran.out.find("pinned"), std::string::npos) << ran.out;
    EXPECT_FALSE(has(results, "\"pinned\":\\s*true")) << results;
    EXPECT_TRUE(has(results, "\"cores\":\\s*1,")) << results;
}

TEST_F(RaceOfPins, ThatAreRefusedAreNotClaimed)
{
    if (processors_allowed() < 2)
        GTEST_SKIP() << "only one processor: nothing would be pinned";
    std::string results = race(let_no_pin_succeed);
    EXPECT_NE(ran.err.find("nothing is pinned: Operation not permitted"),
              std::string::npos)
        << ran.err;
    EXPECT_EQ(ran.out.find("pinned"), std::string::npos) << ran.out;
    EXPECT_FALSE(has(results, "\"pinned\":\\s*true")) << results;
}

TEST_F(RaceOfPins, ThatSucceedAreClaimed)
{
    if (processors_allowed() < 2)
        GTEST_SKIP() << "only one processor: nothing would be pinned";
    std::string results = race({});
    EXPECT_EQ(ran.err.find("pinned"), std::string::npos) << ran.err;
    EXPECT_NE(ran.out.find("pinned"), std::string::npos) << ran.out;
    EXPECT_TRUE(has(results, "\"pinned\":\\s*true")) << results;
}

// A contestant that is told to run where it may not reports nothing at all.
TEST(Contestant, DoesNotRunElsewhereThanItWasTold)
{
    Ran ran = run({"contestant", "--model", "sequential", "--url",
                   "http://127.0.0.1:1/", "-n", "1", "-c", "1", "--cpu",
                   std::to_string(CPU_SETSIZE - 1)});
    EXPECT_EQ(ran.code, 1);
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err.find("it may not run on processor"), std::string::npos)
        << ran.err;
}

// The origin of a race: it is let go no further than the race itself may go.
TEST(Witness, KeepsToTheProcessorsThatAreAllowed)
{
    std::thread confined([] {
        keep_to_one_processor();
        plan plan = {};
        plan.addresses = 1;
        witness witness = {};
        ASSERT_EQ(witness_init(&witness, &plan), 0);
        EXPECT_EQ(witness_pin(&witness, -1), 0);
        cpu_set_t set;
        EXPECT_EQ(
            sched_getaffinity(witness.stands[0].origin.pid, sizeof set, &set),
            0);
        EXPECT_EQ(CPU_COUNT(&set), 1);
        EXPECT_TRUE(
            CPU_ISSET(static_cast<size_t>(processors_from_last(0)), &set));
        witness_deinit(&witness);
    });
    confined.join();
}

} // namespace
