/* SPDX-License-Identifier: MIT */
/* What a program prints that was built from a lesson may be anything. */
#include "folder.h"

extern "C" {
#include "lessons/tool/author/race_try.h"
}

#include <gtest/gtest.h>

#include <string>
#include <sys/stat.h>

namespace
{

/* Of a program that prints this and nothing else. */
struct raced race_of(const std::string &said)
{
    Folder folder;
    struct lesson lesson = {};
    struct raced raced;
    std::string program = std::string(folder.path()) + "/prints";
    std::string text = "#!/bin/sh\necho '" + said + "'\n";
    EXPECT_EQ(file_write({text.data(), text.size()}, "%s", program.c_str()), 0);
    EXPECT_EQ(chmod(program.c_str(), 0700), 0);
    race_try(&lesson, program.c_str(), &raced);
    return raced;
}

} // namespace

TEST(RaceTry, CountsThePagesThatCameWhole)
{
    EXPECT_EQ(race_of(R"({"finished": 12, "errors": 0})").pages, 12);
    EXPECT_EQ(race_of(R"({"finished": 12, "errors": 2})").pages, 10);
}

TEST(RaceTry, ANumberThatCannotBeIsNotCountedWith)
{
    for (const char *number :
         {"-2147483648", "2147483647", "-1", "13", "1e300", "-1e999", "0.5",
          "99999999999999999999", "\"12\"", "null", "[12]"}) {
        std::string errors = number;
        EXPECT_EQ(race_of(R"({"finished": 0, "errors": )" + errors + "}").pages,
                  0)
            << number;
        EXPECT_EQ(race_of(R"({"finished": )" + errors + "}").pages, 0)
            << number;
    }
}

TEST(RaceTry, SaysWhatWasPrintedInsteadOfAReport)
{
    struct raced raced = race_of("no report");
    EXPECT_EQ(raced.pages, 0);
    EXPECT_STREQ(raced.error, "it ended with status 0. ");
}
