/* SPDX-License-Identifier: MIT */
/* Every command of both programs where its memory runs out: what it prints is
 * whole, or it says that there was no memory and its exit code is another. */
#include "failing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ios>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace
{

/* In words, ROOT is a folder for it alone. */
struct Row {
    const char *command;
    std::vector<std::string> words; /* where the command is not alone */
    int code = 0;
    unsigned one_in = 10;
    bool goes_on = false; /* without what it had no memory for, and says so */
};

/* Where a command has more than one row, the tests are told apart by number. */
std::string name_of(const testing::TestParamInfo<Row> &test)
{
    return std::string(test.param.command) + "_" + std::to_string(test.index);
}

/* The names in the table that `--help` or so prints. */
std::set<std::string> commands_in(const std::string &help)
{
    static const std::regex entry("^  ([a-z]+) +.*");
    std::set<std::string> names;
    std::istringstream lines(help);
    std::smatch match;
    for (std::string line; std::getline(lines, line);)
        if (std::regex_match(line, match, entry))
            names.insert(match[1]);
    return names;
}

std::set<std::string> commands_of(const std::vector<Row> &rows)
{
    std::set<std::string> names;
    for (const Row &row : rows)
        names.insert(row.command);
    return names;
}

/* Figures are never the same twice, nor is how wide they are, and why nothing
 * can be told of them depends on what else the machine does. Without memory for
 * it a text is not broken into lines. */
std::string level(const std::string &text)
{
    static const std::regex figures("-?[0-9][0-9.]*(e-?[0-9]+)?|null|[ \n]+"),
        reasons("CANNOT BE TOLD:.*");
    return std::regex_replace(std::regex_replace(text, reasons, "CANNOT"),
                              figures, "N");
}

/* The server's memory ran out, and what it answers then is an answer. */
bool was_refused(const Ran &ran, const Failure &place)
{
    return ran.code != 0 && place.process > 0 &&
           ran.err.find(": status 503 ") != ran.err.npos;
}

void expect_whole_or_said(const Ran &ran, const Ran &good, bool goes_on)
{
    bool right = ran.code == good.code && level(ran.out) == level(good.out) &&
                 level(ran.err) == level(good.err);
    EXPECT_GE(ran.code, 0) << "it crashed, or hung: " << ran.err;
    EXPECT_FALSE(has_report(ran.err)) << ran.err;
    EXPECT_TRUE(right ||
                ((goes_on || ran.code != 0) && says_so(ran.err + ran.out)))
        << ran.code << ": " << ran.out << ran.err;
}

/* A folder that each run finds as the first one did. */
class Root
{
  public:
    Root()
    {
        char name[] = "/tmp/waitlab-memory-XXXXXX";
        if (!mkdtemp(name))
            abort();
        path_ = name;
    }
    ~Root()
    {
        fs::remove_all(path_);
        fs::remove_all(kept());
    }
    Root(const Root &) = delete;

    const std::string &path() const
    {
        return path_;
    }
    void keep() const
    {
        fs::copy(path_, kept(), fs::copy_options::recursive);
    }
    void begin_anew() const
    {
        fs::remove_all(path_);
        fs::copy(kept(), path_, fs::copy_options::recursive);
    }

  private:
    std::string kept() const
    {
        return path_ + ".kept";
    }
    std::string path_;
};

class EveryCommand : public testing::TestWithParam<Row>
{
  protected:
    /* Of the row's words, behind those that every command has. */
    void starve(std::vector<std::string> words, const std::string &program,
                const Common &common = {})
    {
        const Row &row = GetParam();
        for (const std::string &word : row.words)
            words.push_back(
                std::regex_replace(word, std::regex("ROOT"), root.path()));
        if (row.words.empty())
            words.push_back(row.command);
        root.keep();
        Failing failing;
        Ran good = run(words, failing.before({0, 0}), program);
        ASSERT_EQ(good.code, row.code) << good.out << good.err;
        size_t tried = 0;
        for (const Failure &place :
             failing.places(row.one_in * (SANITIZED ? 10 : 1), common)) {
            SCOPED_TRACE("allocation " + std::to_string(place.number) +
                         " of process " + std::to_string(place.process));
            root.begin_anew();
            Ran ran = run(words, failing.before(place), program);
            if (failing.failed() && !was_refused(ran, place))
                expect_whole_or_said(ran, good, row.goes_on);
            tried++;
        }
        EXPECT_TRUE(tried > 0 || SANITIZED);
    }

    Root root;
};

/* ---- waitlab ---- */

/* These have tests of their own in memory_test.cc. */
const std::set<std::string> others = {"fetch", "race", "serve", "ps", "pstree"};

const std::vector<Row> rows = {
    {"claims", {"claims", "--list"}, 0, 1},
    {"claims", {"claims", "--tiny", "--brief", "K9"}},
    {"claims", {"claims", "--tiny", "--brief", "K11"}, 0, 1},
    {"contestant",
     {"contestant", "--model=epoll", "-n", "2", "-c", "2",
      "--url=http://127.0.0.1:1/"},
     0,
     4},
    {"diff", {"diff", "epoll", "callbacks"}, 0, 2},
    {"diff", {"diff", "--html", "ROOT/diff.html", "epoll", "tasks"}},
    {"help", {}, 0, 1},
    {"timeline",
     {"timeline", "--model", "epoll", "-n", "2", "-c", "2", "--out", "ROOT"}},
};

class EveryCommandOfWaitlab : public EveryCommand
{
};

TEST_P(EveryCommandOfWaitlab, IsWholeOrSaysWhyNot)
{
    starve({}, WAITLAB_PROGRAM);
}

INSTANTIATE_TEST_SUITE_P(Memory, EveryCommandOfWaitlab, testing::ValuesIn(rows),
                         name_of);

TEST(MemoryOfCommands, EachOfWaitlabIsTried)
{
    std::set<std::string> tried = commands_of(rows);
    tried.insert(others.begin(), others.end());
    EXPECT_EQ(tried, commands_in(run({"help"}).out));
}

/* ---- learn ---- */

/* Step P0.1 was begun, and in ROOT/empty none. */
const std::vector<Row> rows_of_learn = {
    {"learn", {"--root", "ROOT/empty", "learn"}, 2},
    {"check", {"--root", "ROOT/empty", "check", "E0.1"}, 1},
    {"status", {}},
    {"status", {"status", "--json"}},
    {"next", {}, 1, 60},
    {"hint", {}},
    {"list", {}},
    {"start", {"start", "E0.1"}},
    {"reset", {"reset", "--yes"}},
    {"restore", {}, 1},
    {"solution", {}},
    {"diff", {}, 1},
    {"play", {}},
    {"play", {"play", "P0", "--auto", "--from", "4"}, 0, 30},
    {"predict", {}, 1},
    {"wrong", {}, 0, 20},
    {"race", {"race", "P0"}, 2},
    {"fetch", {"fetch", "P0"}, 2},
    {"timeline", {"timeline", "P0"}, 2},
    {"agenda", {"agenda", "90m"}, 0, 30},
    {"notes", {"notes", "E0"}},
    {"room", {"room", "ROOT/room", "--once"}, 0, 20, true},
    {"lesson", {"--lessons", "ROOT/lessons", "lesson", "new", "X1"}, 0, 2},
};

class EveryCommandOfLearn : public EveryCommand
{
  protected:
    /* All of them read all the lessons first. */
    Common reading()
    {
        Failing failing;
        run(words({"hint"}), failing.before({0, 0}), LEARN_PROGRAM);
        uint64_t most = failing.seen(0);
        auto has = [most](const Failure &place) {
            return place.process == 0 && place.number <= most;
        };
        unsigned count = static_cast<unsigned>(rows_of_learn.size());
        return {has, number(), count};
    }

    /* Of the row. */
    unsigned number() const
    {
        std::string name =
            testing::UnitTest::GetInstance()->current_test_info()->name();
        return static_cast<unsigned>(
            std::stoul(name.substr(name.rfind('_') + 1)));
    }

    std::vector<std::string> words(const std::vector<std::string> &more = {})
    {
        std::vector<std::string> all = {"--root",    root.path(),
                                        "--lessons", LESSONS_FOLDER,
                                        "--build",   LEARN_BUILD};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
};

TEST_P(EveryCommandOfLearn, IsWholeOrSaysWhyNot)
{
    Common common = reading();
    fs::path folder = root.path();
    fs::create_directories(folder / "empty");
    fs::create_directories(folder / "room");
    fs::create_directories(folder / "lessons/tool/author");
    fs::copy(LESSONS_FOLDER "/tool/author/new",
             folder / "lessons/tool/author/new", fs::copy_options::recursive);
    /* What a lesson plays. */
    fs::create_symlink("/bin/true", folder / "lab");
    for (const std::vector<std::string> &more :
         {std::vector<std::string>{"start", "P0.1"},
          {"status", "--send", root.path() + "/room", "--name", "A"}}) {
        Ran ran = run(words(more), {}, LEARN_PROGRAM);
        ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
    }
    /* What is in doubt is kept aside; this is in none. */
    std::ofstream(folder / "work/P0/blocking.c", std::ios::app) << "/* a */\n";
    starve(words(), LEARN_PROGRAM, common);
}

INSTANTIATE_TEST_SUITE_P(Memory, EveryCommandOfLearn,
                         testing::ValuesIn(rows_of_learn), name_of);

TEST(MemoryOfCommands, EachOfLearnIsTried)
{
    EXPECT_EQ(commands_of(rows_of_learn),
              commands_in(run({"--help"}, {}, LEARN_PROGRAM).out));
}

} // namespace
