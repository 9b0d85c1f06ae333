/* SPDX-License-Identifier: MIT */
/* `fetch` as a person or a script sees it: what it prints, where, and its exit
 * code. That the models do their work is tested by the suite. */
#include "harness/models.h"
#include "harness/origin/origin.h"
#include "support/program.h"
#include "support/tiny_server.h"

#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <csignal>
#include <cstdlib>
#include <dirent.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <sstream>
#include <unistd.h>

namespace fs = std::filesystem;
using Json = std::unique_ptr<cJSON, decltype(&cJSON_Delete)>;

static bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

static Json parse(const std::string &line)
{
    return Json(cJSON_Parse(line.c_str()), cJSON_Delete);
}

static std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

static double number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    return cJSON_IsNumber(item) ? item->valuedouble : -1;
}

static std::string text(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    return cJSON_IsString(item) ? item->valuestring : "(none)";
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
         {"file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1", "http://",
          "http://127.0.0.1:99999/", "http://a b/"}) {
        Ran ran = run({"fetch", "http://127.0.0.1:1/", url});
        EXPECT_EQ(ran.code, 2) << url;
        EXPECT_EQ(ran.out, "") << url;
        EXPECT_EQ(ran.err.find("fetch: " + url + ": "), 0u) << ran.err;
    }
}

