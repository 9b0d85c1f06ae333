/* SPDX-License-Identifier: MIT */
/* The charts are drawn from results.json alone. */
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <sys/wait.h>

namespace fs = std::filesystem;

static std::string read_file(const std::string &path)
{
    std::ifstream file(path);
    std::stringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

class Chart : public testing::TestWithParam<const char *>
{
  protected:
    Chart()
    {
        char name[] = "/tmp/waitlab-chart-XXXXXX";
        folder = mkdtemp(name);
    }

    ~Chart() override
    {
        fs::remove_all(folder);
    }

    /* The system's Python is the one that matplotlib is installed for. */
    int draw(const std::string &script, const std::string &results)
    {
        int code = 3;
        for (std::string python : {"/usr/bin/python3", "python3"}) {
            std::string command = python + " -B " + WAITLAB_SOURCE_DIR +
                                  "/harness/chart/" + script + " " + results +
                                  " --out " + folder + " >" + folder +
                                  "/said 2>&1";
            code = WEXITSTATUS(std::system(command.c_str()));
            if (code != 3 && code != 127)
                break;
        }
        return code;
    }

    std::string folder;
    const std::string fixture =
        WAITLAB_SOURCE_DIR "/tests/harness/results_fixture.json";
};

TEST_P(Chart, IsWrittenAsPngAndSvg)
{
    std::string name = GetParam();
    int code = draw(name + "_chart.py", fixture);
    if (code == 3 || code == 127)
        GTEST_SKIP() << "no matplotlib: apt install python3-matplotlib";
    ASSERT_EQ(code, 0) << read_file(folder + "/said");
    EXPECT_EQ(read_file(folder + "/" + name + ".png").substr(1, 3), "PNG");
    std::string svg = read_file(folder + "/" + name + ".svg");
    /* Text is drawn as outlines, and stands beside them as a comment. */
    for (const char *text : {"threads", "callbacks"})
        EXPECT_NE(svg.find(std::string("<!-- ") + text + " -->"),
                  std::string::npos)
            << text;
    EXPECT_NE(svg.find("commit 0123456"), std::string::npos);
    EXPECT_NE(svg.find("Example CPU"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, Chart, testing::Values("first", "rate"));

TEST_F(Chart, SaysWhatIsNotToBeTrusted)
{
    int code = draw("first_chart.py", fixture);
    if (code == 3 || code == 127)
        GTEST_SKIP() << "no matplotlib: apt install python3-matplotlib";
    std::string svg = read_file(folder + "/first.svg");
    for (const char *text :
         {"only 88 of 100 in flight", "the server was the limit",
          "but at 1 in flight", "<!-- failed -->", "floor 14 µs"})
        EXPECT_NE(svg.find(text), std::string::npos) << text;
}
