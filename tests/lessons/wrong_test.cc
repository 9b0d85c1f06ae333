/* SPDX-License-Identifier: MIT */
/* The mistakes of the lessons can be seen. Those that count their damage do the
 * same every time, and none where they are mended. */
#include "folder.h"

#include "support/shell.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace
{

namespace fs = std::filesystem;

struct Damage {
    long made, mended;
};

const std::map<std::string, Damage> damages = {
    {"unsent-rest", {900, 0}},     {"unframed-messages", {3, 0}},
    {"errback-value", {10, 0}},    {"fired-twice", {3, 0}},
    {"lost-local", {3, 0}},        {"blocking-sleep", {9, 0}},
    {"swallowed-cancel", {7, 0}},  {"forgotten-yield-from", {3, 0}},
    {"sequential-awaits", {3, 1}}, {"unkept-task", {3, 0}},
};

std::vector<fs::path> all_mistakes()
{
    std::vector<fs::path> all;
    for (const auto &lesson : fs::directory_iterator(LESSONS_FOLDER))
        if (fs::exists(lesson.path() / "wrong"))
            for (const auto &file :
                 fs::directory_iterator(lesson.path() / "wrong"))
                all.push_back(file.path());
    std::sort(all.begin(), all.end());
    return all;
}

long number_behind(const std::string &text, const std::string &label)
{
    size_t at = text.find(label);
    return at == std::string::npos ? -1 : atol(&text[at + label.size()]);
}

std::string lesson_and_name(const testing::TestParamInfo<fs::path> &mistake)
{
    const fs::path &file = mistake.param;
    std::string text = file.parent_path().parent_path().filename().string() +
                       "_" + file.stem().string();
    std::replace(text.begin(), text.end(), '-', '_');
    return text;
}

class Mistake : public testing::TestWithParam<fs::path>
{
};

TEST_P(Mistake, CanBeSeen)
{
    Folder folder;
    const std::string name = GetParam().stem().string();
    Ran ran = shell("cd " + std::string(folder.path()) +
                    " && " LEARN_PROGRAM " --build " LEARN_BUILD
                    " --lessons " LESSONS_FOLDER " wrong " +
                    name);
    auto known = damages.find(name);
    Damage damage = known == damages.end() ? Damage{-1, -1} : known->second;
    EXPECT_EQ(number_behind(ran.text, "made:"), damage.made) << ran.text;
    EXPECT_EQ(number_behind(ran.text, "mended:"), damage.mended) << ran.text;
    if (std::string(LEARN_SANITIZER) == "thread" &&
        name == "counter-without-lock")
        EXPECT_TRUE(ran.says("data race")) << ran.text;
    else
        EXPECT_EQ(ran.status, 0) << ran.text;
}

INSTANTIATE_TEST_SUITE_P(Lessons, Mistake, testing::ValuesIn(all_mistakes()),
                         lesson_and_name);

/* Without optimisation gcc does so as well as clang. */
TEST(Wrong, TheCompilerWarnsOfALostLocalAndOfAForgottenCoroutine)
{
    Ran ran = shell(
        "for root in " LEARN_BUILD "/roots/*; do "
        "set -- \"$@\" -I\"$root\"; done; " LEARN_COMPILER
        " -std=c17 -D_GNU_SOURCE -O0 -Wall -c -o /dev/null \"$@\" " WARNED_OF);
    EXPECT_EQ(0, ran.status) << ran.text;
    size_t lost = ran.text.find("lost_local");
    ASSERT_NE(std::string::npos, lost) << ran.text;
    EXPECT_NE(std::string::npos, ran.text.find("uninitialized", lost))
        << ran.text;
    EXPECT_TRUE(ran.says("-Wunused-result")) << ran.text;
}

} // namespace
