/* SPDX-License-Identifier: MIT */
/* What tests of transports over real descriptors begin with. */
#ifndef CALLBACKS_TRANSPORTS_FIXTURE_H
#define CALLBACKS_TRANSPORTS_FIXTURE_H

#include "callbacks/loop_dump.h"
#include "callbacks/transport.h"
#include "diary.h"
#include "loop_fixture.h"
#include "nonblocking/selector.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <dirent.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

/* How many descriptors this process has. */
inline int descriptors()
{
    int count = 0;
    DIR *list = opendir("/proc/self/fd");
    while (readdir(list))
        count++;
    closedir(list);
    return count;
}

class TransportsTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        open_before = descriptors();
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(transports_init(&shared, loop), 0);
    }
    void TearDown() override
    {
        if (peer >= 0)
            close(peer);
        transports_deinit(&shared);
        loop_free(loop);
        EXPECT_EQ(descriptors(), open_before) << "some were left open";
    }
    /* Runs turns until nothing is left, or one is stopped. */
    void run()
    {
        ASSERT_EQ(loop_run(loop), 0);
    }
    /* One turn that does not wait. */
    void turn()
    {
        loop_stop(loop);
        run();
    }
    /* Stops the loop when the connection is made. */
    void stop_when_made(Diary &diary)
    {
        diary.when_made = [this] { loop_stop(loop); };
        run();
        diary.when_made = nullptr;
    }
    static void put(struct transport *transport, const std::string &text)
    {
        transport_write(transport, {text.data(), text.size()});
    }
    /* A socket whose other end is the test's. */
    int open_pair()
    {
        int pair[2] = {-1, -1};
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
        peer = pair[1];
        return pair[0];
    }
    /* What the test does at its end. */
    void say(const std::string &text)
    {
        ASSERT_EQ(write(peer, text.data(), text.size()), (ssize_t)text.size());
    }
    std::string hear()
    {
        char buffer[65536];
        std::string all;
        for (ssize_t n; (n = read(peer, buffer, sizeof buffer)) > 0;)
            all.append(buffer, (size_t)n);
        return all;
    }
    void hang_up()
    {
        close(peer);
        peer = -1;
    }
    std::string dump()
    {
        char *text = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        loop_dump(loop, out);
        fclose(out);
        std::string dumped(text, size);
        free(text);
        return dumped;
    }
    /* More than any pipe or socket takes at once. */
    static std::string much()
    {
        return std::string(4 << 20, 'x');
    }

    int open_before = 0, peer = -1;
    struct loop *loop = nullptr;
    struct transports shared;
};

#endif
