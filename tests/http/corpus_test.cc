/* SPDX-License-Identifier: MIT */
/* What the fuzzer starts from, and all that it once found, without the fuzzer:
 * any compiler can run it. */
#include "fuzz_message.h"
#include "message_rows.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

static void run(const std::string &input)
{
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(input.data()),
                           input.size());
}

TEST(Corpus, EveryFileIsUnharmed)
{
    size_t files = 0;
    for (const auto &entry :
         std::filesystem::directory_iterator(WAITLAB_CORPUS)) {
        SCOPED_TRACE(entry.path().filename());
        std::ifstream file(entry.path(), std::ios::binary);
        std::istreambuf_iterator<char> from(file), to;
        run(std::string(from, to));
        files++;
    }
    EXPECT_GT(files, 20u);
}

/* The tables too, under small limits as well. */
TEST(Corpus, EveryRowIsUnharmed)
{
    auto run_all = [](const auto &rows, std::string_view kinds) {
        for (const auto &row : rows)
            for (char kind : kinds)
                run(std::string(1, kind) + "x" + std::string(row.text));
    };
    run_all(good_responses, "RHrh");
    run_all(bad_responses, "RHrh");
    run_all(good_requests, "Qq");
    run_all(bad_requests, "Qq");
}
