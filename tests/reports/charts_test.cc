/* SPDX-License-Identifier: MIT */
/* Charts on machines whose users have settings of their own, and of results
 * that hold what no chart expects. */
#include "support/program.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <sstream>
#include <unistd.h>

namespace fs = std::filesystem;

namespace
{

const char python[] = "/usr/bin/python3";
const char script[] = WAITLAB_SOURCE_DIR "/harness/chart/chart.py";
const char fixture[] = WAITLAB_SOURCE_DIR "/tests/harness/results_fixture.json";

std::string read(const std::string &path)
{
    std::ifstream file(path);
    std::stringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

class Charts : public testing::Test
{
  protected:
    Charts()
    {
        char name[] = "/tmp/waitlab-charts-XXXXXX";
        folder = mkdtemp(name);
    }

    ~Charts() override
    {
        fs::remove_all(folder);
    }

    void SetUp() override
    {
        if (run({"-c", "import matplotlib"}, {}, python).code)
            GTEST_SKIP() << "no matplotlib: apt install python3-matplotlib";
    }

    std::string in(const std::string &name) const
    {
        return folder + "/" + name;
    }

    /* Draws what a race draws, by hand, and returns it. */
    std::string draw(const std::string &results, const Before &before = {})
    {
        std::string drawn;
        Ran ran =
            run({"-B", script, results, "--only", "first", "--out", folder},
                before, python);
        EXPECT_EQ(ran.code, 0) << ran.err;
        /* Fonts are looked for once, and where that takes long it is said. */
        static const std::regex fonts("Matplotlib is building the font.*\n");
        EXPECT_EQ(std::regex_replace(ran.err, fonts, ""), "");
        for (std::string name : {"first.svg", "first.pdf"}) {
            drawn += read(in(name));
            fs::remove(in(name));
        }
        return drawn;
    }

    /* A small race that draws. */
    Ran race(std::vector<std::string> more, const Before &before = {})
    {
        std::vector<std::string> words = {
            "race", "--out",    folder, "-n",       "2",         "--delay",
            "1ms",  "--rounds", "1",    "--models", "sequential"};
        words.insert(words.end(), more.begin(), more.end());
        return run(words, before);
    }

    std::string folder;
};

} // namespace

TEST_F(Charts, LookTheSameWhateverTheUserHasSet)
{
    std::ofstream(in("matplotlibrc")) << "text.usetex: True\n"
                                         "axes.facecolor: black\n"
                                         "figure.facecolor: black\n"
                                         "axes.prop_cycle: nonsense\n"
                                         "backend: nonsense\n";
    std::ofstream(in("latin")) << "font.family: \xE9\xFF\n";
    std::string usual = draw(fixture);
    /* What the working folder says is read before all else. */
    EXPECT_EQ(usual, draw(fixture, [&] {
                  if (chdir(folder.c_str()))
                      _exit(126);
                  setenv("MPLCONFIGDIR", folder.c_str(), 1);
              }));
    EXPECT_EQ(usual, draw(fixture, [&] {
                  setenv("MATPLOTLIBRC", in("latin").c_str(), 1);
                  setenv("MPLBACKEND", "nonsense", 1);
                  setenv("SOURCE_DATE_EPOCH", "today", 1);
                  setenv("LC_ALL", "C", 1);
              }));
}

/* What draws, and what it has to have drawn: each kind of chart, the pictures
 * of a room, and the pages that are drawn without matplotlib. */
struct Drawing {
    std::string name;
    std::vector<std::string> words, files;
};

class ChartsOf : public Charts, public testing::WithParamInterface<Drawing>
{
  protected:
    void SetUp() override
    {
        Charts::SetUp();
        std::ofstream(in("matplotlibrc")) << "axes.facecolor: black\n"
                                             "font.size: 40\n"
                                             "savefig.dpi: 7\n"
                                             "axes.prop_cycle: nonsense\n";
        std::ofstream(in("latin")) << "font.family: \xE9\xFF\n";
        std::ofstream(in("state")) << "predicted P0 1 one\n";
        Ran made = run({"-B", "-c",
                        "import sys, json\n"
                        "sys.path.append(sys.argv[1])\n"
                        "import made_up_race\n"
                        "race = made_up_race.MadeUp().of_every_kind()\n"
                        "json.dump(race.results(), open(sys.argv[2], 'w'))\n",
                        WAITLAB_SOURCE_DIR "/tests/harness", in("all.json")},
                       {}, python);
        ASSERT_EQ(made.code, 0) << made.err;
    }