TEST(FetchCommandLine, SaysWhichUrlsItFetches)
{
    Ran ran = run({"fetch", "gopher://127.0.0.1/"});
    EXPECT_EQ(ran.err, "fetch: gopher://127.0.0.1/: only http and https URLs "
                       "can be fetched\n");
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

/* ---- with a server ---- */

class Fetch : public ::testing::Test
{
  protected:
    void SetUp() override
    {
        if (!models[0])
            GTEST_SKIP() << "this build has no model";
        struct origin_options options = {};
        ASSERT_EQ(origin_process_start(&origin, &options), 0);
        base = "http://127.0.0.1:" + std::to_string(origin.port);
        char name[] = "/tmp/fetch_cli_test.XXXXXX";
        directory = mkdtemp(name);
    }

    void TearDown() override
    {
        if (origin.pid)
            origin_process_stop(&origin);
        if (!directory.empty())
            fs::remove_all(directory);
    }

    struct origin_process origin = {};
    std::string base, directory;
};

TEST_F(Fetch, PrintsTheBodyOfOnePageAndNothingElse)
{
    Ran ran = run({"fetch", "-d", "two\nlines, no end", base + "/echo"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.out, "two\nlines, no end");
    EXPECT_EQ(ran.err, "");
}

TEST_F(Fetch, PrintsALineForEachOfSeveralPages)
{
    Ran ran = run({"fetch", "-n", "3", base + "/bytes/10", base + "/bytes/20"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(lines_of(ran.out).size(), 4u) << ran.out;
    EXPECT_TRUE(contains(ran.out, "3 of 3 fetched")) << ran.out;
    EXPECT_TRUE(contains(ran.out, " 40 bytes in ")) << ran.out;
    EXPECT_EQ(ran.err, "");
}

TEST_F(Fetch, HeadPrintsTheFieldsOnly)
{
    Ran ran = run({"fetch", "-I", base + "/bytes/10"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(contains(ran.out, "status: 200\n")) << ran.out;
    EXPECT_TRUE(contains(ran.out, "ength: 10\n")) << ran.out;
}

TEST_F(Fetch, AnErrorStatusIsAPageToo)
{
    Ran ran = run({"fetch", "--json", base + "/status/404"});
    EXPECT_EQ(ran.code, 0);
    Json result = parse(lines_of(ran.out).at(0));
    EXPECT_EQ(number(result.get(), "status"), 404);
    EXPECT_TRUE(cJSON_IsNull(cJSON_GetObjectItem(result.get(), "error")));
}

TEST_F(Fetch, JsonHasALineForEachResultAndASummary)
{
    Ran ran = run({"fetch", "--json", "-c", "4", "-n", "10", "-k",
                   base + "/bytes/10", base + "/stream/20"});
    EXPECT_EQ(ran.code, 0);
    std::vector<std::string> lines = lines_of(ran.out);
    ASSERT_EQ(lines.size(), 11u);
    std::set<double> indices;
    for (size_t i = 0; i < 10; i++) {
        Json result = parse(lines[i]);
        ASSERT_TRUE(result) << lines[i];
        double index = number(result.get(), "index");
        bool odd = static_cast<int>(index) % 2;
        indices.insert(index);
        EXPECT_EQ(text(result.get(), "url"),
                  base + (odd ? "/stream/20" : "/bytes/10"));
        EXPECT_EQ(number(result.get(), "status"), 200);
        EXPECT_EQ(number(result.get(), "body_bytes"), odd ? 20 : 10);
        EXPECT_TRUE(cJSON_IsNull(cJSON_GetObjectItem(result.get(), "error")));
        cJSON *marks = cJSON_GetObjectItem(result.get(), "marks");
        EXPECT_GE(number(marks, "done"), number(marks, "start"));
        EXPECT_GT(number(result.get(), "pid"), 0);
    }
    EXPECT_EQ(indices.size(), 10u);
    Json last = parse(lines[10]);
    cJSON *summary = cJSON_GetObjectItem(last.get(), "summary");
    EXPECT_EQ(number(summary, "requests"), 10);
    EXPECT_EQ(number(summary, "fetched"), 10);
    EXPECT_EQ(number(summary, "failed"), 0);
    EXPECT_EQ(number(summary, "body_bytes"), 150);
    EXPECT_EQ(number(cJSON_GetObjectItem(summary, "statuses"), "200"), 10);
}

TEST_F(Fetch, EachKindOfFailureHasItsExitCodeAndItsSentence)
{
    const struct {
        int code;
        const char *error;
        std::vector<std::string> arguments;
    } cases[] = {
        {4, "closed", {base + "/close"}},
        {4, "reset", {base + "/reset"}},
        {5, "timeout", {"--max-time", "50ms", base + "/never"}},
        {6, "protocol", {base + "/garbage"}},
        {6, "truncated", {base + "/lie"}},
        {7, "redirects", {"-L", "--max-redirects", "2", base + "/redirect/3"}},
    };
    for (auto &c : cases) {
        std::vector<std::string> arguments = {"fetch", "--json", "-n", "2"};
        arguments.insert(arguments.end(), c.arguments.begin(),
                         c.arguments.end());
        Ran ran = run(arguments);
        EXPECT_EQ(ran.code, c.code) << ran.err;
        for (size_t i = 0; i < 2; i++) {
            Json result = parse(lines_of(ran.out).at(i));
            EXPECT_EQ(text(result.get(), "error"), c.error) << ran.out;
            EXPECT_GT(text(result.get(), "message").size(), 10u);
        }
        /* Twice the same is said once. */
        EXPECT_EQ(lines_of(ran.err).size(), 1u) << ran.err;
        EXPECT_TRUE(contains(ran.err, "fetch: " + c.arguments.back() + ": "));
    }
}

TEST_F(Fetch, TheFailureWithTheLowestIndexDecidesTheExitCode)
{
    Ran ran = run({"fetch", base + "/bytes/1", base + "/garbage",
                   base + "/close", base + "/bytes/1"});
    EXPECT_EQ(ran.code, 6);
    EXPECT_TRUE(contains(ran.out, "2 of 4 fetched")) << ran.out;
}

TEST_F(Fetch, FollowsRedirectsOnlyWhenTold)
{
    Ran stays = run({"fetch", "--json", base + "/redirect/2"});
    EXPECT_TRUE(contains(stays.out, "\"status\":302")) << stays.out;
    Ran goes = run({"fetch", "--json", "-L", base + "/redirect/2"});
    Json result = parse(lines_of(goes.out).at(0));
    EXPECT_EQ(number(result.get(), "status"), 200);
    EXPECT_EQ(number(result.get(), "redirects"), 2);
}

/* ---- files ---- */

static std::set<std::string> names_in(const std::string &directory)
{
    std::set<std::string> names;
    for (auto &entry : fs::directory_iterator(directory))
        names.insert(entry.path().filename());
    return names;
}

TEST_F(Fetch, SavesBodiesUnderIndexAndName)
{
    std::string made = directory + "/made";
    Ran ran = run({"fetch", "-o", made, base + "/bytes/10?delay=0", base + "/",
                   base + "/stream/%2e%2e%2Fx", base + "/garbage"});
    std::set<std::string> names = names_in(made);
    EXPECT_EQ(names.count("0-10"), 1u);
    EXPECT_EQ(names.count("1-index"), 1u);
    EXPECT_EQ(names.size(), 3u) << "what failed is not saved, nothing is left";
    EXPECT_EQ(fs::file_size(made + "/0-10"), 10u);
    EXPECT_EQ(names_in(directory), std::set<std::string>{"made"});
}

TEST_F(Fetch, AFullDiskIsAnErrorOfThisMachine)
{
    Ran ran = run({"fetch", "-o", "/proc/nowhere", base + "/bytes/10"});
    EXPECT_EQ(ran.code, 8);
    EXPECT_TRUE(contains(ran.err, "/proc/nowhere")) << ran.err;
}

/* ---- addresses ---- */

TEST_F(Fetch, ANameThatDoesNotResolveIsExitCodeThree)
{
    /* No resolver is asked for a name with a label this long. */
    std::string url = "http://" + std::string(70, 'x') + "/";
    Ran ran = run({"fetch", url});
    EXPECT_EQ(ran.code, 3) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_TRUE(contains(ran.err, "does not resolve")) << ran.err;
}

/* A port that is taken and on which no server listens. */
TEST_F(Fetch, ARefusedConnectionIsExitCodeFour)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr *>(&address), size), 0);
    getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size);
    Ran ran = run({"fetch", "http://127.0.0.1:" +
                                std::to_string(ntohs(address.sin_port)) + "/"});
    EXPECT_EQ(ran.code, 4);
    EXPECT_TRUE(contains(ran.err, "refused")) << ran.err;
    close(fd);
}

/* ---- interrupted ---- */

TEST_F(Fetch, CtrlCKeepsWhatWasFetched)
{
    const struct model *model = models[0];
    for (size_t i = 0; models[i]; i++)
        if (models[i]->can & CAN_OVERLAP && models[i]->can & CAN_CANCEL &&
            !models_why_not(models[i]))
            model = models[i];
    if (!(model->can & CAN_OVERLAP))
        GTEST_SKIP() << "no model has more than one request in flight";
    Program program({"fetch", "--json", "--model", model->name, "-c", "2", "-n",
                     "6", base + "/never", base + "/bytes/10",
                     base + "/bytes/10", base + "/bytes/10", base + "/never",
                     base + "/bytes/10"});
    std::string lines[3] = {program.line(), program.line(), program.line()};
    program.signal(SIGINT);
    EXPECT_EQ(program.wait(), 130);
    for (auto &line : lines_of(program.out))
        EXPECT_TRUE(parse(line)) << line;
    Json last = parse(lines_of(program.out).back());
    cJSON *summary = cJSON_GetObjectItem(last.get(), "summary");
    EXPECT_TRUE(cJSON_IsTrue(cJSON_GetObjectItem(summary, "interrupted")));
    EXPECT_EQ(number(summary, "fetched"), 3);
    EXPECT_EQ(number(summary, "failed") + number(summary, "not_started"), 3);
}

TEST_F(Fetch, OutputThatCannotBeWrittenIsSaidOnce)
{
    std::string command = std::string(WAITLAB_PROGRAM) + " fetch -n 5 " + base +
                          "/bytes/10 2>" + directory + "/err >/dev/full";
    int status = std::system(command.c_str());
    EXPECT_EQ(WEXITSTATUS(status), 8);
    std::ifstream file(directory + "/err");
    std::stringstream err;
    err << file.rdbuf();
    EXPECT_EQ(lines_of(err.str()).size(), 1u) << err.str();
}

TEST(FetchOutput, ThatIsClosedIsNotSentToTheServer)
{
    std::atomic<int> requests{0}, others{0};
    TinyServer server([&](int fd, int) {
        for (std::string head; !(head = TinyServer::read_head(fd)).empty();) {
            (head.rfind("GET ", 0) == 0 ? requests : others)++;
            TinyServer::say(fd, TinyServer::page("page"));
        }
    });
    std::string command =
        std::string(WAITLAB_PROGRAM) +
        " fetch --model sequential -k -n 100 --json http://127.0.0.1:" +
        std::to_string(server.port()) + "/ <&- >&- 2>&-";
    int status = std::system(command.c_str());
    EXPECT_EQ(WEXITSTATUS(status), 8) << "no user has seen the pages";
    EXPECT_GE(requests, 1);
    EXPECT_EQ(others, 0);
}
