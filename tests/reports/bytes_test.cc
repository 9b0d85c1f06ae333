/* SPDX-License-Identifier: MIT */
/* Bytes from outside: what is printed as JSON is JSON, and what a server sends
 * does not control a terminal. */
#include "base/text.h"
#include "harness/models.h"
#include "support/program.h"
#include "support/server_process.h"

#include <cjson/cJSON.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <pty.h>
#include <regex>
#include <sstream>
#include <termios.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace
{

/* Does any parser read it? cJSON itself takes all bytes. */
void expect_json(const std::string &text)
{
    struct slice rest = {text.data(), text.size()};
    while (rest.size > 0) {
        uint32_t point;
        size_t size = text_character(rest, &point);
        ASSERT_GT(size, 0u) << "not UTF-8: " << text;
        rest.data += size;
        rest.size -= size;
    }
    std::unique_ptr<cJSON, decltype(&cJSON_Delete)> json(
        cJSON_ParseWithOpts(text.c_str(), nullptr, true), cJSON_Delete);
    EXPECT_NE(json, nullptr) << text;
}

class Bytes : public testing::Test
{
  protected:
    Bytes()
    {
        char name[] = "/tmp/waitlab-bytes-XXXXXX";
        folder = mkdtemp(name);
    }

    ~Bytes() override
    {
        fs::remove_all(folder);
    }

    std::string folder;
};

/* A terminal that shows what a program prints on it, and what it complains of.
 */
std::string on_a_terminal(const std::vector<std::string> &words)
{
    int ours, theirs;
    struct termios raw;
    if (openpty(&ours, &theirs, nullptr, nullptr, nullptr))
        return "no terminal";
    tcgetattr(theirs, &raw);
    cfmakeraw(&raw);
    tcsetattr(theirs, TCSANOW, &raw);
    Program program(words, [&] {
        setenv("TERM", "dumb", 1);
        dup2(theirs, STDOUT_FILENO);
        dup2(theirs, STDERR_FILENO);
        close(ours);
        close(theirs);
    });
    close(theirs);
    std::string text;
    char bytes[4096];
    for (ssize_t count; (count = read(ours, bytes, sizeof bytes)) > 0;)
        text.append(bytes, static_cast<size_t>(count));
    close(ours);
    program.wait();
    return text;
}

/* By these, text is shown in another order than it has. */
bool turns_text(uint32_t point)
{
    return point == 0x061C || point == 0x200E || point == 0x200F ||
           (point >= 0x202A && point <= 0x202E) ||
           (point >= 0x2066 && point <= 0x2069);
}

void expect_harmless(const std::string &text)
{
    for (size_t i = 0; i < text.size();) {
        uint32_t point = 0;
        size_t size = text_character({&text[i], text.size() - i}, &point);
        ASSERT_TRUE(size && (point == '\n' || point == '\t' ||
                             (point >= ' ' && (point < 0x7F || point > 0x9F) &&
                              !turns_text(point))))
            << "at " << i << " of " << text;
        i += size;
    }
}

} // namespace

TEST_F(Bytes, AUrlThatIsNotUtf8IsJsonInEveryModel)
{
    TinyServer server([](int fd, int) {
        for (std::string head; !(head = TinyServer::read_head(fd)).empty();)
            TinyServer::say(fd, TinyServer::page("page"));
    });
    std::string url =
        "http://127.0.0.1:" + std::to_string(server.port()) + "/r\xE9s\xFF";
    for (size_t i = 0; models[i]; i++) {
        if (models_why_not(models[i]))
            continue;
        Ran ran = run({"fetch", "--json", "--model", models[i]->name, "-o",
                       folder + "/\xFF", url});
        EXPECT_EQ(ran.code, 0) << ran.err;
        std::istringstream lines(ran.out);
        int count = 0;
        for (std::string line; std::getline(lines, line); count++)
            expect_json(line);
        EXPECT_EQ(count, 2);
    }
}

