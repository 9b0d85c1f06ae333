/* SPDX-License-Identifier: MIT */
/* `fetch` where the resolver never answers. The resolver gives up after some
 * minutes, which is later than a test's time limit: so a program that waits for
 * it fails the test by hanging, and no time is measured here. */
#include "harness/models.h"
#include "support/own_origin.h"
#include "support/program.h"
#include "support/sanitizer.h"
#include "support/silent_resolver.h"

#include <cjson/cJSON.h>
#include <csignal>
#include <gtest/gtest.h>
#include <sstream>

namespace
{

class SilentResolverTest : public testing::TestWithParam<const struct model *>
{
  protected:
    void SetUp() override
    {
        std::string why_not = SilentResolver::enter();
        if (why_not.empty() && models_why_not(GetParam()))
            why_not = models_why_not(GetParam());
        if (!why_not.empty())
            GTEST_SKIP() << why_not;
#ifdef WITH_TSAN
        /* The thread that looks the name up is the one that gets the signal. */
        if (name() == "sequential")
            GTEST_SKIP() << "with this sanitizer a signal has to wait until "
                            "the resolver has returned";
#endif
    }
    std::string name() const
    {
        return GetParam()->name;
    }
    bool can(unsigned ability) const
    {
        return (GetParam()->can & ability) != 0;
    }
    std::string good()
    {
        return "http://127.0.0.1:" + std::to_string(origin.port()) +
               "/bytes/10";
    }

    const std::string silent = "http://silent.test/";
    OwnOrigin origin;
};

std::string name_of(const testing::TestParamInfo<const struct model *> &info)
{
    std::string name = info.param->name;
    for (char &c : name)
        c = c == '-' ? '_' : c;
    return name;
}

std::vector<const struct model *> all_models()
{
    std::vector<const struct model *> all;
    for (size_t i = 0; models[i]; i++)
        all.push_back(models[i]);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Models, SilentResolverTest,
                         testing::ValuesIn(all_models()), name_of);

TEST_P(SilentResolverTest, AfterTheConnectTimeoutTheProgramEnds)
{
    if (!can(CAN_TIME_OUT_LOOKUP))
        GTEST_SKIP() << name() << " cannot end a look-up";
    Ran ran =
        run({"fetch", "--model", name(), "--connect-timeout", "0.1", silent});
    EXPECT_EQ(ran.code, fetch_error_exit_code(FETCH_CONNECT_TIMEOUT))
        << ran.err;
}

/* The second page hangs in its look-up; what the first one was is printed. */
TEST_P(SilentResolverTest, AfterCtrlCTheProgramEndsWithWhatWasFetched)
{
    Program fetch({"fetch", "--model", name(), good(), silent});
    std::string line = fetch.line();
    EXPECT_NE(line.find("200"), std::string::npos) << line;
    EXPECT_NE(line.find("/bytes/10"), std::string::npos) << line;
    SilentResolver::await_question();
    fetch.signal(SIGINT);
    EXPECT_EQ(fetch.wait(), 130) << fetch.err;
    EXPECT_NE(fetch.out.find("interrupted: 1 of 2 fetched by " + name()),
              std::string::npos)
        << fetch.out;
}

TEST_P(SilentResolverTest, AfterCtrlCEachLineOfJsonIsWhole)
{
    Program fetch({"fetch", "--json", "--model", name(), good(), silent});
    std::string page = fetch.line();
    SilentResolver::await_question();
    fetch.signal(SIGTERM);
    EXPECT_EQ(fetch.wait(), 128 + SIGTERM) << fetch.err;
    std::istringstream lines(fetch.out);
    std::string line, last = page;
    for (bool more = true; more; more = !!std::getline(lines, line)) {
        if (!line.empty())
            last = line;
        cJSON *json = cJSON_Parse(last.c_str());
        EXPECT_TRUE(json) << last;
        cJSON_Delete(json);
    }
    EXPECT_NE(last.find("\"interrupted\":true"), std::string::npos) << last;
}

} // namespace
