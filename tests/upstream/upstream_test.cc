/* SPDX-License-Identifier: MIT */
/* What is built after a model keeps the model's rules, and the models' own
 * tests say best which those are. tests/upstream/portable.tsv lists those of
 * their test cases that make sense in C, by name:
 *
 *     subsystem, suite, class, test
 *
 * tests/AREA/upstream.tsv says which tests of ours replace them:
 *
 *     suite, class, test, our test        it passes, and is called so
 *     suite, class, test, -, reason       moved: ours behaves otherwise, and
 * why
 *
 * Here both are held to what the test programs really contain, and the score is
 * printed. A case that no file names is simply not there yet.
 */
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace
{

using Row = std::vector<std::string>;

std::vector<Row> read_table(const std::filesystem::path &path)
{
    std::vector<Row> rows;
    std::ifstream file(path);
    EXPECT_TRUE(file) << path;
    std::string line;
    std::getline(file, line); /* the names of the columns */
    while (std::getline(file, line)) {
        Row row;
        std::istringstream fields(line);
        for (std::string field; std::getline(fields, field, '\t');)
            row.push_back(field);
        rows.push_back(row);
    }
    return rows;
}

std::string name_of(const std::string &suite, const std::string &in_class,
                    const std::string &test)
{
    return suite + ": " + in_class + "." + test;
}

/* The portable cases, with their suite. */
std::map<std::string, std::string> portable_cases()
{
    std::map<std::string, std::string> cases;
    for (const Row &row : read_table(TESTS_DIRECTORY "/upstream/portable.tsv"))
        cases[name_of(row.at(1), row.at(2), row.at(3))] = row.at(1);
    return cases;
}

/* What all files of ours claim. */
struct Claim {
    std::string where; /* file */
    std::string suite, name, ours, reason;
    bool moved() const
    {
        return ours == "-";
    }
};

std::vector<Claim> claims()
{
    std::vector<Claim> all;
    for (const auto &area :
         std::filesystem::directory_iterator(TESTS_DIRECTORY)) {
        std::filesystem::path path = area.path() / "upstream.tsv";
        if (!std::filesystem::exists(path))
            continue;
        for (const Row &row : read_table(path)) {
            EXPECT_GE(row.size(), 4u) << path << ": " << row.at(0);
            if (row.size() >= 4)
                all.push_back({path.string(), row[0],
                               name_of(row[0], row[1], row[2]), row[3],
                               row.size() > 4 ? row[4] : ""});
        }
    }
    return all;
}

/* "Each/Models.Fetches/epoll" is a Models.Fetches too. */
std::string without_parameter(std::string name)
{
    size_t dot = name.find('.');
    size_t instance = name.find('/');
    if (instance < dot) {
        name.erase(0, instance + 1);
        dot = name.find('.');
    }
    size_t parameter = name.find('/', dot);
    return name.substr(0, parameter);
}

void add_tests_of(const std::string &program, std::set<std::string> *tests)
{
    std::string command = "'" + program + "' --gtest_list_tests";
    FILE *output = popen(command.c_str(), "r");
    ASSERT_NE(output, nullptr);
    std::string suite;
    for (char line[1024]; fgets(line, sizeof line, output);) {
        std::string text(line);
        bool is_test = text.compare(0, 2, "  ") == 0;
        text = text.substr(is_test ? 2 : 0);
        text = text.substr(0, text.find_first_of(" #\n"));
        if (is_test)
            tests->insert(without_parameter(suite + text));
        else
            suite = text;
    }
    EXPECT_EQ(pclose(output), 0) << program;
}

/* Every test in every test program that was built, but for this one. */
std::set<std::string> built_tests()
{
    std::set<std::string> tests;
    for (const auto &entry :
         std::filesystem::directory_iterator(PROGRAMS_DIRECTORY)) {
        std::string name = entry.path().filename().string();
        bool is_test =
            name.size() > 5 && name.substr(name.size() - 5) == "_test";
        if (is_test && name != "upstream_test")
            add_tests_of(entry.path().string(), &tests);
    }
    return tests;
}

TEST(Upstream, EachCaseThatWeNameIsPortableAndNamedOnce)
{
    std::map<std::string, std::string> portable = portable_cases();
    std::set<std::string> seen;
    for (const Claim &claim : claims()) {
        EXPECT_TRUE(portable.count(claim.name))
            << claim.where << " names what is not portable: " << claim.name;
        EXPECT_TRUE(seen.insert(claim.name).second)
            << claim.where << " names it again: " << claim.name;
    }
}

TEST(Upstream, EachTestInThePlaceOfACaseExists)
{
    std::set<std::string> built = built_tests();
    EXPECT_FALSE(built.empty());
    for (const Claim &claim : claims())
        EXPECT_TRUE(claim.moved() || built.count(claim.ours))
            << claim.where << ": there is no test " << claim.ours
            << ", which is to replace " << claim.name;
}

TEST(Upstream, WhatBehavesOtherwiseSaysWhy)
{
    for (const Claim &claim : claims())
        EXPECT_TRUE(!claim.moved() || claim.reason.size() > 10)
            << claim.where << ": no reason for " << claim.name;
}

TEST(Upstream, TheScore)
{
    struct Score {
        int portable = 0, passed = 0, moved = 0;
    };
    std::map<std::string, Score> scores;
    for (const auto &[name, suite] : portable_cases())
        scores[suite].portable++;
    for (const Claim &claim : claims())
        (claim.moved() ? scores[claim.suite].moved
                       : scores[claim.suite].passed)++;
    Score sum;
    for (const auto &[suite, score] : scores) {
        printf("%-32s %3d of %3d, moved %d\n", suite.c_str(), score.passed,
               score.portable, score.moved);
        sum.portable += score.portable;
        sum.passed += score.passed;
        sum.moved += score.moved;
    }
    printf("%-32s %3d of %3d, moved %d\n", "all", sum.passed, sum.portable,
           sum.moved);
    EXPECT_LE(sum.passed + sum.moved, sum.portable);
}

} // namespace
