/* SPDX-License-Identifier: MIT */
/* Other people's programs are looked for where each allocation fails once: what
 * could not be looked for is not missing. */
#include "harness/commands.h"
#include "harness/race/peers.h"
#include "harness/race/plan_options.h"
#include "http/result.h"
#include "support/failing_malloc.h"

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace
{

/* Returns how many allocations there are. */
unsigned each_allocation_fails(const std::function<void()> &look)
{
    unsigned number = 1, seen;
    do {
        SCOPED_TRACE(number);
        failing_malloc_begin(number);
        look();
        seen = failing_malloc_end();
    } while (seen >= number++);
    return seen;
}

TEST(PeersShortage, AModuleThatCouldNotBeLookedForIsNotMissing)
{
    struct peer json = {}, none = {};
    json.name = none.name = "peer";
    json.script = none.script = "peer.py";
    json.module = "json";
    none.module = "waitlab_is_not_a_module";
    char path[PEER_PATH_SIZE];
    if (peer_find(&json, path))
        GTEST_SKIP() << "no Python: apt install python3";
    EXPECT_EQ(peer_find(&none, path), -ENOENT);
    size_t refused = 0;
    unsigned seen = each_allocation_fails([&] {
        int error = peer_find(&json, path);
        EXPECT_TRUE(!error || error == -ENOMEM) << error;
        refused += error != 0;
    });
    EXPECT_EQ(refused, seen);
    EXPECT_GT(seen, 0u);
}

/* The exit code, and what it says. */
std::pair<int, std::string> plan(std::vector<std::string> words)
{
    std::vector<char *> argv;
    for (std::string &word : words)
        argv.push_back(&word[0]);
    argv.push_back(nullptr);
    struct plan made;
    testing::internal::CaptureStderr();
    int code = plan_init(&made, (int)words.size(), argv.data());
    return {code, testing::internal::GetCapturedStderr()};
}

TEST(PeersShortage, EachThatIsMissingIsNamed)
{
    const std::string before = getenv("PATH");
    const std::string all = "race: cannot do without wrk (apt install wrk), ab "
                            "(apt install apache2-utils)\n";
    setenv("PATH", "/nowhere", 1);
    EXPECT_EQ(plan({"race", "--models", "epoll,wrk,ab"}),
              std::make_pair(+EXIT_USAGE, all));
    unsigned seen = each_allocation_fails([&] {
        auto [code, said] = plan({"race", "--models", "epoll,wrk,ab"});
        EXPECT_EQ(code, said == all ? +EXIT_USAGE : +EXIT_RACE_BROKEN) << said;
        EXPECT_TRUE(said == all || said.find(fetch_errno_sentence(-ENOMEM)) !=
                                       std::string::npos)
            << said;
    });
    setenv("PATH", before.c_str(), 1);
    EXPECT_GT(seen, 0u);
}

} // namespace
