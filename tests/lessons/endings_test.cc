/* SPDX-License-Identifier: MIT */
/* However a learner's program ends: that is told, soon, and it has not passed.
 */
#include "support/sanitizer.h"
#include "tool.h"

extern "C" {
#include "lessons/tool/lesson.h"
#include "lessons/tool/program/findings.h"
}

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

namespace
{

class Endings : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (tool.shell("unifdef --version; git --version").says("not found"))
            GTEST_SKIP() << "unifdef or git is missing";
        tool.solve();
    }

    /* The right solution, with this before it. */
    Ran check(const std::string &code, const std::string &before = "")
    {
        EXPECT_TRUE(tool.replace("work/X1/pages.c", "#include \"pages.h\"",
                                 "#include \"pages.h\"\n"
                                 "#include <signal.h>\n#include <stdio.h>\n"
                                 "#include <stdlib.h>\n#include <time.h>\n"
                                 "#include <sys/syscall.h>\n"
                                 "#include <unistd.h>\n"));
        EXPECT_TRUE(tool.replace("work/X1/pages.c", "    while (",
                                 code + "    while ("));
        return tool.shell(before +
                          LEARN_PROGRAM " --build " LEARN_BUILD " --lessons " +
                          tool.path("lessons") + " check");
    }

    void expect_told(const Ran &ran, const std::string &headline,
                     const std::string &sentence)
    {
        EXPECT_EQ(ran.status, 1);
        EXPECT_TRUE(ran.says("\n\n" + headline)) << ran.text;
        EXPECT_TRUE(ran.says(sentence)) << ran.text;
        EXPECT_EQ(tool.shell("grep passed work/state").status, 1)
            << "and it has not passed";
    }

    const std::string early = "It ended before the check was over";
    Tool tool;
};

} // namespace

TEST_F(Endings, AProgramThatLeavesHasNotPassed)
{
    expect_told(check("    printf(\"leaving\\n\");\n    _exit(0);\n"), early,
                "_exit(0) was called");
}

TEST_F(Endings, OfAProgramThatLeavesItIsToldWhatItPrinted)
{
    expect_told(check("    printf(\"so far\");\n    exit(3);\n"), early,
                "  Your program printed:\n    so far\n");
}

TEST_F(Endings, AProgramThatLeavesBehindTheBackOfTheCLibraryHasNotPassed)
{
    expect_told(check("    syscall(SYS_exit_group, 0);\n"), early,
                "It has left with the status 0");
}

TEST_F(Endings, ASignalIsNamed)
{
    Ran ran = check("    puts(\"so far\");\n"
                    "    syscall(SYS_kill, getpid(), SIGTERM);\n");
    expect_told(ran, early, "SIGTERM (Terminated)");
    EXPECT_TRUE(ran.says("  Your program printed:\n    so far\n")) << ran.text;
}

TEST_F(Endings, TheLimitOfTimeIsNotBoundToDescriptors)
{
    expect_told(check("    syscall(SYS_close_range, 0, ~0U, 0);\n"
                      "    for (;;)\n        syscall(SYS_pause);\n"),
                "It does not end", "it still waits in pause");
}

TEST_F(Endings, ClosingWhatIsNotYoursIsToldAtOnce)
{
    expect_told(check("    closefrom(0);\n    for (;;)\n        pause();\n"),
                "Not right yet", "closefrom closes descriptors that others");
}

TEST_F(Endings, ACrashOfWhichItIsNotKnownWhereHasNotPassed)
{
    Ran ran = check("    syscall(SYS_close_range, 0, ~0U, 0);\n"
                    "    batch_done(batch, 77, NULL);\n");
    EXPECT_EQ(ran.status, 1);
    EXPECT_FALSE(ran.says("Passed")) << ran.text;
}

TEST_F(Endings, PrintingWithoutEndEnds)
{
    Ran ran = check("    for (;;)\n        puts(\"again\");\n");
    expect_told(ran, "It does not end",
                "Your program printed, at last:\n    again\n");
#ifdef WITH_ASAN
    EXPECT_TRUE(ran.says("in fetch_pages, pages.c:")) << ran.text;
#endif
}

