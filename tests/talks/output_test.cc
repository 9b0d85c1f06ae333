/* SPDX-License-Identifier: MIT */
/* What the programs of the talks print is whole, or they say that it is not. */
#include "support/sinks.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>

namespace fs = std::filesystem;

TEST(TalkOutput, OfEachProgramIsNotLostInSilence)
{
    const std::string sentence = "talk: the output cannot be written: ";
    char folder[] = "/tmp/waitlab-talks-XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    for (auto &entry : fs::directory_iterator(TALKS_PROGRAMS))
        for (auto &sink : sinks) {
            SCOPED_TRACE(entry.path().string() + " to " + sink.name);
            Ran ran = run(
                {}, [&] { sink.become(std::string(folder) + "/limited"); },
                entry.path());
            EXPECT_EQ(ran.code, 1);
            size_t at = ran.err.find(sentence);
            EXPECT_NE(at, std::string::npos) << ran.err;
            EXPECT_EQ(ran.err.find(sentence, at + 1), std::string::npos)
                << ran.err;
        }
    fs::remove_all(folder);
}

/* Not under a sanitizer, which would have to be preloaded first. */
#ifdef PRELOADED_CALLS_LIBRARY
TEST(TalkOutput, WaitsWhereThereIsNoRoom)
{
    char folder[] = "/tmp/waitlab-talks-XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    const fs::path busy = fs::path(folder) / "busy";
    for (auto &entry : fs::directory_iterator(TALKS_PROGRAMS)) {
        SCOPED_TRACE(entry.path());
        fs::remove(busy);
        Ran ran = run(
            {},
            [&] {
                setenv("LD_PRELOAD", PRELOADED_CALLS_LIBRARY, 1);
                setenv("CALLS_BUSY", busy.c_str(), 1);
            },
            entry.path());
        EXPECT_TRUE(fs::exists(busy)) << "no write was refused";
        EXPECT_EQ(ran.code, 0) << ran.err;
        ASSERT_FALSE(ran.out.empty());
        EXPECT_EQ(ran.out.back(), '\n') << ran.out;
    }
    fs::remove_all(folder);
}
#endif

/* A server that would stay ends if its address cannot be printed. */
TEST(TalkOutput, AServerWhoseAddressIsLostDoesNotStay)
{
    for (const char *row : {"B3", "E5"})
        for (auto &sink : sinks) {
            char folder[] = "/tmp/waitlab-talks-XXXXXX";
            ASSERT_NE(mkdtemp(folder), nullptr);
            Ran ran = run(
                {"--stay"},
                [&] { sink.become(std::string(folder) + "/limited"); },
                TALKS_PROGRAMS "/" + std::string(row));
            EXPECT_EQ(ran.code, 1) << row << " to " << sink.name;
            fs::remove_all(folder);
        }
}
