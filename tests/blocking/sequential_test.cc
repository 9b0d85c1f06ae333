/* SPDX-License-Identifier: MIT */
#include "blocking/worker.h"

#include "support/pages.h"
#include "support/tiny_server.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace
{

TEST(Sequential, OneAfterAnotherAndAFailureHarmsNoOther)
{
    std::atomic<int> inside{0}, most{0};
    TinyServer server([&](int fd, int number) {
        most = std::max<int>(most, ++inside);
        TinyServer::read_head(fd);
        inside--;
        TinyServer::say(fd, number % 3 == 1 ? "rubbish\r\n\r\n"
                                            : TinyServer::page("ok"));
        TinyServer::linger(fd);
    });
    Pages pages;
    for (int i = 0; i < 9; i++)
        pages.ask(server.port(), "/");
    pages.run(sequential_model);
    for (size_t i = 0; i < 9; i++)
        EXPECT_EQ(pages[i].error, i % 3 == 1 ? FETCH_PROTOCOL : FETCH_OK);
    EXPECT_EQ(most, 1);
}

TEST(Sequential, AfterACancellationNothingMoreIsAskedFor)
{
    Cancel cancel;
    TinyServer server([&](int fd, int number) {
        TinyServer::read_head(fd);
        if (number == 2)
            cancel_request(&cancel);
        else
            TinyServer::say(fd, TinyServer::page("ok"));
        TinyServer::linger(fd);
    });
    Pages pages;
    pages.cancel = &cancel;
    for (int i = 0; i < 9; i++)
        pages.ask(server.port(), "/");
    pages.run(sequential_model);
    EXPECT_EQ(pages.handed_out(), 3u);
    EXPECT_EQ(pages[1].error, FETCH_OK);
    EXPECT_EQ(pages[2].error, FETCH_CANCELLED);
}

} // namespace
