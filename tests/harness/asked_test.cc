/* SPDX-License-Identifier: MIT */
/* Ctrl-\: every program says what it waits for, and goes on. */
#include "harness/models.h"
#include "support/own_origin.h"
#include "support/program.h"

#include <csignal>
#include <gtest/gtest.h>
#include <poll.h>
#include <regex>

namespace
{

/* The suite may run where it is ignored: in the background of a shell. */
void can_be_asked()
{
    signal(SIGQUIT, SIG_DFL);
}

/* Asks until the answer matches: between a request's arrival and the client's
 * note that it is sent there is a moment in which it is still "sending". */
void ask_until(Program &program, const std::string &answer)
{
    std::regex wanted(answer);
    do {
        program.signal(SIGQUIT);
        ASSERT_TRUE(program.reads_error()) << program.err;
    } while (!std::regex_search(program.err, wanted));
}

class Asked : public testing::TestWithParam<const model *>
{
  protected:
    OwnOrigin origin;
};

std::vector<const model *> all_models()
{
    std::vector<const model *> all;
    for (size_t i = 0; models[i]; i++)
        all.push_back(models[i]);
    return all;
}

INSTANTIATE_TEST_SUITE_P(All, Asked, testing::ValuesIn(all_models()),
                         [](const auto &which) {
                             std::string name = which.param->name;
                             for (char &c : name)
                                 if (c == '-')
                                     c = '_';
                             return name;
                         });

TEST_P(Asked, AFetchSaysWhatEachRequestWaitsFor)
{
    if (models_why_not(GetParam()))
        GTEST_SKIP() << models_why_not(GetParam());
    std::string base = "http://127.0.0.1:" + std::to_string(origin.port());
    std::string url = base + "/hold?run=asked&until=2&for=100";
    ASSERT_EQ(run({"fetch", base + "/bytes/1?run=asked"}).code, 0);
    Program fetch({"fetch", "--model", GetParam()->name, url}, can_be_asked);
    while (origin.saw("asked", "requests") < 2)
        ;
    ask_until(fetch, "fetch: " + std::string(GetParam()->name) +
                         ", after [0-9.]+ s:\n  #0 +waiting +[0-9.]+ s  "
                         "[^\n]*http://127[^\n]*until=2");
    if (std::string(GetParam()->family) == "callbacks")
        ask_until(fetch, "its loop: [0-9]+ ready, [0-9]+ timed, [0-9]+ "
                         "watched\n(.*\n)*.*on_ready, a page: #0 waiting");
    EXPECT_EQ(run({"fetch", url}).code, 0) << "the one that was waited for";
    EXPECT_EQ(fetch.wait(), 0) << fetch.err;
}

TEST(AskedServer, SaysWhatItsConnectionsWaitFor)
{
    Program server({"serve"}, can_be_asked);
    std::string url = server.line() + "hold?until=2&for=100";
    Program fetch({"fetch", url});
    ask_until(server, "serve: [0-9]+ ready, [0-9]+ timed, [0-9]+ watched\n"
                      "(.*\n)*.*waits with its answer");
    EXPECT_EQ(run({"fetch", url}).code, 0);
    EXPECT_EQ(fetch.wait(), 0);
    server.signal(SIGINT);
    EXPECT_EQ(server.wait(), 0);
}

} // namespace
