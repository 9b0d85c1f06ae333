/* SPDX-License-Identifier: MIT */
/* `fetch` as a person or a script sees it: what it prints, where, and its exit
 * code. That the models do their work is the suite's business. */
#include "harness/models.h"
#include "program.h"

#include <gtest/gtest.h>
#include <sstream>

static bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

static std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

/* ---- the command line ---- */

TEST(FetchCommandLine, RefusesWhatMakesNoSense)
{
    const std::vector<std::vector<std::string>> cases = {
        {"fetch"},
        {"fetch", "--no-such-option", "http://127.0.0.1/"},
        {"fetch", "--model", "no-such-model", "http://127.0.0.1/"},
        {"fetch", "-c", "0", "http://127.0.0.1/"},
        {"fetch", "-n", "many", "http://127.0.0.1/"},
        {"fetch", "--max-time", "soon", "http://127.0.0.1/"},
        {"fetch", "--max-redirects", "-1", "-L", "http://127.0.0.1/"},
        {"fetch", "-X", "BREW", "http://127.0.0.1/"},
        {"fetch", "-X", "GET", "-d", "text", "http://127.0.0.1/"},
        {"fetch", "-H", "no colon", "http://127.0.0.1/"},
        {"fetch", "-H", "Content-Length: 3", "http://127.0.0.1/"},
        {"fetch", "-o"},
    };
    for (auto &arguments : cases) {
        Ran ran = run(arguments);
        EXPECT_EQ(ran.code, 2) << ran.err;
        EXPECT_EQ(ran.out, "");
        EXPECT_TRUE(contains(ran.err, "fetch: ")) << ran.err;
    }
}

TEST(FetchCommandLine, NamesTheUrlThatItCannotFetch)
{
    for (std::string url :
         {"file:///etc/passwd", "ftp://127.0.0.1/", "https://127.0.0.1/",
          "127.0.0.1", "http://", "http://127.0.0.1:99999/", "http://a b/"}) {
        Ran ran = run({"fetch", "http://127.0.0.1:1/", url});
        EXPECT_EQ(ran.code, 2) << url;
        EXPECT_EQ(ran.out, "") << url;
        EXPECT_EQ(ran.err.find("fetch: " + url + ": "), 0u) << ran.err;
    }
}

TEST(FetchCommandLine, HelpGoesToStandardOutput)
{
    Ran ran = run({"fetch", "--help"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.err, "");
    for (const char *option :
         {"--model", "--concurrency", "--requests", "--keep-alive",
          "--connect-timeout", "--max-time", "--location", "--max-redirects",
          "--output", "--json", "--list-models", "--request", "--head",
          "--data", "--header", "Exit code"})
        EXPECT_TRUE(contains(ran.out, option)) << option;
}

TEST(FetchCommandLine, ListsTheModelsNameFirst)
{
    Ran ran = run({"fetch", "--list-models"});
    std::vector<std::string> lines = lines_of(ran.out);
    EXPECT_EQ(ran.code, 0);
    size_t count = 0;
    for (; models[count]; count++) {
        std::string name = models[count]->name;
        ASSERT_LT(count, lines.size());
        EXPECT_EQ(lines[count].compare(0, name.size() + 1, name + " "), 0)
            << lines[count];
        EXPECT_TRUE(contains(lines[count], models[count]->family));
    }
    EXPECT_EQ(count, lines.size());
}
