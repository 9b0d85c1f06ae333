/* SPDX-License-Identifier: MIT */
/* The origin as a whole: begin, end, a process of its own, what it counts. */
#include "origin_fixture.h"

#include "harness/origin/answer.h"
#include "support/child.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <vector>

namespace
{

/* ---- begin and end ---- */

TEST(OriginServe, ListensOnThisMachineOnly)
{
    Origin origin;
    ASSERT_GT(origin.port, 0);
    Client elsewhere(origin.port, "127.0.0.2");
    EXPECT_FALSE(elsewhere.connected);
}

TEST(OriginServe, SaysWhatIsWrong)
{
    Origin first;
    Origin same_port(with(&origin_options::port, first.port));
    EXPECT_EQ(same_port.stop(), -EADDRINUSE);
    EXPECT_EQ(Origin(with(&origin_options::host, "no.address")).stop(),
              -EINVAL);
    EXPECT_EQ(Origin(with(&origin_options::host, "::1",
                          with(&origin_options::addresses, 2)))
                  .stop(),
              -EINVAL);
    EXPECT_EQ(Origin(with(&origin_options::host, "192.0.2.1")).stop(),
              -EADDRNOTAVAIL);
}

TEST(OriginServe, EndsWithRequestsInFlight)
{
    Origin origin;
    std::vector<Client> clients;
    for (const char *target :
         {"/never?run=e", "/delay/10?run=e", "/hold?until=2&for=10s&run=e",
          "/drip?every=10s&run=e", "/bytes/100000000?run=e"}) {
        clients.emplace_back(origin.port);
        clients.back().ask(target);
    }
    ASSERT_TRUE(comes_to(origin.port, "e", "in_flight", 5));
    clients.emplace_back(origin.port);
    clients.back().send("GET /half");
    EXPECT_EQ(origin.stop(), 0);
}

TEST(OriginServe, EndsOnASignalAndTakesItForItself)
{
    std::promise<pthread_t> who;
    auto tell = [](void *context, uint16_t) {
        static_cast<std::promise<pthread_t> *>(context)->set_value(
            pthread_self());
        return 0;
    };
    int error = 1;
    std::thread server([&] {
        origin_options options = {};
        error = origin_serve(&options, -1, tell, &who);
    });
    pthread_kill(who.get_future().get(), SIGTERM);
    server.join();
    EXPECT_EQ(error, 0);
}

/* ---- a process of its own ---- */

TEST(OriginProcess, ServesAndLeavesNothingBehind)
{
    origin_process process;
    origin_options options = with(&origin_options::seed, 5);
    ASSERT_EQ(origin_process_start(&process, &options), 0);
    pid_t pid = process.pid;
    {
        Client client(process.port);
        EXPECT_EQ(client.get("/bytes/9").body, made_up(5, 0, 9));
    }
    origin_process_stop(&process);
    EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), -1) << "no zombie";
    EXPECT_EQ(errno, ECHILD);
    EXPECT_EQ(kill(pid, 0), -1);
    origin_process_stop(&process);
}

TEST(OriginProcess, TellsWhyItDoesNotStart)
{
    Origin taken;
    origin_process process;
    origin_options options = with(&origin_options::port, taken.port);
    EXPECT_EQ(origin_process_start(&process, &options), -EADDRINUSE);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "no zombie";
}

TEST(OriginProcess, HoldsNoOtherPipeOpen)
{
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    origin_process process;
    origin_options options = {};
    ASSERT_EQ(origin_process_start(&process, &options), 0);
    close(ends[1]);
    pollfd closed = {ends[0], POLLIN, 0};
    EXPECT_EQ(poll(&closed, 1, 10000), 1);
    EXPECT_TRUE(closed.revents & POLLHUP);
    close(ends[0]);
    origin_process_stop(&process);
}

/* To wait for a child with a limit takes a descriptor. Where none is free, one
 * that does not end must not be waited for without a limit. */
TEST(OriginProcess, IsStoppedThoughItHangsAndNoDescriptorIsFree)
{
    origin_process process;
    origin_options options = {};
    ASSERT_EQ(origin_process_start(&process, &options), 0);
    pid_t pid = process.pid;
    signal_child(pid, SIGSTOP);
    struct rlimit before, none = {0, 0};
    getrlimit(RLIMIT_NOFILE, &before);
    none.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_NOFILE, &none);
    origin_process_stop(&process);
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(kill(pid, 0), -1);
    EXPECT_EQ(errno, ESRCH);
}

