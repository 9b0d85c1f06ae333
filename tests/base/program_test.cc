/* SPDX-License-Identifier: MIT */
#include "base/program.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

namespace
{

/* One run, and all that came of it. */
class ProgramRun : public testing::Test
{
  protected:
    ~ProgramRun() override
    {
        arguments_deinit(&words);
        buffer_deinit(&out);
        buffer_deinit(&errors);
    }

    void say(const std::vector<std::string> &list)
    {
        for (auto &word : list)
            arguments_add(&words, "%s", word.c_str());
    }

    static std::string text(const buffer &buffer)
    {
        return std::string(buffer.data ? buffer.data : "", buffer.size);
    }

    struct arguments words = {};
    buffer out = {}, errors = {};
};

TEST_F(ProgramRun, BringsBothOutputsAndTheStatus)
{
    say({"/bin/sh", "-c", "read line; echo out; echo err >&2; exit 7"});
    EXPECT_EQ(arguments_run(&words, &out, &errors), 7);
    EXPECT_EQ(text(out), "out\n");
    EXPECT_EQ(text(errors), "err\n");
}

TEST_F(ProgramRun, BringsBothOutputsTogether)
{
    say({"/bin/sh", "-c", "echo out; echo err >&2; echo more"});
    EXPECT_EQ(arguments_run(&words, &out, &out), 0);
    EXPECT_EQ(text(out), "out\nerr\nmore\n");
}

TEST_F(ProgramRun, TellsASignalFromAnExitAndAMissingProgramFromBoth)
{
    say({"/bin/sh", "-c", "kill -KILL $$"});
    EXPECT_EQ(arguments_run(&words, nullptr, nullptr), 128 + SIGKILL);
    arguments_deinit(&words);
    say({"there-is-no-such-program"});
    EXPECT_EQ(arguments_run(&words, nullptr, nullptr), 127);
}

TEST_F(ProgramRun, AnArgumentIsWhatItIs)
{
    std::vector<std::string> list = {"printf", "%s|", "",   " a  b ", "'\"",
                                     "[x]*",   "\n",  "$x", "-n",     "\xFF"};
    say(list);
    EXPECT_EQ(arguments_run(&words, &out, nullptr), 0);
    std::string expected;
    for (size_t i = 2; i < list.size(); i++)
        expected += list[i] + "|";
    EXPECT_EQ(text(out), expected);
}

/* What a user has set for other programs of that kind. */
TEST_F(ProgramRun, HasNoneOfOurEnvironmentButWhereThingsAre)
{
    const char *foreign[] = {"GIT_DIR", "CPATH", "GTEST_FILTER", "LANG"};
    for (const char *name : foreign)
        setenv(name, "nowhere", 1);
    say({"env"});
    arguments_set(&words, "GIT_OPTIONAL_LOCKS", "0");
    arguments_set(&words, "TERM", nullptr);
    EXPECT_EQ(arguments_run(&words, &out, nullptr), 0);
    std::string environment = "\n" + text(out);
    for (const char *name : foreign) {
        unsetenv(name);
        EXPECT_EQ(environment.find(std::string("\n") + name + "="),
                  std::string::npos)
            << environment;
    }
    EXPECT_EQ(environment.find("\nTERM="), std::string::npos) << environment;
    for (const char *start :
         {"\nGIT_OPTIONAL_LOCKS=0\n", "\nLC_ALL=C\n", "\nPATH="})
        EXPECT_NE(environment.find(start), std::string::npos) << environment;
}

} // namespace
