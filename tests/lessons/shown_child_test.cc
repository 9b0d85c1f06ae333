/* SPDX-License-Identifier: MIT */
/* What runs while a command waits for keys. */
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
#include "lessons/tool/shown_child.h"

static bool no_fork;
pid_t __real_fork(void);
pid_t __wrap_fork(void);

pid_t __wrap_fork(void)
{
    if (!no_fork)
        return __real_fork();
    errno = EAGAIN;
    return -1;
}
}

namespace
{

enum { COLUMNS = 40 };

size_t descriptors()
{
    namespace fs = std::filesystem;
    return static_cast<size_t>(std::distance(
        fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

int say_and_end(void *data)
{
    printf("%s of %s, ", static_cast<const char *>(data), getenv("COLUMNS"));
    fflush(stdout);
    fputs("error", stderr);
    return 3;
}

int say_and_wait(void *)
{
    puts("waits");
    fflush(stdout);
    for (;;)
        pause();
}

class ShownChild : public testing::Test
{
  protected:
    ~ShownChild() override
    {
        shown_child_end(&child, true);
        buffer_deinit(&said);
    }

    /* All that it prints. */
    std::string read_all(size_t most = SIZE_MAX)
    {
        while (shown_child_read(&child, &said, most))
            continue;
        return {said.data, said.size};
    }

    struct shown_child child = {};
    struct buffer said = {};
};

} // namespace

TEST_F(ShownChild, PrintsForAScreenAndHasAnExitCode)
{
    char text[] = "a page";
    ASSERT_EQ(shown_child_start(&child, COLUMNS, say_and_end, text), 0);
    EXPECT_EQ(read_all(), "a page of 40, error");
    int status = shown_child_end(&child, false);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 3);
    EXPECT_EQ(child.pid, 0);
    EXPECT_EQ(shown_child_end(&child, false), -1);
}

TEST_F(ShownChild, IsEndedWhileItWaits)
{
    size_t before = descriptors();
    ASSERT_EQ(shown_child_start(&child, COLUMNS, say_and_wait, nullptr), 0);
    EXPECT_TRUE(shown_child_read(&child, &said, SIZE_MAX));
    EXPECT_EQ(std::string(said.data, said.size), "waits\n");
    int status = shown_child_end(&child, true);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(descriptors(), before);
}

/* What the last call that failed has left in errno says nothing of this one. */
TEST_F(ShownChild, HasEndedWhateverErrnoWasBefore)
{
    char text[] = "a page";
    ASSERT_EQ(shown_child_start(&child, COLUMNS, say_and_end, text), 0);
    read_all();
    errno = EAGAIN;
    EXPECT_FALSE(shown_child_read(&child, &said, SIZE_MAX));
}

TEST_F(ShownChild, LeavesNothingOpenWhenItCannotBeStarted)
{
    size_t before = descriptors();
    no_fork = true;
    EXPECT_EQ(shown_child_start(&child, COLUMNS, say_and_wait, nullptr),
              -EAGAIN);
    no_fork = false;
    EXPECT_EQ(descriptors(), before);
    EXPECT_EQ(shown_child_end(&child, true), -1);
}

TEST_F(ShownChild, IsReadToItsEndAndNotAllKept)
{
    char text[] = "a page";
    ASSERT_EQ(shown_child_start(&child, COLUMNS, say_and_end, text), 0);
    EXPECT_EQ(read_all(0), "");
}