TEST(OriginProcess, SurvivesCtrlCAndEndsWithItsParent)
{
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    pid_t parent = fork();
    if (parent == 0) {
        origin_process process;
        origin_options options = {};
        if (origin_process_start(&process, &options))
            _exit(1);
        signal_child(process.pid, SIGINT);
        Client client(process.port);
        int pid = client.get("/bytes/1").status == 200 ? process.pid : -1;
        if (write(pipe_ends[1], &pid, sizeof pid) < 0)
            _exit(1);
        _exit(0); /* without a word to the server */
    }
    int pid = -1;
    ASSERT_EQ(read(pipe_ends[0], &pid, sizeof pid), (ssize_t)sizeof pid);
    waitpid(parent, nullptr, 0);
    ASSERT_GT(pid, 0);
    bool gone = false;
    for (int i = 0; i < 5000 && !gone; i++) {
        /* It cannot be reaped here; a zombie of init's is gone enough. */
        std::string stat(200, '\0');
        int fd = open(("/proc/" + std::to_string(pid) + "/stat").c_str(),
                      O_RDONLY | O_CLOEXEC);
        gone = fd < 0;
        if (fd >= 0) {
            ssize_t n = read(fd, stat.data(), stat.size());
            gone = n <= 0 || stat.find(") Z") != std::string::npos;
            close(fd);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(gone);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

/* ---- what it counts ---- */

TEST(OriginStats, CountPerRunAndInAll)
{
    Origin origin;
    {
        Client a(origin.port), b(origin.port);
        for (int i = 0; i < 3; i++)
            a.get("/fixed?run=one");
        a.get("/bytes/10?run=two");
        b.get("/bytes/bad?run=one");
        b.get("/nowhere");
    }
    ASSERT_TRUE(comes_to(origin.port, "one", "open", 0));
    std::string one = stats_of(origin.port, "one");
    EXPECT_EQ(number_in(one, "requests"), 3);
    EXPECT_EQ(number_in(one, "served"), 3);
    EXPECT_EQ(number_in(one, "accepted"), 1);
    EXPECT_EQ(number_in(one, "most_in_flight"), 1);
    EXPECT_GT(number_in(one, "bytes_out"), 3 * 1024);
    std::string two = stats_of(origin.port, "two");
    EXPECT_EQ(number_in(two, "requests"), 1);
    EXPECT_EQ(number_in(two, "accepted"), 0)
        << "a connection belongs to the run of its first request";
    Client client(origin.port);
    std::string all = client.get("/stats").body;
    EXPECT_EQ(number_in(all, "requests"), 6);
    EXPECT_EQ(number_in(all, "errors"), 2);
    EXPECT_EQ(all.front(), '{');
    EXPECT_EQ(all.substr(all.size() - 2), "]}");
}

TEST(OriginStats, OverlapIsTimeWithTwoInFlight)
{
    Origin origin;
    Client a(origin.port), b(origin.port);
    a.get("/delay/2ms?run=apart");
    b.get("/delay/2ms?run=apart");
    std::string apart = stats_of(origin.port, "apart");
    EXPECT_EQ(number_in(apart, "most_in_flight"), 1);
    EXPECT_EQ(number_in(apart, "overlap_s"), 0);
    EXPECT_GE(number_in(apart, "active_s"), 0.004);
    a.ask("/hold?until=3&for=60s&run=both");
    ASSERT_TRUE(comes_to(origin.port, "both", "in_flight", 1));
    b.ask("/delay/2ms?run=both");
    b.answer();
    std::string both = stats_of(origin.port, "both");
    EXPECT_EQ(number_in(both, "most_in_flight"), 2);
    EXPECT_GE(number_in(both, "overlap_s"), 0.002);
}

TEST(OriginStats, AreResetForOneRun)
{
    Origin origin;
    Client client(origin.port);
    client.get("/fixed?run=r");
    client.get("/fixed?run=s");
    EXPECT_EQ(number_in(client.get("/stats?run=r&reset=1").body, "served"), 1);
    EXPECT_EQ(number_in(stats_of(origin.port, "r"), "served"), 0);
    EXPECT_EQ(number_in(stats_of(origin.port, "r"), "open"), 1);
    EXPECT_EQ(number_in(stats_of(origin.port, "s"), "served"), 1);
    client.get("/fixed?run=r");
    EXPECT_EQ(number_in(stats_of(origin.port, "r"), "served"), 1);
    EXPECT_EQ(client.get("/stats?run=unknown").status, 404);
}

/* ---- answers, byte by byte of the wire ---- */

std::string wire_of(answer &answer)
{
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    int tiny = 4608;
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &tiny, sizeof tiny);
    std::vector<char> scratch(ANSWER_SCRATCH), piece(1777);
    std::string heard;
    struct wire wire = {ends[0], nullptr};
    enum sending sending = SEND_BLOCKED;
    while (sending == SEND_BLOCKED) {
        uint64_t count;
        sending = answer_send(&answer, &wire, scratch.data(), &count);
        ssize_t n;
        while ((n = recv(ends[1], piece.data(), piece.size(), 0)) > 0)
            heard.append(piece.data(), (size_t)n);
    }
    EXPECT_EQ(sending, SENT_ALL);
    close(ends[0]);
    close(ends[1]);
    return heard;
}

asked plain_get(response_framing framing)
{
    asked asked = {};
    asked.terms.keep_alive = true;
    asked.terms.minor_version = 1;
    asked.framing = framing;
    asked.status = asked.seed = asked.bytes = ASKED_UNSAID;
    return asked;
}

TEST(OriginAnswer, TheWireIsTheSameWhereverASendStopped)
{
    asked asked = plain_get(RESPONSE_CHUNKED);
    for (size_t size :
         std::vector<size_t>{0, 1, 32767, 32768, 32769, 65536, 200001}) {
        reply reply = {};
        reply.status = 200;
        reply.made_up = size;
        answer whole = {};
        ASSERT_EQ(answer_make(&whole, &asked, &reply, 1), 0);
        std::string expected = wire_of(whole);
        answer_deinit(&whole);
        size_t step = 1 + expected.size() / 29;
        /* At the end, where frames are shorter, everywhere. */
        size_t end = expected.size() > 64 ? expected.size() - 64 : 0;
        for (size_t cut = 1; cut < expected.size();
             cut = cut < end ? std::min(cut + step, end) : cut + 1) {
            answer part = {};
            answer_make(&part, &asked, &reply, 1);
            answer_cut(&part, cut);
            std::string begin = wire_of(part);
            /* And on from there. */
            part.is_cut = false;
            ASSERT_EQ(begin + wire_of(part), expected) << size << " " << cut;
            answer_deinit(&part);
        }
    }
}

} // namespace