TEST_F(Endings, AProgramThatForksAndLeavesHasNotPassed)
{
    expect_told(check("    if (fork() != 0)\n        _exit(0);\n"), early,
                "_exit(0) was called");
}

TEST_F(Endings, AChildThatGoesOnSaysNothingForItsParent)
{
    expect_told(check("    if (fork() != 0)\n        for (;;)\n"
                      "            syscall(SYS_pause);\n"),
                "It does not end", "it still waits in pause");
}

TEST_F(Endings, AChildThatStaysIsGoneWithTheTest)
{
    Ran ran = check("    if (fork() == 0) {\n        setsid();\n"
                    "        for (;;)\n            syscall(SYS_pause);\n"
                    "    }\n");
    EXPECT_TRUE(ran.says("Passed: the check of the steps so far.")) << ran.text;
    EXPECT_EQ(tool.shell("pgrep -f $PWD/work/.check/check; true").text, "");
}

TEST_F(Endings, StoppingOneselfEnds)
{
    expect_told(check("    syscall(SYS_kill, getpid(), SIGSTOP);\n"),
                "It does not end", "It has stopped itself");
}

TEST_F(Endings, ARunnerThatIsKilledHasPassedNothing)
{
    expect_told(check("    syscall(SYS_kill, getppid(), SIGKILL);\n"
                      "    for (;;)\n        syscall(SYS_pause);\n"),
                early,
                "The whole check ended here, before it was over, by the signal "
                "SIGKILL");
}

TEST_F(Endings, AParentIsNotKilledByKill)
{
    expect_told(check("    kill(getppid(), SIGKILL);\n"), "Not right yet",
                "that is not a child of this process");
}

TEST_F(Endings, VariablesOfGoogleTestChangeNothing)
{
    for (const char *variables :
         {"GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=1 ", "GTEST_REPEAT=0 ",
          "GTEST_FAIL_FAST=1 GTEST_ALSO_RUN_DISABLED_TESTS=1 ",
          "TESTBRIDGE_TEST_ONLY=No.Such ", "GTEST_OUTPUT=xml:/dev/null "}) {
        tool.solve();
        expect_told(check("    return;\n", variables), "Not right yet",
                    "there are three pages");
    }
}

#ifdef WITH_ASAN
TEST_F(Endings, OptionsOfSanitizersChangeNothing)
{
    for (const char *variables :
         {"ASAN_OPTIONS=exitcode=0 LSAN_OPTIONS=exitcode=0 ",
          "ASAN_OPTIONS=detect_leaks=0 "}) {
        tool.solve();
        expect_told(check("    *(void *volatile *)(void *)batch = malloc(9);\n"
                          "    *(void *volatile *)(void *)batch = NULL;\n"
                          "    batch->concurrency = 1;\n",
                          variables),
                    "It leaks memory", "never freed");
    }
}

TEST_F(Endings, AnEndHasItsPlace)
{
    expect_told(check("    exit(1);\n"), early,
                "exit(1) was called. What the check still had to look at, it "
                "has not seen.\n    in fetch_pages, pages.c:");
}

TEST_F(Endings, WhatCDoesNotDefineHasNotPassed)
{
    expect_told(check("    int most = 0x7fffffff;\n    most += getpid();\n"
                      "    if (most == 3)\n        return;\n"),
                "It crashed", "signed integer overflow");
}
#endif

TEST_F(Endings, ACheckThatCannotBeStartedHasNotPassed)
{
    tool.run("check");
    /* As another user, of whom no more processes are allowed. */
    Ran ran = tool.shell("chmod 755 . work work/.check && cd work/.check && "
                         "chmod 755 check && setpriv --reuid 65533 "
                         "--clear-groups bash -c 'ulimit -u 1; exec ./check'");
    if (ran.says("setpriv") || ran.says("ermission"))
        GTEST_SKIP() << "only root can become another user: " << ran.text;
    EXPECT_EQ(ran.status, 1) << ran.text;
    EXPECT_TRUE(ran.says("\"verdict\":\"not-run\"")) << ran.text;
    EXPECT_TRUE(ran.says("No process could be started for it")) << ran.text;
}

