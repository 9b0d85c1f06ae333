/* SPDX-License-Identifier: MIT */
/* `race --tls`. */
#include "support/program.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace
{

class RaceTls : public testing::Test
{
  protected:
    RaceTls()
    {
        char name[] = "/tmp/waitlab-race-tls-XXXXXX";
        folder = mkdtemp(name);
    }
    ~RaceTls() override
    {
        std::filesystem::remove_all(folder);
    }
    Ran race(std::vector<std::string> options)
    {
        options.insert(options.begin(),
                       {"race", "--tls", "-c", "4", "-n", "12", "--delay", "0",
                        "--rounds", "1", "--no-chart", "--out", folder});
        return run(options);
    }
    std::string results() const
    {
        std::ifstream file(folder + "/results.json");
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::string folder;
};

TEST_F(RaceTls, HasAHandshakeForEachConnection)
{
    Ran ran = race({"--models", "sequential,fork,epoll"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("a connection each, TLS"), std::string::npos)
        << ran.out;
    EXPECT_NE(results().find("\"tls\":true"), std::string::npos) << results();
    EXPECT_NE(results().find("\"origin_accepted\":12"), std::string::npos);
    ran = race({"--models", "sequential,epoll", "-k"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("kept connections, TLS"), std::string::npos)
        << ran.out;
    EXPECT_EQ(results().find("\"origin_accepted\":12"), std::string::npos);
}

TEST_F(RaceTls, HasNoFloors)
{
    for (std::vector<std::string> options :
         {std::vector<std::string>{"--floor"},
          {"--floors"},
          {"--models", "epoll,floor-epoll"}}) {
        Ran ran = race(options);
        EXPECT_EQ(ran.code, 2);
        EXPECT_NE(ran.err.find("--tls: a floor speaks http only"),
                  std::string::npos)
            << ran.err;
    }
}

} // namespace
