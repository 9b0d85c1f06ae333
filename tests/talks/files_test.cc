/* SPDX-License-Identifier: MIT */
/* The files of the talks: each is named after its row, says the same in its
 * first comment, fits a slide, and is listed by ./lab talk. */
#include "support/shell.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <vector>

namespace
{

enum { LINES_MAX = 45, COLUMNS_MAX = 80 };

std::string read(const std::string &path)
{
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/* A program's file: its path below talks/, its text, and what its first comment
 * says. */
struct Source {
    std::string path, text, row, storey, title, slide, python;
};

/* A comment of three paragraphs: ROW (STOREY): TITLE, the slide, the Python. */
Source source_of(const std::string &path)
{
    static const std::regex comment(
        R"(^/\* SPDX[^\n]*\n/\* ([A-E]\d+) \(([a-z]+)\): ([^\n]+)\n \*\n)"
        R"(((?: \* [^\n]+\n)+) \*\n( \* Python: (?:[^*]|\*(?!/))*)\*/\n)");
    Source source = {path, read(TALKS_SOURCE "/talks/" + path), "", "", "", "",
                     ""};
    std::smatch match;
    if (std::regex_search(source.text, match, comment)) {
        source.row = match[1];
        source.storey = match[2];
        source.title = match[3];
        source.slide = match[4];
        source.python = match[5];
    }
    return source;
}

std::vector<Source> sources()
{
    std::vector<std::string> paths;
    const std::filesystem::path top = TALKS_SOURCE "/talks";
    for (const auto &entry :
         std::filesystem::recursive_directory_iterator(top)) {
        auto path = entry.path().lexically_relative(top);
        if (path.has_parent_path() && entry.is_regular_file())
            paths.push_back(path);
    }
    std::sort(paths.begin(), paths.end());
    std::vector<Source> found;
    for (const auto &path : paths)
        found.push_back(source_of(path));
    return found;
}

size_t count(const std::string &text, const std::string &what)
{
    const std::regex pattern(what);
    return static_cast<size_t>(std::distance(
        std::sregex_iterator(text.begin(), text.end(), pattern), {}));
}

Ran lab(const std::string &words)
{
    return shell("WAITLAB_NO_INSTALL=1 " TALKS_SOURCE "/lab talk " + words);
}

} // namespace

TEST(TalkFiles, BeginWithRowStoreyTitleSlideAndPython)
{
    ASSERT_GT(sources().size(), 5u);
    for (const auto &source : sources()) {
        EXPECT_NE(source.row, "") << source.path;
        EXPECT_TRUE(
            std::filesystem::is_directory(TALKS_SOURCE "/" + source.storey))
            << source.path << ": there is no " << source.storey;
        EXPECT_EQ(count(source.slide, R"([.?!]\s)"), 2u)
            << source.path << " tells the slide in two sentences:\n"
            << source.slide;
    }
}

TEST(TalkFiles, AreNamedAfterTheirRows)
{
    for (const auto &source : sources()) {
        char name[16];
        snprintf(name, sizeof name, "%c/%c%02d-", source.row[0], source.row[0],
                 atoi(&source.row[1]));
        EXPECT_EQ(source.path.find(name), 0u) << source.path;
    }
}

TEST(TalkFiles, FitASlide)
{
    for (const auto &source : sources()) {
        EXPECT_LE(count(source.text, "\n"), size_t{LINES_MAX}) << source.path;
        std::stringstream in(source.text);
        for (std::string line; std::getline(in, line);)
            EXPECT_LE(line.size(), size_t{COLUMNS_MAX}) << source.path;
    }
}

TEST(TalkFiles, AreAboutRowsOfTheTalks)
{
    const std::string syllabus = read(TALKS_SOURCE "/lessons/README.md");
    for (const auto &source : sources())
        EXPECT_EQ(count(syllabus, "\\| ([A-Z0-9]+, )*" + source.row +
                                      "(, [A-Z0-9]+)* \\|") > 0,
                  true)
            << source.path;
}

TEST(TalkFiles, AreListedInOrderWithWhatTheySay)
{
    std::string list;
    for (const auto &source : sources()) {
        char line[128];
        snprintf(line, sizeof line, "%-4s %-12s %s\n", source.row.c_str(),
                 source.storey.c_str(), source.title.c_str());
        list += line;
    }
    Ran ran = lab("");
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.text, list);
}

TEST(TalkFiles, ArePrintedAsTheyAre)
{
    for (const auto &source : sources())
        EXPECT_EQ(lab(source.row + " --source").text, source.text);
}

TEST(TalkFiles, AreBuiltUnderTheirRows)
{
    for (const auto &source : sources())
        EXPECT_TRUE(std::filesystem::exists(TALKS_PROGRAMS "/" + source.row))
            << source.path;
}

TEST(TalkFiles, SayWhetherTheyCanBeDrawnOrStay)
{
    for (const auto &source : sources()) {
        auto has = [&](const char *words) {
            return source.text.find(words) != std::string::npos;
        };
        EXPECT_EQ(has("See --stay"), has("talk_visit(") || has("_serve("))
            << source.path;
        if (has("deferred") || has("See --draw")) {
            Ran ran = shell(TALKS_PROGRAMS "/" + source.row + " --draw");
            if (ran.says("There is no SMTP server"))
                continue;
            EXPECT_EQ(has("See --draw"), ran.says("      ---- "))
                << source.path;
        }
    }
}

/* Each row lacks one of the two. */
TEST(TalkCommand, RefusesWhatARowHasNothingFor)
{
    for (const auto &source : sources()) {
        bool drawn = source.text.find("See --draw") != std::string::npos;
        Ran ran = lab(source.row + (drawn ? " --stay" : " --draw"));
        EXPECT_EQ(ran.status, 2) << source.row;
        EXPECT_EQ(ran.text, "lab: the program of row " + source.row +
                                (drawn ? " has no server that could be left "
                                         "there\n"
                                       : " has no Deferreds that could be "
                                         "drawn\n"));
    }
    EXPECT_EQ(lab("A1 --draw=x.svg").status, 2);
    EXPECT_EQ(lab("A1 --stay").status, 2);
}

TEST(TalkCommand, SaysWhatItWants)
{
    Ran help = lab("--help");
    EXPECT_EQ(help.status, 0);
    EXPECT_TRUE(help.says("./lab talk A2")) << help.text;
    for (const char *row : {"A99", "A", "''", "'.*'", "../A", "talk", "-x"}) {
        Ran ran = lab(row);
        EXPECT_EQ(ran.status, 2) << row;
        EXPECT_TRUE(ran.says("lab: there is no program for the row '")) << row;
        EXPECT_EQ(count(ran.text, "\n"), 1u) << ran.text;
    }
    for (const char *words : {"A1 A2", "A1 --sources", "A1 --source A2"}) {
        Ran ran = lab(words);
        EXPECT_EQ(ran.status, 2) << words;
        EXPECT_EQ(ran.text, "lab: talk takes one row, as in ./lab talk A2\n");
    }
}
