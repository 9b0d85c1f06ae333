/* SPDX-License-Identifier: MIT */
#include "folder.h"

extern "C" {
#include "lessons/tool/author/mutant.h"
}

#include <gtest/gtest.h>

#include <cerrno>

namespace
{

class Mutant : public testing::Test
{
  protected:
    int load(const char *text)
    {
        file_write(slice_of(text), "%s/mutants/name.mutant", folder.path());
        return mutants_load(&mutants, folder.path(), &why);
    }

    /* The solution as the mutant has it, or the error. */
    std::string applied(const char *solution)
    {
        struct buffer text = {};
        int error =
            mutant_apply(&mutants.list[0], slice_of(solution), &text, &why);
        std::string whole = text_of(text);
        return error ? strerrorname_np(-error) : whole;
    }

    void TearDown() override
    {
        mutants_deinit(&mutants);
        buffer_deinit(&why);
    }

    Folder folder;
    struct mutants mutants = {};
    struct buffer why = {};
};

const char swaps[] = "caught-by: Step1.Name\nwhy: wrong\n"
                     "--- instead of\n  two\n--- write\n  2\n  zwei\n";

} // namespace

TEST_F(Mutant, IsTheSolutionWithOnePassageWrittenOtherwise)
{
    ASSERT_EQ(load(swaps), 0);
    EXPECT_STREQ(mutants.list[0].name, "name");
    EXPECT_STREQ(mutants.list[0].caught_by, "Step1.Name");
    EXPECT_EQ(applied("  one\n  two\n  three\n"),
              "  one\n  2\n  zwei\n  three\n");
}

TEST_F(Mutant, DoesNotApplyWhereItsPassageIsGoneOrThereTwice)
{
    ASSERT_EQ(load(swaps), 0);
    EXPECT_EQ(applied("  one\n"), "ESTALE");
    EXPECT_EQ(applied("  two\n  two\n"), "ESTALE");
}

TEST_F(Mutant, MayHaveSeveralPassagesEachInWhatTheOnesBeforeHaveLeft)
{
    ASSERT_EQ(load("caught-by: Step1.Name\nwhy: wrong\n"
                   "--- instead of\n  one\n--- write\n  1\n"
                   "--- instead of\n  1\n  two\n--- write\n"
                   "--- instead of\n  three\n--- write\n  3\n"),
              0);
    EXPECT_EQ(applied("  one\n  two\n  three\n"), "  3\n");
    EXPECT_EQ(applied("  one\n  three\n"), "ESTALE");
}

TEST_F(Mutant, MayBeForOneSanitizerOnly)
{
    ASSERT_EQ(load(swaps), 0);
    EXPECT_STREQ(mutants.list[0].only, nullptr);
    mutants_deinit(&mutants);
    ASSERT_EQ(load("caught-by: Step1.Name\nonly: thread\nwhy: wrong\n"
                   "--- instead of\n  two\n--- write\n  2\n"),
              0);
    EXPECT_STREQ(mutants.list[0].only, "thread");
}

TEST_F(Mutant, WithoutItsPartsIsRefusedByName)
{
    EXPECT_EQ(load("caught-by: Step1.Name\n--- write\n  2\n"), -EINVAL);
    mutants_deinit(&mutants);
    EXPECT_EQ(load("caught-by: Step1.Name\n--- instead of\n  2\n"), -EINVAL);
    EXPECT_NE(text_of(why).find("name.mutant"), std::string::npos);
}
