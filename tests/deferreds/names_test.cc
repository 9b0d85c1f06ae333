/* SPDX-License-Identifier: MIT */
/* A user of Twisted finds its names: each of names.tsv exists in C, where the
 * table says, or it says why not. names.py extracts from the documents the
 * names that have to be there, those of the how-to and of the guide with its
 * table of names (row D4); the rest is the API around them.
 */
#include "support/shell.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace
{

std::string read(const std::string &path)
{
    std::ifstream file(SOURCE_DIRECTORY "/" + path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(TwistedNames, EachIsThereInCOrSaysWhyNot)
{
    std::istringstream rows(read("tests/deferreds/names.tsv"));
    std::string line;
    std::set<std::string> seen;
    std::getline(rows, line); /* the names of the columns */
    while (std::getline(rows, line)) {
        std::vector<std::string> row;
        std::istringstream fields(line);
        for (std::string field; std::getline(fields, field, '\t');)
            row.push_back(field);
        ASSERT_GE(row.size(), 4u) << line;
        EXPECT_TRUE(seen.insert(row[0]).second) << row[0] << " twice";
        ASSERT_NE(row[2], "?") << row[0] << " is not filled in";
        if (row[2] == "-") {
            EXPECT_TRUE(row.size() > 4 && row[4].size() > 10) << line;
            continue;
        }
        EXPECT_TRUE(
            std::regex_search(read(row[3]), std::regex("\\b" + row[2] + "\\b")))
            << row[3] << " has no " << row[2] << ", for " << row[0];
    }
    EXPECT_GT(seen.size(), 100u);
}

const char script[] =
    "python3 '" SOURCE_DIRECTORY "/tests/deferreds/names.py' '" DOCUMENTS "' ";
const char table[] = "'" SOURCE_DIRECTORY "/tests/deferreds/names.tsv'";

class ExtractedNames : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (!std::filesystem::exists(DOCUMENTS))
            GTEST_SKIP() << "the documents are not beside this checkout, in "
                         << DOCUMENTS;
        if (shell("python3 --version").status != 0)
            GTEST_SKIP() << "python3 is missing";
    }
};

TEST_F(ExtractedNames, AreAllInTheTable)
{
    Ran ran = shell(std::string(script) + "--check " + table);
    EXPECT_EQ(ran.status, 0) << ran.text;
}

TEST_F(ExtractedNames, ComeFromEachOfTheDocuments)
{
    Ran ran = shell(script);
    EXPECT_TRUE(ran.says("reactor.callLater\tD\n")) << ran.text;
    EXPECT_TRUE(ran.says("client.getPage\tC\n")) << ran.text;
    EXPECT_TRUE(ran.says("Protocol Factory\tD4\n")) << ran.text;
}

TEST_F(ExtractedNames, AreMissedWhereTheTableLacksThem)
{
    Ran ran = shell("grep -v '^reactor.run' " + std::string(table) + " | " +
                    script + "--check /dev/stdin");
    EXPECT_EQ(ran.status, 1);
    EXPECT_EQ(ran.text, "reactor.run (document D) is not in the table\n");
}

} // namespace