namespace
{

/* E0's loop up to its second step, whose tests are run beside those of the
 * first. */
class EndingsOfTwoRuns : public testing::Test
{
  protected:
    void SetUp() override
    {
        struct buffer why = {}, text = {};
        ASSERT_EQ(toolchain_load(&toolchain, LEARN_BUILD, &why), 0);
        ASSERT_EQ(lesson_load(&lesson, LESSONS_FOLDER "/E0", &why), 0);
        ASSERT_EQ(lesson_text(lesson, 2, 2, &text, &why), 0);
        solution = text_of(text);
    }
    void TearDown() override
    {
        lesson_free(lesson);
        toolchain_deinit(&toolchain);
    }

    /* The verdicts, in order; where a test hung, its name. */
    std::string collect()
    {
        std::string found;
        struct selection selection = {};
        struct findings findings = {};
        struct buffer why = {};
        selection.step = 2;
        selection.promptly = true;
        EXPECT_EQ(findings_collect(&findings, &toolchain, lesson, &selection,
                                   tool.path("loop.c").c_str(),
                                   tool.path("build").c_str(), &why),
                  0)
            << text_of(why);
        for (size_t i = 0; i < findings.count; i++)
            found += findings.list[i].verdict == VERDICT_HUNG
                         ? findings.list[i].test
                         : std::string(verdict_word(findings.list[i].verdict)) +
                               ", ";
        found += " of " + std::to_string(findings.wanted);
        findings_deinit(&findings);
        return found;
    }

    struct toolchain toolchain = {};
    struct lesson *lesson = nullptr;
    std::string solution;
    Tool tool;
};

} // namespace

TEST_F(EndingsOfTwoRuns, OneThatEndsBeforeItsFirstWordHasNotPassed)
{
    const std::string ten = "passed, passed, passed, passed, passed, "
                            "passed, passed, passed, passed, passed, ";
    auto end_of = [&](const std::string &tests) {
        tool.write("loop.c", "#include <signal.h>\n#include <string.h>\n" +
                                 solution +
                                 "\n__attribute__((constructor)) static void\n"
                                 "end(int argc, char **argv)\n{\n"
                                 "    if (!strcmp(argv[argc - 1], \"" +
                                 tests + "\"))\n        raise(SIGKILL);\n}\n");
        return collect();
    };
    EXPECT_EQ(end_of("Step1."), "left, " + ten + " of 10");
    EXPECT_EQ(end_of("Step2."), "passed, passed, passed, passed, passed, "
                                "left,  of 5");
    EXPECT_EQ(end_of("Step3."),
              "passed, passed, passed, passed, passed, " + ten + " of 15");
}

TEST_F(EndingsOfTwoRuns, WhatHasHungIsTriedBeforeAllOthersTheNextTime)
{
    const std::string hung = "Step1.SchedulingTwiceQueuesOnce";
    const std::string right = "{\n    if (handle->state == HANDLE_READY)\n";
    tool.write("loop.c",
               "#include <sys/syscall.h>\n#include <unistd.h>\n" + solution);
    ASSERT_TRUE(tool.replace(
        "loop.c", right,
        right + "        for (;;)\n            syscall(SYS_pause);\n"
                "    if (0)\n"));
    const std::string first = "passed, passed, passed, passed, ";
    const std::string beside =
        "passed, passed, passed, passed, passed, passed, "
        "passed, passed, passed, passed, ";
    EXPECT_EQ(collect(), first + hung + beside + " of 15")
        << "those of the second step have run beside it";
    EXPECT_EQ(collect(), hung + beside + " of 15") << "nothing is waited for";
    tool.write("loop.c", solution);
    EXPECT_EQ(collect(), first + "passed, " + beside + " of 15")
        << "what does not hang any more is told in its turn";
}