TEST_F(Bytes, ResultsInAFolderThatIsNotUtf8AreJson)
{
    std::string out = folder + "/\xFFr\xE9s";
    Ran ran = run({"race", "--out", out, "-n", "2", "--delay", "1ms",
                   "--rounds", "1", "--models", "sequential", "--no-chart"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    std::ifstream file(out + "/results.json");
    std::stringstream text;
    text << file.rdbuf();
    expect_json(text.str());
}

TEST_F(Bytes, AServerDoesNotControlTheTerminal)
{
    /* The text behind it goes from right to left; and is isolated. */
    const std::string bidi = "\xE2\x80\xAE\xE2\x81\xA7\xD8\x9C";
    const std::string evil = "a\x1b[2Jb\x9B"
                             "31m\xC2\x9B"
                             "31mc\x07\x7F\r\n\td\re" +
                             bidi + "\n";
    ServerProcess server([&](int fd, int) {
        std::string head = TinyServer::read_head(fd);
        std::string answer = TinyServer::page(evil);
        answer.insert(answer.find("\r\n") + 2, "X-Title: \x9B"
                                               "31m\xC2\x9B"
                                               "31mtitle" +
                                                   bidi + "\r\n");
        if (head.rfind("HEAD", 0) == 0)
            answer.resize(answer.find("\r\n\r\n") + 4);
        if (head.find("/moved") != std::string::npos)
            answer = "HTTP/1.1 302 \x9B"
                     "31m\xC2\x9B"
                     "31m" +
                     bidi +
                     "\r\nLocation: ftp://\xC2\x9B"
                     "31m/\x9B"
                     "31m" +
                     bidi + "\r\nContent-Length: 0\r\n\r\n";
        if (head.find("/broken") != std::string::npos)
            answer = "HTTP/1.1 \x1b[2J\xC2\x9B"
                     "31m" +
                     bidi + "\r\n\r\n";
        TinyServer::say(fd, answer);
    });
    std::string url = "http://127.0.0.1:" + std::to_string(server.port());
    const std::vector<std::vector<std::string>> commands = {
        {"fetch", url + "/"},
        {"fetch", "-I", url + "/"},
        {"fetch", "-n", "2", url + "/"},
        {"fetch", "-L", url + "/moved"},
        {"fetch", "-I", url + "/moved"},
        {"fetch", "--json", "-L", url + "/moved"},
        {"fetch", url + "/broken"},
    };
    for (auto &words : commands) {
        std::string shown = on_a_terminal(words);
        SCOPED_TRACE(words[1] + " " + words.back());
        EXPECT_NE(shown, "");
        expect_harmless(shown);
    }
    std::string page = on_a_terminal(commands[0]);
    EXPECT_EQ(page, "a\\x1b[2Jb\\x9b31m\\xc2\\x9b31mc\\x07\\x7f\n\td\\x0de"
                    "\\xe2\\x80\\xae\\xe2\\x81\\xa7\\xd8\\x9c\n");
    EXPECT_EQ(run(commands[0]).out, evil) << "a file gets it as it is";
}

/* What a race or a learner on another machine has written is shown here. */
TEST_F(Bytes, ResultsOfOthersDoNotControlTheTerminal)
{
    std::stringstream fixture;
    fixture << std::ifstream(WAITLAB_SOURCE_DIR
                             "/tests/harness/results_fixture.json")
                   .rdbuf();
    std::string results = fixture.str();
    const std::string cpu = "Example CPU";
    ASSERT_NE(results.find(cpu), std::string::npos);
    results.replace(results.find(cpu), cpu.size(),
                    "\\u001b[2J\xC2\x9B"
                    "31m\\u0007\x7F\\u202e\xE2\x80\xAE");
    results = std::regex_replace(results, std::regex("callbacks"),
                                 "\\u001b[31mcallbacks");
    std::ofstream(folder + "/results.json") << results;
    std::ofstream(folder + "/state") << "at E0 1\n"
                                        "predicted E0 1 \x1b[31m\xC2\x9B"
                                        "31m\x9B\n"
                                        "predicted E0 1 \xE2\x80\xAEyes\n"
                                        "predicted \x1b[2J 1 yes\n"
                                        "predicted ../E0 1 yes\n";
    const std::string charts = WAITLAB_SOURCE_DIR "/harness/";
    const std::vector<std::vector<std::string>> commands = {
        {charts + "chart/chart.py", folder + "/results.json", "--only", "first",
         "--out", folder},
        {charts + "chart/chart.py", folder + "/results.json", "--terminal",
         "--out", folder},
        {charts + "report/report.py", folder + "/results.json", "--out",
         folder + "/report.html"},
        {charts + "room/merge.py", folder + "/results.json", folder + "/state",
         "--out", folder},
    };
    for (auto words : commands) {
        words.insert(words.begin(), "-B");
        Ran ran = run(words, {}, "/usr/bin/python3");
        SCOPED_TRACE(words[1] + " " + words.back());
        EXPECT_NE(ran.out + ran.err, "");
        expect_harmless(ran.out + ran.err);
        EXPECT_TRUE(ran.code == 0 || ran.code == 3 ||
                    ran.err.find("gnuplot") != std::string::npos)
            << ran.err;
    }
}
