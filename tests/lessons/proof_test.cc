/* SPDX-License-Identifier: MIT */
/* The proof of a lesson finds what is wrong with it. The lesson is the one that
 * `lesson new` makes, which is in a folder elsewhere here: nothing of it was
 * built before. */
#include "tool.h"

#include <gtest/gtest.h>

namespace
{

class Proof : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (tool.shell("unifdef --version; git --version").says("not found"))
            GTEST_SKIP() << "unifdef or git is missing";
    }

    /* With the sanitizer of this build, or in spite of having none. */
    Ran prove(const std::string &words = "")
    {
        return tool.run("lesson check --sanitizer address " + words);
    }

    void change(const std::string &file, const std::string &words,
                const std::string &others)
    {
        ASSERT_TRUE(tool.replace("lessons/X1/" + file, words, others)) << words;
    }

    Tool tool;
};

} // namespace

TEST_F(Proof, TheLessonToBeginWithIsProven)
{
    Ran ran = prove();
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.text,
              "X1   address  1 steps   1 starters   1 solutions   0 merges   1 "
              "mutants  0 kin  raced  proven\n1 proofs: 1 steps, 1 starters, 1 "
              "solutions, 0 merges, 1 mutants, 1 raced; 0 failures\n"
              "wrong ones: 1 tried, 1 caught; right ones written differently: "
              "0\n");
}

TEST_F(Proof, KinPassesOrIsTold)
{
    const std::string recursion = "why: it is right\n"
                                  "--- instead of\n    struct job job;\n"
                                  "--- write\n    struct job job = {0};\n";
    tool.shell("mkdir lessons/X1/kin");
    tool.write("lessons/X1/kin/starts-with-nothing.kin", recursion);
    Ran ran = prove();
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(ran.says("right ones written differently: 1\n")) << ran.text;
    tool.write("lessons/X1/kin/starts-with-nothing.kin",
               recursion + "    return;\n");
    ran = prove();
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("  X1 kin starts-with-nothing: "
                         "Step1.EveryPageIsHandedOver failed"))
        << ran.text;
    tool.write("lessons/X1/kin/starts-with-nothing.kin",
               "caught-by: Step1.EveryPageIsHandedOver\n" + recursion);
    EXPECT_TRUE(prove().says("kin has only these two"));
}

TEST_F(Proof, WhatWasWrittenBlindIsCounted)
{
    change("mutants/gives-up.mutant", "why: ", "blind: mended\nwhy: ");
    EXPECT_TRUE(prove().says("written without a look at the checks: 1, of "
                             "which 0 were caught at once\n"));
    change("mutants/gives-up.mutant", "blind: mended", "blind: caught");
    EXPECT_TRUE(prove().says("1, of which 1 were caught at once\n"));
}

TEST_F(Proof, QuicklyIsWithoutMutants)
{
    Ran ran = prove("--quick X1");
    EXPECT_EQ(ran.status, 0);
    EXPECT_TRUE(ran.says(" 0 mutants, 1 raced; 0 failures\n")) << ran.text;
}

TEST_F(Proof, AStarterThatPassesIsNone)
{
    change("pages.c", "    YOUR_CODE(batch, worker);\n",
           "    if (!batch)\n        YOUR_CODE(worker);\n    struct job job;\n"
           "    while (batch_next(batch, &job))\n"
           "        batch_done(batch, job.index, blocking_fetch(worker, "
           "&job));\n");
    Ran ran = prove();
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("  X1 starter 1 does not fail "
                         "Step1.EveryPageIsHandedOver\n"))
        << ran.text;
    EXPECT_TRUE(ran.says("NOT PROVEN")) << ran.text;
}

TEST_F(Proof, ASolutionThatFailsIsNone)
{
    change("pages.c", "job.index, blocking", "0, blocking");
    EXPECT_TRUE(prove("--quick").says(
        "  X1 solution 1: Step1.EveryPageIsHandedOver failed"));
}

TEST_F(Proof, AMutantThatPassesIsTold)
{
    change("mutants/gives-up.mutant", "            break;", "            ;");
    Ran ran = prove();
    EXPECT_TRUE(ran.says("  X1 mutant gives-up is not caught by "
                         "Step1.EveryPageIsHandedOver\n"))
        << ran.text;
}

TEST_F(Proof, AMutantThatDoesNotEndIsCaughtSoon)
{
    change("mutants/gives-up.mutant", "            break;",
           "            for (;;)\n                ;");
    Ran ran = prove();
    EXPECT_EQ(ran.status, 0) << ran.text;
}

TEST_F(Proof, WhatWarnsIsTold)
{
    change("pages.c", "    struct job job;\n",
           "    struct job job;\n    int unused;\n");
    Ran ran = prove("--quick");
    EXPECT_TRUE(ran.says("  X1 solution 1 compiles with warnings:\n"))
        << ran.text;
}

TEST_F(Proof, AnAdapterThatFetchesNothingIsTold)
{
    change("mine.c", "    fetch_pages(batch, &worker);\n", "");
    Ran ran = prove("--quick");
    EXPECT_TRUE(ran.says("  X1 as a contestant it fetched 0 of 12 pages"))
        << ran.text;
}

TEST_F(Proof, AnAdapterThatDoesNotCompileIsTold)
{
    change("mine.c", "fetch_pages(", "fetch_page(");
    Ran ran = prove("--quick");
    EXPECT_TRUE(ran.says("  X1 as a contestant it does not compile:\n"))
        << ran.text;
}

TEST_F(Proof, TheLayoutIsLookedAtWithFileAndLine)
{
    change("pages.c", "#endif\n}\n", "#endif\n    return;\n}\n");
    Ran ran = prove("--quick");
    EXPECT_TRUE(ran.says("  X1 pages.c:24: a hole is the rest of its function"))
        << ran.text;
}

TEST_F(Proof, TheStyleIsLookedAtWithFileAndLine)
{
    if (tool.shell("clang-format --version").says("not found"))
        GTEST_SKIP() << "clang-format is missing";
    tool.shell("cp " LESSONS_FOLDER "/../.clang-format .");
    change("pages.c", "    struct job job;\n", "   struct job job;\n");
    Ran ran = prove();
    EXPECT_TRUE(ran.says("  X1 solution 1 is not as clang-format would have "
                         "it: pages.c:12:"))
        << ran.text;
}

TEST_F(Proof, ACheckIsCompiledAnewWhenTheLessonHasChanged)
{
    tool.shell("cp --remove-destination " LESSONS_FOLDER
               "/tool/author/new/check.cc lessons/X1");
    tool.solve();
    EXPECT_EQ(tool.run("check X1").status, 0);
    tool.shell(
        "sed -i 's/\"0 refused, 1 refused/\"0 refused, 1 came/' "
        "lessons/X1/check.cc; touch -d '+2 seconds' lessons/X1/check.cc");
    EXPECT_TRUE(tool.run("check X1").says("1 came"));
}

TEST_F(Proof, OneTestByItsNameShowsAllThatItPrints)
{
    tool.solve();
    tool.shell("sed -i '1i #include <stdio.h>' work/X1/pages.c; "
               "sed -i '0,/^{/s//{\\n    puts(\"a picture\");/' "
               "work/X1/pages.c");
    Ran ran = tool.run("check X1");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_FALSE(ran.says("a picture")) << ran.text;
    ran = tool.run("check Step1.EveryPageIsHandedOver");
    EXPECT_EQ(ran.status, 0) << ran.text;
    EXPECT_TRUE(ran.says("a picture")) << ran.text;
}
