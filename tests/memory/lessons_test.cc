/* SPDX-License-Identifier: MIT */
/* The lesson tool where its memory runs out: what it prints is whole, or it
 * says that there was no memory and its exit code is not 0. */
#include "failing.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace
{

class MemoryOfLearn : public testing::Test
{
  protected:
    MemoryOfLearn()
    {
        char name[] = "/tmp/waitlab-memory-XXXXXX";
        root = mkdtemp(name);
    }
    ~MemoryOfLearn() override
    {
        fs::remove_all(root);
    }

    Ran learn(const std::vector<std::string> &words, const Before &before = {})
    {
        std::vector<std::string> all = {"--root",       root,      "--lessons",
                                        LESSONS_FOLDER, "--build", LEARN_BUILD};
        all.insert(all.end(), words.begin(), words.end());
        return run(all, before, LEARN_PROGRAM);
    }

    /* Only of the tool itself: compilers have their own words. */
    void starve(const std::vector<std::string> &words, int code = 0)
    {
        Failing failing;
        Ran good = learn(words, failing.before({0, 0}));
        ASSERT_EQ(good.code, code) << good.out << good.err;
        size_t tried = 0;
        for (const Failure &place : failing.places(10)) {
            if (place.process != 0)
                continue;
            tried++;
            SCOPED_TRACE("allocation " + std::to_string(place.number));
            Ran ran = learn(words, failing.before(place));
            bool right =
                ran.code == code && ran.out == good.out && ran.err == good.err;
            EXPECT_GE(ran.code, 0) << "it crashed, or hung: " << ran.err;
            EXPECT_TRUE(right || (ran.code != 0 && says_so(ran.err)))
                << ran.code << ": " << ran.out << ran.err;
        }
        EXPECT_GT(tried, 0u);
    }

    std::string root;
};

TEST_F(MemoryOfLearn, TheListOfStepsIsWhole)
{
    starve({"list"});
}

TEST_F(MemoryOfLearn, TheListOfMistakesIsWhole)
{
    starve({"wrong"});
}

TEST_F(MemoryOfLearn, ACourseIsWhole)
{
    starve({"agenda", "90m"});
}

TEST_F(MemoryOfLearn, AReasonIsGivenOrThatThereWasNoMemoryForOne)
{
    starve({"check", "E0.1"}, 1);
}

TEST_F(MemoryOfLearn, WhatIsLeftToDoIsWhole)
{
    ASSERT_EQ(learn({"start", "P0.1"}).code, 0);
    starve({"list"});
    starve({"diff"}, 1);
}

} // namespace
