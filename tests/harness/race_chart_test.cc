/* SPDX-License-Identifier: MIT */
/* The charts are drawn from results.json alone. */
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

static std::string read_file(const std::string &path)
{
    std::ifstream file(path);
    std::stringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

class Chart : public testing::Test
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
    int run(const std::string &words)
    {
        int code = 3;
        for (std::string python : {"/usr/bin/python3", "python3"}) {
            std::string command = "cd " WAITLAB_SOURCE_DIR " && " + python +
                                  " -B " + words + " >" + folder + "/said 2>&1";
            code = WEXITSTATUS(std::system(command.c_str()));
            if (code != 3 && code != 127)
                break;
        }
        return code;
    }

    std::string folder;
};

TEST_F(Chart, SaysWhatIsNotToBeTrusted)
{
    int code = run("harness/chart/chart.py tests/harness/results_fixture.json "
                   "--only first,rate --out " +
                   folder);
    if (code == 3 || code == 127)
        GTEST_SKIP() << "no matplotlib: apt install python3-matplotlib";
    ASSERT_EQ(code, 0) << read_file(folder + "/said");
    EXPECT_EQ(read_file(folder + "/first.png").substr(1, 3), "PNG");
    EXPECT_EQ(read_file(folder + "/rate.pdf").substr(1, 3), "PDF");
    std::string svg = read_file(folder + "/first.svg");
    /* Text is drawn as outlines, and is beside them as a comment. */
    for (const char *text :
         {"<!-- threads -->", "commit 0123456", "Example CPU",
          "only 88 of 100 in flight", "the server was the limit",
          "but at 1 in flight", "<!-- failed -->", "floor 14 µs"})
        EXPECT_NE(svg.find(text), std::string::npos) << text;
    svg = read_file(folder + "/rate.svg");
    EXPECT_NE(svg.find("<!-- callbacks -->"), std::string::npos);
}

TEST_F(Chart, OnATerminalIsTextThatAScriptDraws)
{
    /* A name that gnuplot would end, or run. */
    std::ofstream(folder + "/odd.json") << std::regex_replace(
        read_file(WAITLAB_SOURCE_DIR "/tests/harness/results_fixture.json"),
        std::regex("\"callbacks\""), "\"c\\\"`>harm`\"");
    int code = run("harness/chart/chart.py " + folder +
                   "/odd.json --terminal --only first --out " + folder);
    std::string said = read_file(folder + "/said");
    if (code == 127 || said.find("no gnuplot") != std::string::npos)
        GTEST_SKIP() << "no gnuplot: apt install gnuplot-nox";
    ASSERT_EQ(code, 0) << said;
    for (const char *text :
         {"\n    threads |--", "\n  c''>harm' |--",
          "s (the server was the limit)\n", "only 88 of 100 in flight",
          "\nExample CPU, 2 cores"})
        EXPECT_NE(said.find(text), std::string::npos) << text << said;
    EXPECT_EQ(read_file(folder + "/first.gnuplot").find("# \"How long"), 0u);
}

TEST_F(Chart, OnePageIsNotOnePages)
{
    std::ofstream(folder + "/one.json") << std::regex_replace(
        read_file(WAITLAB_SOURCE_DIR "/tests/harness/results_fixture.json"),
        std::regex("\"requests\": 100,"), "\"requests\": 1,");
    if (run("harness/report/report.py " + folder + "/one.json --out " + folder +
            "/report.html") == 127)
        GTEST_SKIP() << "there is no python3";
    const std::string page = read_file(folder + "/report.html");
    EXPECT_NE(page.find("wait: 1 page, "), std::string::npos);
    EXPECT_EQ(page.find(" 1 pages, "), std::string::npos);
}

TEST_F(Chart, OfARoomSaysWhatEachMachineIsAndNotWhose)
{
    fs::create_directory(folder + "/alice");
    std::ofstream(folder + "/alice/state") << "at E0 2\npredicted E0 1 a b z\n";
    /* As results/latest leads to a race that has a name of its own. */
    fs::create_symlink(WAITLAB_SOURCE_DIR "/tests/harness/results_fixture.json",
                       folder + "/latest.json");
    int code =
        run("harness/room/merge.py tests/harness/results_fixture.json " +
            folder + "/latest.json " + folder + "/alice/state --out " + folder);
    if (code == 3 || code == 127)
        GTEST_SKIP() << "no matplotlib: apt install python3-matplotlib";
    std::string said = read_file(folder + "/said");
    ASSERT_EQ(code, 0) << said;
    EXPECT_EQ(said.find("1 machine;"), 0u) << said;
    EXPECT_NE(said.find("E0.1: 1 a b z\n"), std::string::npos) << said;
    std::string svg = read_file(folder + "/room.svg");
    EXPECT_NE(svg.find("2 × Example, 24 GB, Linux 6.18.1 · "),
              std::string::npos);
    for (const std::string &text :
         {said, svg, read_file(folder + "/room-E0.svg")})
        EXPECT_EQ(text.find("alice"), std::string::npos);
}

TEST_F(Chart, MakesTheFolderThatItIsTold)
{
    const std::string fixture = "tests/harness/results_fixture.json";
    int code = run("harness/chart/chart.py " + fixture +
                   " --only first --out " + folder + "/new/charts");
    if (code == 3 || code == 127)
        GTEST_SKIP() << "no matplotlib: apt install python3-matplotlib";
    EXPECT_EQ(code, 0) << read_file(folder + "/said");
    EXPECT_TRUE(fs::exists(folder + "/new/charts/first.png"));
    EXPECT_EQ(run("harness/room/merge.py " + fixture + " --out " + folder +
                  "/new/room"),
              0)
        << read_file(folder + "/said");
    EXPECT_TRUE(fs::exists(folder + "/new/room/room.png"));
    std::ofstream(folder + "/file") << "not a folder";
    EXPECT_EQ(
        run("harness/chart/chart.py " + fixture + " --out " + folder + "/file"),
        1);
    EXPECT_EQ(read_file(folder + "/said"),
              "chart: " + folder + "/file: this is not a folder\n");
}

TEST_F(Chart, EachSentenceBeginsWithTheCommandThatSaysIt)
{
    const std::string nowhere = folder + "/nowhere";
    for (auto &[script, name] :
         std::vector<std::pair<std::string, std::string>>{
             {"harness/chart/chart.py", "chart"},
             {"harness/report/report.py", "report"},
             {"harness/room/merge.py", "merge"}})
        for (const std::string &words :
             {nowhere, nowhere + " --out", std::string("--nonsense")}) {
            if (run(script + " " + words) == 127)
                GTEST_SKIP() << "there is no python3";
            const std::string said = read_file(folder + "/said");
            EXPECT_EQ(said.find(name + ": "), 0u) << said;
            EXPECT_EQ(said.find('\n'), said.size() - 1) << said;
        }
}
