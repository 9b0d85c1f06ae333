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
        before = descriptors();
        ASSERT_EQ(loop_new(&loop, &epoll_selector, &monotonic_clock), 0);
        ASSERT_EQ(transports_init(&shared, loop), 0);
    }
    void TearDown() override
    {
        transports_deinit(&shared);
        loop_free(loop);
        EXPECT_EQ(descriptors(), before) << "some were left open";
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

    int before = 0;
    struct loop *loop = nullptr;
    struct transports shared;
};

#endif