    /* Its files, by name. */
    std::map<std::string, std::string> drawn(bool foreign)
    {
        const std::string out = in(foreign ? "foreign" : "usual");
        fs::create_directories(out);
        if (foreign)
            fs::copy_file(in("matplotlibrc"), out + "/matplotlibrc");
        auto words = GetParam().words;
        words[0] = WAITLAB_SOURCE_DIR "/" + words[0];
        words.insert(words.begin(), "-B");
        Ran ran = run(
            words,
            [&] {
                if (chdir(out.c_str()))
                    _exit(126);
                if (!foreign)
                    return;
                setenv("MPLCONFIGDIR", folder.c_str(), 1);
                setenv("MATPLOTLIBRC", in("latin").c_str(), 1);
                setenv("MPLBACKEND", "nonsense", 1);
                setenv("SOURCE_DATE_EPOCH", "today", 1);
                setenv("LC_ALL", "C", 1);
            },
            python);
        EXPECT_EQ(ran.code, 0) << ran.err;
        fs::remove(out + "/matplotlibrc");
        std::map<std::string, std::string> files;
        for (auto &entry : fs::directory_iterator(out))
            files[entry.path().filename()] = read(entry.path());
        return files;
    }
};

Drawing chart(const std::string &name, const std::string &kinds)
{
    Drawing drawing = {name,
                       {"harness/chart/chart.py", "../all.json", "--out", ".",
                        "--only", kinds},
                       {}};
    std::istringstream each(kinds);
    for (std::string kind; std::getline(each, kind, ',');)
        drawing.files.push_back(kind + ".svg");
    return drawing;
}

INSTANTIATE_TEST_SUITE_P(
    EveryProgram, ChartsOf,
    testing::Values(
        chart("waiting", "first,rate,reading"),
        chart("computing", "computing,latency,ramp"),
        chart("episodes", "simultaneous,P3,E0"),
        Drawing{
            "room",
            {"harness/room/merge.py", "../all.json", "../state", "--out", "."},
            {"room.svg", "room-P0.svg"}},
        Drawing{
            "report",
            {"harness/report/report.py", "../all.json", "--out", "report.html"},
            {"report.html"}},
        Drawing{"slides",
                {"lessons/print/slides.py", "--html", "--out", ".", "P0"},
                {}},
        Drawing{"handout",
                {"lessons/print/handout.py", "--html", "--out", ".", "P0"},
                {}}),
    [](const auto &drawing) { return drawing.param.name; });

TEST_P(ChartsOf, LookTheSameWhateverTheUserHasSet)
{
    auto usual = drawn(false), foreign = drawn(true);
    for (auto &[name, bytes] : usual)
        EXPECT_TRUE(foreign[name] == bytes) << name;
    EXPECT_EQ(usual.size(), foreign.size());
    EXPECT_FALSE(usual.empty());
    for (const std::string &name : GetParam().files)
        EXPECT_EQ(usual.count(name), 1u) << name;
}

/* A module of the same name that lies where the user's Python looks first. */
TEST_F(Charts, AreDrawnByThePythonThatWeMean)
{
    std::ofstream(in("json.py")) << "raise SystemExit('not ours')\n";
    std::ofstream(in("matplotlib.py")) << "raise SystemExit('not ours')\n";
    Ran ran = race({}, [&] {
        setenv("PYTHONPATH", folder.c_str(), 1);
        setenv("PYTHONSAFEPATH", "1", 1);
        setenv("PYTHONOPTIMIZE", "nonsense", 1);
    });
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(fs::exists(in("first.png"))) << ran.err;
}

TEST_F(Charts, AreDrawnOfAnyPath)
{
    for (std::string name :
         {"-x", "a space, it's \"quoted\", [a]*?, $(touch no), two\nlines, "
                "r\xC3\xA9sultats, r\xE9sultats, %s %d"}) {
        SCOPED_TRACE(name);
        Ran ran = race({"--out", name}, [&] {
            if (chdir(folder.c_str()))
                _exit(126);
        });
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_TRUE(fs::exists(in(name) + "/first.png")) << ran.err;
        EXPECT_NE(ran.out.find("Chart: " + name + "/first.png (.svg, .pdf)\n"),
                  std::string::npos)
            << ran.out;
    }
}

TEST_F(Charts, AreDrawnOfAnyNames)
{
    std::string text = read(fixture);
    size_t at = text.find("Example CPU");
    ASSERT_NE(at, std::string::npos);
    std::ofstream(in("odd.json")) << text.replace(
        at, strlen("Example CPU"), "$ CPU $x_{$ \xE9\xFF \\\\alpha {} %s");
    draw(in("odd.json"));
}

TEST_F(Charts, OfARaceDoNotNeedTheClaimsThatLieBesideIt)
{
    fs::copy(fixture, in("results.json"));
    const std::string figure =
        R"({"claims": [{"claim": "K1", "says": "", "verdict": "", )"
        R"("sentence": "", "slide": "", "depends_on": "", "figures": )"
        R"([{"label": "", "heading": "", "median": 1e999, "min": 1, )"
        R"("max": 1}]}]})";
    for (const std::string &claims :
         {figure, "{\"claims\": " + std::string(100000, '['),
          std::string("[")}) {
        std::ofstream(in("claims.json")) << claims;
        Ran ran = run({"-B", WAITLAB_SOURCE_DIR "/harness/report/report.py",
                       in("results.json"), "--out", in("report.html")},
                      {}, "/usr/bin/python3");
        EXPECT_EQ(ran.code, 0) << claims.substr(0, 40) << ran.err;
        EXPECT_TRUE(fs::remove(in("report.html")));
    }
}

TEST_F(Charts, ThatCannotBeDrawnAreNotASuccess)
{
    fs::create_directories(in("first.png/full"));
    Ran ran = race({});
    EXPECT_EQ(ran.code, 3);
    EXPECT_NE(ran.err.find(in("first.png")), std::string::npos) << ran.err;
    EXPECT_EQ(ran.err.find("Traceback"), std::string::npos) << ran.err;
}

TEST_F(Charts, OfWhatIsNotARaceAreRefusedInASentence)
{
    std::string endless = read(fixture);
    endless.insert(endless.find("\"wall_s\": ") + strlen("\"wall_s\": "),
                   "1e999, \"was\": ");
    for (const std::string &text :
         {std::string(), std::string("[]"), std::string("{\"settings\": 1}"),
          endless}) {
        std::ofstream(in("odd.json")) << text;
        Ran ran = run({"-B", script, in("odd.json")}, {}, python);
        EXPECT_EQ(ran.code, 1) << text;
        EXPECT_EQ(ran.err, "chart: " + in("odd.json") +
                               ": these are not the results of a race\n");
    }
}
