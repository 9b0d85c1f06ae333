/* SPDX-License-Identifier: MIT */
/* Memory that runs out: what a command says is right and whole, or it says in a
 * sentence that there was no memory, and its exit code is not 0. Never is
 * something missing without a word, and never does it crash or hang. */
#include "failing.h"
#include "harness/models.h"
#include "support/own_origin.h"
#ifdef MEMORY_TLS
#include "support/server_process.h"
#include "support/tls_peer.h"
#endif

#include <gtest/gtest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ios>
#include <netinet/in.h>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace
{

/* ---- output without what is never the same twice ---- */

void level(cJSON *json)
{
    static const std::set<std::string> volatiles = {"pid", "thread", "slot",
                                                    "reused", "wall_s"};
    for (cJSON *item = json ? json->child : nullptr; item; item = item->next) {
        bool is_mark = json->string && !strcmp(json->string, "marks");
        if (!cJSON_IsNull(item) && (is_mark || volatiles.count(item->string))) {
            item->type = cJSON_Number;
            cJSON_SetNumberValue(item, 0);
        }
        level(item);
    }
}

std::string level_json(const std::string &line)
{
    cJSON *json = cJSON_Parse(line.c_str());
    if (!json)
        return "not JSON: " + line;
    level(json);
    char *text = cJSON_PrintUnformatted(json);
    std::string all = text;
    cJSON_free(text);
    cJSON_Delete(json);
    return all;
}

std::string level_line(const std::string &line)
{
    static const std::regex times(" +[0-9.]+ m?s\\b");
    return line[0] == '{' ? level_json(line)
                          : std::regex_replace(line, times, " T");
}

/* Pages come in any order. */
std::multiset<std::string> lines_of(const std::string &out)
{
    std::multiset<std::string> lines;
    std::istringstream in(out);
    for (std::string line; std::getline(in, line);)
        lines.insert(level_line(line));
    return lines;
}

/* ---- what is never to be seen ---- */

/* A page that failed has its line, too; only where the model could not be set
 * up, or not go on, are there pages that were never begun. */
bool has_all_lines(const Ran &ran, const Ran &good)
{
    auto count = [](const std::string &out) {
        return std::count(out.begin(), out.end(), '\n');
    };
    return ran.out.empty() || count(ran.out) == count(good.out) ||
           ran.err.find("could not go on") != ran.err.npos;
}

/* `good` is what it printed with memory. */
void expect_right_or_said(const Ran &ran, const Ran &good, bool in_lines)
{
    auto lines = lines_of(ran.out), wanted = lines_of(good.out);
    EXPECT_FALSE(has_report(ran.err)) << ran.err;
    EXPECT_GE(ran.code, 0) << "it crashed, or hung (SIGALRM is 14)" << ran.err;
    if (ran.code == 0) {
        EXPECT_EQ(lines, wanted) << "it said nothing of it. " << ran.err;
    } else {
        EXPECT_TRUE(says_so(ran.err)) << ran.code << ": " << ran.err;
        EXPECT_TRUE(!in_lines || has_all_lines(ran, good))
            << ran.out << ran.err;
    }
}

std::string trace(const Failure &place)
{
    return "allocation " + std::to_string(place.number) + " of process " +
           std::to_string(place.process);
}

/* ---- fetch ---- */

class EveryModel : public testing::TestWithParam<const struct model *>
{
  protected:
    void SetUp() override
    {
        if (const char *why = models_why_not(GetParam()))
            GTEST_SKIP() << why;
    }

    std::string url(const std::string &target,
                    const std::string &host = "127.0.0.1")
    {
        return "http://" + host + ":" + std::to_string(origin_.port()) + target;
    }

    /* Everything that `fetch OPTIONS` does with a memory that runs out. */
    void starve(std::vector<std::string> options, bool in_lines = true,
                const std::function<void(const Ran &)> &also = {})
    {
        const unsigned one_in = SANITIZED ? 40 : 10;
        Failing failing;
        options.insert(options.begin(), {"fetch", "--model", GetParam()->name});
        Ran good = run(options, failing.before({0, 0}));
        ASSERT_EQ(good.code, 0) << good.err;
        for (const Failure &place : failing.places(one_in)) {
            SCOPED_TRACE(trace(place));
            Ran ran = run(options, failing.before(place));
            if (failing.failed())
                expect_right_or_said(ran, good, in_lines);
            if (also)
                also(ran);
        }
    }

    /* What all models do alike. */
    static Common in_common(const std::function<bool(const Failure &)> &has)
    {
        unsigned index = 0, count = 0;
        for (; models[count]; count++)
            if (models[count] == GetParam())
                index = count;
        return {has, index, count};
    }

  private:
    OwnOrigin origin_;
};

TEST_P(EveryModel, ALineOfJsonIsWhole)
{
    starve({"--json", "-k", "-c", "2", "-n", "4", url("/bytes/100"),
            url("/bytes/5000?length=chunked")});
}

TEST_P(EveryModel, ARedirectIsFollowedOrNot)
{
    starve({"-L", "-c", "2", "-n", "3", "-H", "A: b", url("/redirect/2")});
}

TEST_P(EveryModel, APageIsWhole)
{
    starve({"-d", "sent", url("/echo")}, false);
}

TEST_P(EveryModel, LocalhostIsLookedUp)
{
    starve({"-c", "2", "-n", "2", url("/bytes/100", "localhost")});
}

/* What is named as saved is there, and what is there is whole. */
TEST_P(EveryModel, AFileIsWhole)
{
    char name[] = "/tmp/waitlab-memory-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    std::string body = OwnOrigin::body(3000);
    starve({"-o", name, url("/bytes/3000")}, true, [&](const Ran &ran) {
        size_t files = 0;
        for (const auto &entry : fs::directory_iterator(name)) {
            std::ostringstream bytes;
            bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
            EXPECT_EQ(bytes.str(), body) << entry.path();
            files++;
            fs::remove(entry.path());
        }
        EXPECT_TRUE(ran.code || files == 1) << ran.out;
    });
    fs::remove_all(name);
}

#ifdef MEMORY_TLS
/* OpenSSL allocates some 14,000 times. The TLS is in the call, and so the same
 * in every model: together they try it. */
TEST_P(EveryModel, APageIsSecureOrNot)
{
    if (!tls_is_available())
        GTEST_SKIP() << "this build has no TLS";
    TlsIdentity identity("good");
    ServerProcess server([&](int fd, int) { TlsPeer(fd, identity).echo(); });
    std::vector<std::string> words = {
        "fetch",
        "--model",
        GetParam()->name,
        "--cacert",
        certificate_folder() + "/ca.pem",
        "https://127.0.0.1:" + std::to_string(server.port()) + "/page"};
    Failing failing;
    Ran good = run(words, failing.before({0, 0}));
    ASSERT_EQ(good.code, 0) << good.err;
    auto all = [](const Failure &) { return true; };
    for (const Failure &place :
         failing.places(SANITIZED ? 1000 : 100, in_common(all))) {
        SCOPED_TRACE(trace(place));
        Ran ran = run(words, failing.before(place));
        if (failing.failed())
            expect_right_or_said(ran, good, false);
    }
}

/* More than TLS takes at once, to a server that says nothing before it has all
 * of it: from TLS 1.3 on it would have tickets to give. So what ends a page
 * whose next part cannot be encrypted is the client alone, and it does so long
 * before the time of the page is over. */
TEST_P(EveryModel, APageIsSentSecurelyOrNot)
{
    if (!tls_is_available())
        GTEST_SKIP() << "this build has no TLS";
    const std::string sent(100000, 'x');
    const std::string settings = certificate_folder() + "/without_tickets.cnf";
    std::ofstream(settings) << "openssl_conf = all\n[all]\nssl_conf = ssl\n"
                               "[ssl]\nsystem_default = tls\n"
                               "[tls]\nMaxProtocol = TLSv1.2\n";
    TlsIdentity identity("good");
    ServerProcess server([&](int fd, int) {
        TlsPeer peer(fd, identity);
        peer.read_head();
        peer.say(TinyServer::page(peer.read_bytes(sent.size())));
        peer.end();
    });
    std::vector<std::string> words = {
        "fetch",
        "--model",
        GetParam()->name,
        "--connect-timeout",
        "1000",
        "--max-time",
        "1000",
        "-d",
        sent,
        "--cacert",
        certificate_folder() + "/ca.pem",
        "https://127.0.0.1:" + std::to_string(server.port()) + "/page"};
    Failing failing;
    auto before = [&](const Failure &place) {
        return [starve = failing.before(place), settings] {
            setenv("OPENSSL_CONF", settings.c_str(), 1);
            starve();
        };
    };
    Ran good = run(words, before({0, 0}));
    ASSERT_EQ(good.code, 0) << good.err;
    /* Of which APageIsSecureOrNot tries all. */
    auto is_handshake = [&](const Failure &place) {
        return place.number + 200 < failing.seen(place.process);
    };
    for (const Failure &place : failing.places(8, {is_handshake, 0, 1 << 30})) {
        SCOPED_TRACE(trace(place));
        Ran ran = run(words, before(place));
        if (failing.failed())
            expect_right_or_said(ran, good, false);
    }
}
#endif

/* ---- race ---- */

std::string read_file(const std::string &path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/* All runs, and all that is known of machine and sources. */
void expect_whole_results(const std::string &text)
{
    cJSON *json = cJSON_Parse(text.c_str());
    ASSERT_NE(json, nullptr) << text;
    EXPECT_TRUE(cJSON_IsTrue(cJSON_GetObjectItem(json, "complete")));
    EXPECT_EQ(text.find("\"unknown\""), text.npos) << text;
    const cJSON *run_of, *runs = cJSON_GetObjectItem(json, "runs");
    EXPECT_GT(cJSON_GetArraySize(runs), 0);
    cJSON_ArrayForEach(run_of, runs)
    {
        EXPECT_TRUE(cJSON_IsNull(cJSON_GetObjectItem(run_of, "error")));
        EXPECT_TRUE(
            cJSON_IsNumber(cJSON_GetObjectItem(run_of, "origin_served")));
    }
    cJSON_Delete(json);
}

/* Of the contestant, and of the race and its server, which are the same for
 * every model. */
TEST_P(EveryModel, ARaceIsMeasuredOrNot)
{
    enum { RACE, SERVER };
    char name[] = "/tmp/waitlab-memory-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    std::vector<std::string> words = {
        "race",     "--no-chart", "--out", name, "--models", GetParam()->name,
        "--rounds", "1",          "-n",    "3",  "-c",       "2"};
    Failing failing;
    Ran good = run(words, failing.before({0, 0}));
    ASSERT_EQ(good.code, 0) << good.err;
    expect_whole_results(read_file(std::string(name) + "/results.json"));
    auto is_common = [](const Failure &place) {
        return place.process <= SERVER;
    };
    for (const Failure &place :
         failing.places(SANITIZED ? 100 : 10, in_common(is_common))) {
        SCOPED_TRACE(trace(place));
        fs::remove(std::string(name) + "/results.json");
        Ran ran = run(words, failing.before(place));
        EXPECT_GE(ran.code, 0) << ran.err;
        EXPECT_FALSE(has_report(ran.err)) << ran.err;
        /* What a server without memory answers is an answer. */
        bool is_refused = place.process == SERVER &&
                          ran.err.find(": status 503 ") != ran.err.npos;
        EXPECT_TRUE(says_so(ran.err + ran.out) || is_refused || ran.code == 0 ||
                    !failing.failed())
            << ran.err << ran.out;
        if (ran.code == 0)
            expect_whole_results(
                read_file(std::string(name) + "/results.json"));
    }
    fs::remove_all(name);
}

std::vector<const struct model *> every_model()
{
    std::vector<const struct model *> all;
    for (const struct model *const *at = models; *at; at++)
        all.push_back(*at);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Memory, EveryModel, testing::ValuesIn(every_model()),
                         [](const auto &test) {
                             std::string name = test.param->name;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

/* ---- serve ---- */

/* What a server answers, and without Date there is nothing else in it that
 * changes. */
std::string ask(const std::string &url, const std::string &target)
{
    int port = std::stoi(url.substr(url.rfind(':') + 1));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(fd, reinterpret_cast<struct sockaddr *>(&address), sizeof address);
    std::string request = "POST " + target +
                          " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                          "Connection: close\r\n\r\nabc";
    send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    std::string answer;
    char piece[4096];
    ssize_t size;
    while ((size = recv(fd, piece, sizeof piece, 0)) > 0)
        answer.append(piece, static_cast<size_t>(size));
    close(fd);
    return answer;
}

/* Asks for some of everything that a server does, and ends it. */
std::vector<std::string> use_server(Program *server)
{
    std::vector<std::string> answers;
    std::string url = server->line();
    for (const char *target :
         {"/bytes/5000?delay=1ms", "/redirect/2", "/", "/drip", "/hold?until=1",
          "/fixed", "/echo", "/nothing", "/stream/200000"})
        if (!url.empty())
            answers.push_back(ask(url.substr(0, url.size() - 1), target));
    if (!url.empty())
        server->signal(SIGINT);
    return answers;
}

/* A client that is not answered is told why, and the next one is answered. */
TEST(MemoryOfServe, AnswersOrSaysWhyNot)
{
    Failing failing;
    Program counted({"serve"}, failing.before({0, 0}));
    std::vector<std::string> good = use_server(&counted);
    ASSERT_EQ(counted.wait(), 0) << counted.err;
    for (const Failure &place : failing.places(SANITIZED ? 100 : 10)) {
        SCOPED_TRACE("allocation " + std::to_string(place.number));
        Program server({"serve"}, failing.before(place));
        std::vector<std::string> answers = use_server(&server);
        int code = server.wait();
        if (answers.empty()) {
            EXPECT_GT(code, 0);
            EXPECT_TRUE(says_so(server.err)) << server.err;
            continue;
        }
        EXPECT_EQ(code, 0) << server.err;
        EXPECT_FALSE(has_report(server.err)) << server.err;
        size_t refused = 0;
        for (size_t i = 0; i < good.size(); i++) {
            bool is_refusal = answers[i].find("HTTP/1.1 503") == 0;
            refused += is_refusal;
            EXPECT_TRUE(is_refusal || answers[i] == good[i]) << answers[i];
        }
        EXPECT_LE(refused, 1u);
    }
}

#ifdef MEMORY_TLS
/* It makes itself a certificate, and says so, or why not. */
TEST(MemoryOfServe, IsSecureOrSaysWhyNot)
{
    if (!tls_is_available())
        GTEST_SKIP() << "this build has no TLS";
    Failing failing;
    auto serve = [&](const Failure &place) {
        Program server({"serve", "--tls"}, failing.before(place));
        bool began = !server.line().empty();
        if (began)
            server.signal(SIGINT);
        int code = server.wait();
        EXPECT_EQ(code == 0, began) << code << ": " << server.err;
        EXPECT_GE(code, 0) << "it crashed, or hung. " << server.err;
        EXPECT_TRUE(began || says_so(server.err)) << server.err;
        EXPECT_FALSE(has_report(server.err)) << server.err;
    };
    serve({0, 0});
    for (const Failure &place : failing.places(SANITIZED ? 1000 : 100)) {
        SCOPED_TRACE(trace(place));
        serve(place);
    }
}
#endif

/* ---- ps ---- */

/* It shows all that there is, or says why not; every allocation fails once, for
 * there are few. */
TEST(MemoryOfPs, AllIsShownOrItIsSaid)
{
    Program server({"serve"});
    ASSERT_NE(server.line(), "");
    static const std::regex numbers("[0-9]+");
    for (const char *command : {"ps", "pstree"}) {
        Failing failing;
        const std::vector<std::string> words = {
            command, "--for", "0", std::to_string(server.number())};
        Ran good;
        do { /* until it has come to its wait: it says its address before */
            good = run(words, failing.before({0, 0}));
            ASSERT_EQ(good.code, 0) << good.err;
        } while (good.out.find(" waits in ") == good.out.npos);
        for (const Failure &place : failing.places(SANITIZED ? 10 : 1)) {
            SCOPED_TRACE("allocation " + std::to_string(place.number));
            Ran ran = run(words, failing.before(place));
            EXPECT_FALSE(has_report(ran.err)) << ran.err;
            if (ran.code == 0)
                EXPECT_EQ(std::regex_replace(ran.out, numbers, "N"),
                          std::regex_replace(good.out, numbers, "N"));
            else
                EXPECT_TRUE(says_so(ran.err)) << ran.code << ": " << ran.err;
        }
    }
}

} // namespace
