/* SPDX-License-Identifier: MIT */
/* Who knows Twisted finds its names: each public one of its how-to and of the
 * table of names (row D4) exists in C, where names.tsv says; or it says why
 * not.
 */
#include <gtest/gtest.h>

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
    std::istringstream table(read("tests/deferreds/names.tsv"));
    std::string line;
    std::set<std::string> seen;
    std::getline(table, line); /* the names of the columns */
    while (std::getline(table, line)) {
        std::vector<std::string> row;
        std::istringstream fields(line);
        for (std::string field; std::getline(fields, field, '\t');)
            row.push_back(field);
        ASSERT_GE(row.size(), 3u) << line;
        EXPECT_TRUE(seen.insert(row[0]).second) << row[0] << " twice";
        if (row[1] == "-") {
            EXPECT_TRUE(row.size() > 3 && row[3].size() > 10) << line;
            continue;
        }
        EXPECT_TRUE(
            std::regex_search(read(row[2]), std::regex("\\b" + row[1] + "\\b")))
            << row[2] << " has no " << row[1] << ", for " << row[0];
    }
    EXPECT_GT(seen.size(), 100u);
}

} // namespace
