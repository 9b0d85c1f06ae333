/* SPDX-License-Identifier: MIT */
/* What a person has in the files that `fetch -k -o` saved. */
#include "every_model.h"

#include "base/clock.h"
#include "http/kept_connection.h"
#include "support/program.h"
#include "support/tiny_server.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <sched.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace
{

namespace fs = std::filesystem;

/* Standard output takes nothing more: whatever is printed waits for a reader.
 */
void fill_standard_output()
{
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK);
    std::string lines(4096, '\n');
    while (write(STDOUT_FILENO, lines.data(), lines.size()) > 0 ||
           write(STDOUT_FILENO, lines.data(), 1) > 0)
        continue;
    fcntl(STDOUT_FILENO, F_SETFL, flags);
}

class SavedPages : public EveryModel
{
  protected:
    SavedPages()
    {
        char name[] = "/tmp/waitlab-kept-XXXXXX";
        folder = mkdtemp(name);
    }

    ~SavedPages() override
    {
        fs::remove_all(folder);
    }

    void SetUp() override
    {
        EveryModel::SetUp();
        if (!IsSkipped() && !(GetParam()->can & CAN_KEEP_ALIVE))
            GTEST_SKIP() << "it keeps no connection";
    }

    /* The server says this after the first page, while the program waits for a
     * slow reader of what it prints, so that it does not use its connection at
     * once. That is the answer to nothing: no page is lost, and no later one is
     * the one before it. */
    void expect_own_pages(const std::string &unasked)
    {
        std::promise<void> said;
        TinyServer server([&](int fd, int number) {
            if (number > 0) {
                TinyServer::echo(fd, number);
                return;
            }
            TinyServer::read_head(fd);
            TinyServer::say(fd, TinyServer::page("/page-0"));
            while (!fs::exists(path(0)))
                sched_yield();
            TinyServer::say(fd, unasked);
            if (unasked.find("close") != std::string::npos)
                shutdown(fd, SHUT_WR);
            nanos until = monotonic_now() + 2 * KEPT_AT_ONCE;
            while (monotonic_now() < until)
                sched_yield();
            said.set_value();
            TinyServer::linger(fd);
        });
        Program fetch(command(server.port()), fill_standard_output);
        said.get_future().wait();
        EXPECT_EQ(fetch.wait(), 0) << fetch.err;
        for (int page = 0; page < pages; page++)
            EXPECT_EQ(saved(page), "/page-" + std::to_string(page));
        EXPECT_EQ(server.accepted(), 2);
    }

    /* One at a time over one connection, to be saved. */
    std::vector<std::string> command(uint16_t port) const
    {
        std::vector<std::string> words = {"fetch", "--model", GetParam()->name,
                                          "-k",    "-c",      "1",
                                          "-o",    folder};
        for (int i = 0; i < pages; i++)
            words.push_back("http://127.0.0.1:" + std::to_string(port) +
                            "/page-" + std::to_string(i));
        return words;
    }

    std::string path(int page) const
    {
        std::string number = std::to_string(page);
        return folder + "/" + number + "-page-" + number;
    }

    std::string saved(int page) const
    {
        std::ifstream file(path(page));
        return {std::istreambuf_iterator<char>(file), {}};
    }

    static constexpr int pages = 30;
    std::string folder;
};
FOR_EVERY_MODEL(SavedPages);

TEST_P(SavedPages, HoldTheirOwnPageWhenTheServerAnswersTwice)
{
    /* What comes when the next page has been asked for is its answer. The
     * workers themselves are held up in tests/models/keep_alive_test.cc
     * (Unasked), and there the pools are tried, too. */
    if (GetParam()->can & TAKES_AHEAD)
        GTEST_SKIP() << "its workers go on while the program prints";
    expect_own_pages(TinyServer::page("/stray"));
}

/* A 408 is known for what it is, also by a worker that has asked meanwhile. */
TEST_P(SavedPages, HoldTheirOwnPageWhenTheServerLosesPatience)
{
    expect_own_pages(TinyServer::page("/late", "408 Request Timeout",
                                      "Connection: close\r\n"));
}

} // namespace
