// SPDX-License-Identifier: MIT
// Processes and signals: what a program is given by the one that starts it.
#include "support/program.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace
{

// Started by a program that ignores SIGCHLD, as some services do: what is
// ignored stays ignored, and the kernel then tells neither how a child ended
// nor what it has cost.
class WithSigchldIgnored : public testing::Test
{
  protected:
    Ran run_ignoring(const std::vector<std::string> &arguments)
    {
        auto before = signal(SIGCHLD, SIG_IGN);
        Program program(arguments);
        signal(SIGCHLD, before);
        int code = program.wait();
        return {code, program.out, program.err};
    }

    char folder[32] = "/tmp/waitlab-report-XXXXXX";
};

TEST_F(WithSigchldIgnored, AContestantsFailureIsToldAsWhatItWas)
{
    ASSERT_NE(mkdtemp(folder), nullptr);
    Ran ran =
        run_ignoring({"race", "-n", "2", "-c", "1", "--delay", "0", "--rounds",
                      "1", "--models", "sequential", "--contestant",
                      "/bin/false", "--no-chart", "--out", folder});
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("ended with exit code 1"), std::string::npos)
        << ran.err;
    std::string remove = std::string("rm -r ") + folder;
    EXPECT_EQ(system(remove.c_str()), 0);
}

} // namespace
