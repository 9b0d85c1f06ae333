/* SPDX-License-Identifier: MIT */
#include "support/child.h"

#include "support/contract.h"

#include <unistd.h>

namespace
{

TEST(EndChild, LeavesNoZombie)
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    end_child(pid);
    EXPECT_EQ(waitpid(pid, nullptr, WNOHANG), -1);
}

TEST(EndChild, EndsNoGroupOfProcesses)
{
    EXPECT_CONTRACT(end_child(-1), "end_child: the pid of one child");
    EXPECT_CONTRACT(end_child(0), "end_child: the pid of one child");
}

TEST(SignalChild, ReachesNoGroupOfProcesses)
{
    EXPECT_CONTRACT(signal_child(-1, SIGCONT), "signal_child: the pid of one");
    EXPECT_CONTRACT(signal_child(0, SIGCONT), "signal_child: the pid of one");
}

} // namespace
