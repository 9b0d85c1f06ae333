/* SPDX-License-Identifier: MIT */
/* What the fuzzer starts from, and all that it once found, without the fuzzer:
 * any compiler can run it. */
#include "fuzz.h"

#include "message_rows.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <memory>

struct target {
    const char *name;
    void (*run)(std::string_view input);
};

static const struct target targets[] = {
#define X(name) {#name, fuzz_##name},
    FUZZ_TARGETS(X)
#undef X
};

void fuzz_require(bool kept, const char *promise)
{
    EXPECT_TRUE(kept) << promise;
}

class Corpus : public testing::TestWithParam<target>
{
};

/* An input without a byte behind it, for a sanitizer to see what reads on. */
static void run(const struct target &target, const std::string &input)
{
    std::unique_ptr<char[]> exact(new char[input.size()]);
    input.copy(exact.get(), input.size());
    target.run({exact.get(), input.size()});
}

TEST_P(Corpus, EveryFileIsUnharmed)
{
    size_t files = 0;
    std::string folder = std::string(FUZZ_CORPORA "/") + GetParam().name;
    for (const auto &entry : std::filesystem::directory_iterator(folder)) {
        SCOPED_TRACE(entry.path());
        std::ifstream file(entry.path(), std::ios::binary);
        std::istreambuf_iterator<char> from(file), to;
        std::string input(from, to);
        run(GetParam(), input);
        files++;
    }
    EXPECT_GE(files, 5u);
    run(GetParam(), "");
}

static std::string name_of(const testing::TestParamInfo<target> &info)
{
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(, Corpus, testing::ValuesIn(targets), name_of);

/* The tables of the parser's tests too, under small limits as well. */
TEST(CorpusOfMessages, EveryRowIsUnharmed)
{
    auto run_all = [](const auto &rows, std::string_view kinds) {
        for (const auto &row : rows)
            for (char kind : kinds)
                fuzz_message(std::string(1, kind) + "x" +
                             std::string(row.text));
    };
    run_all(good_responses, "RHrh");
    run_all(bad_responses, "RHrh");
    run_all(good_requests, "Qq");
    run_all(bad_requests, "Qq");
}
