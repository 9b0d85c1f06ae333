/* SPDX-License-Identifier: MIT */
/* What a learner reads, from findings that are made up. */
#include "folder.h"

extern "C" {
#include "lessons/tool/tell/tell.h"
}

#include <gtest/gtest.h>

#include <algorithm>

namespace
{

class Tell : public testing::Test
{
  protected:
    void SetUp() override
    {
        ASSERT_EQ(lesson_load(&lesson, LESSONS_FOLDER "/E0", &why), 0);
    }

    void TearDown() override
    {
        lesson_free(lesson);
        buffer_deinit(&why);
    }

    std::string told(enum verdict verdict, const char *where,
                     const char *message, const char *said,
                     const char *output = "")
    {
        struct finding finding = {};
        struct buffer out = {};
        if (verdict != VERDICT_NOT_COMPILING)
            finding.test = test;
        finding.verdict = verdict;
        finding.where = const_cast<char *>(where);
        finding.message = const_cast<char *>(message);
        finding.output = const_cast<char *>(output);
        finding.said = const_cast<char *>(said);
        finding.program = program;
        finding_tell(&finding, lesson, file.c_str(), 80, &out);
        return text_of(out);
    }

    struct lesson *lesson = nullptr;
    struct buffer why = {};
    std::string file = "work/E0/loop.c";
    char test[64] = "Step1.CallsRunInOrder";
    char program[32] = "work/.check/check";
};

const char again[] =
    "\n  Again:  ./lab check Step1.CallsRunInOrder\n"
    "  In gdb: gdb --args work/.check/check --here Step1.CallsRunInOrder\n";

} // namespace

TEST_F(Tell, NotWrittenNamesTheFunctionAndTheLine)
{
    EXPECT_EQ(told(VERDICT_NOT_WRITTEN, "run_ready, loop.c:54", "", ""),
              std::string("Not written yet: run_ready, loop.c:54\n\n"
                          "  Promised: calls run in order\n\n"
                          "    The check got there and found YOUR_CODE. The "
                          "comment above the function says\n"
                          "    what it has to do.\n") +
                  again);
}

TEST_F(Tell, ACommandThatIsTooWideGoesOnInASecondLine)
{
    strcpy(test, "Step3.WhatIsMoreThanAFutureHasItsOwnWay");
    std::string text = told(VERDICT_FAILED, "", "Failed\nno\n", "");
    EXPECT_NE(text.find("  In gdb: gdb --args work/.check/check \\\n"
                        "          --here "
                        "Step3.WhatIsMoreThanAFutureHasItsOwnWay\n"),
              std::string::npos)
        << text;
}

TEST_F(Tell, WrongSaysWhatItIsAndWhatItShouldBe)
{
    const char *message = "Expected equality of these values:\n"
                          "  trace\n"
                          "    Which is: \"ba|\"\n"
                          "  \"ab|\"\n"
                          "a was first.\n";
    EXPECT_EQ(told(VERDICT_FAILED, "", message, ""),
              std::string("Not right yet\n\n"
                          "  Promised: calls run in order\n\n"
                          "    trace\n"
                          "      is         \"ba|\"\n"
                          "      should be  \"ab|\"\n"
                          "    a was first.\n") +
                  again);
}

TEST_F(Tell, ATextThatIsNotAsciiIsToldAsText)
{
    const char *message = "Expected equality of these values:\n"
                          "  items(&counter)\n"
                          "    Which is: \"5 6 \\xE2\\x80\\xA6\"\n"
                          "    As Text: \"5 6 …\"\n"
                          "  \"4 5 …\"\n"
                          "    Which is: \"4 5 \\xE2\\x80\\xA6\"\n"
                          "    As Text: \"4 5 …\"\n"
                          "a counter that begins at 4.\n";
    std::string text = told(VERDICT_FAILED, "", message, "");
    EXPECT_NE(text.find("\n\n      is         \"5 6 …\"\n"
                        "      should be  \"4 5 …\"\n"
                        "    a counter that begins at 4.\n"),
              std::string::npos)
        << text;
}

TEST_F(Tell, NoCharacterIsCutInTwo)
{
    for (size_t before = 50; before < 70; before++) {
        std::string value = std::string(before, 'a');
        for (int i = 0; i < 40; i++)
            value += "…";
        std::string message = "Expected equality of these values:\n  text\n"
                              "    Which is: " +
                              value + "b\n  \"\"\n    Which is: " + value +
                              "c\nboth are long.\n";
        std::string text = told(VERDICT_FAILED, "", message.c_str(), "");
        size_t at = text.find("\xE2\x80\xA6"), count = 0;
        for (; at != std::string::npos; at = text.find("\xE2\x80\xA6", at + 3))
            count++;
        size_t firsts = (size_t)std::count(text.begin(), text.end(), '\xE2');
        size_t lasts = (size_t)std::count(text.begin(), text.end(), '\xA6');
        EXPECT_EQ(firsts, count) << text;
        EXPECT_EQ(lasts, count) << text;
    }
}

TEST_F(Tell, OfATruthTheWordsAreToldAndTheValuesWhereTheyAsk)
{
    const char *message = "Value of: call.returned()\n"
                          "  Actual: true\n"
                          "Expected: false\n";
    EXPECT_NE(told(VERDICT_FAILED, "", message, "")
                  .find("\n    call.returned()\n"
                        "      is         true\n"
                        "      should be  false\n"),
              std::string::npos)
        << "without words there is only this";
    EXPECT_NE(told(VERDICT_FAILED, "",
                   (std::string(message) + "it did not wait.\n").c_str(), "")
                  .find("in order\n\n    it did not wait.\n"),
              std::string::npos)
        << "a sentence says all of it";
    EXPECT_NE(told(VERDICT_FAILED, "",
                   (std::string(message) + "whether it waits.\n").c_str(), "")
                  .find("in order\n\n"
                        "      is         true\n"
                        "      should be  false\n"
                        "    whether it waits.\n"),
              std::string::npos)
        << "a question does not";
}

TEST_F(Tell, NoExpressionOfCIsTold)
{
    const char *message = "Expected equality of these values:\n"
                          "  (after - before) / ms\n"
                          "    Which is: 30\n"
                          "  31\n"
                          "milliseconds.\n";
    EXPECT_NE(told(VERDICT_FAILED, "", message, "")
                  .find("in order\n\n"
                        "      is         30\n"
                        "      should be  31\n"
                        "    milliseconds.\n"),
              std::string::npos);
}

TEST_F(Tell, AComparisonIsToldAsAnEqualityIs)
{
    EXPECT_NE(told(VERDICT_FAILED, "",
                   "Expected: (world.wakes) <= (30), actual: 900 vs 30\n"
                   "wake-ups.\n",
                   "")
                  .find("    world.wakes\n"
                        "      is         900\n"
                        "      should be  <= 30\n"
                        "    wake-ups.\n"),
              std::string::npos);
}

TEST_F(Tell, WhatTheProgramHasPrintedIsShownLastLinesFirst)
{
    std::string all = told(VERDICT_FAILED, "", "no\n", "", "hello\nfd is 5\n");
    EXPECT_NE(all.find("\n  Your program printed:\n    hello\n    fd is 5\n"),
              std::string::npos)
        << all;
    std::string last =
        told(VERDICT_HUNG, "", "It waits.", "", "1\n2\n3\n4\n5\n6\n\n");
    EXPECT_NE(last.find("\n  Your program printed, at last:\n"
                        "    2\n    3\n    4\n    5\n    6\n\n"),
              std::string::npos)
        << last;
}

TEST_F(Tell, AWrongValueNamesTheFunctionsOfTheStep)
{
    Folder folder;
    file = std::string(folder.path()) + "/loop.c";
    file_write(slice_of("void loop_call_soon(int a);\n"
                        "static void run_ready(struct loop *loop)\n{\n}\n"
                        "void\nloop_call_soon(int a)\n{ // run_ready(a)\n}\n"),
               "%s", file.c_str());
    std::string text = told(VERDICT_FAILED, "", "no\n", "");
    EXPECT_NE(text.find("    Look at: loop_call_soon (line 6)"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("run_ready (line 2)"), std::string::npos) << text;
}

TEST_F(Tell, ABrokenRuleNamesTheLineAndNoFunctions)
{
    std::string text =
        told(VERDICT_FAILED, "run_ready, loop.c:54", "usleep sleeps.", "");
    EXPECT_NE(text.find("\n    usleep sleeps.\n    in run_ready, loop.c:54\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("Look at"), std::string::npos);
}

TEST_F(Tell, AnEndBeforeTheEndOfTheCheckIsToldWithItsPlace)
{
    std::string text =
        told(VERDICT_LEFT, "run_ready, loop.c:54", "exit(1) was called.", "");
    EXPECT_EQ(text.find("It ended before the check was over\n"), 0u);
    EXPECT_NE(
        text.find("\n    exit(1) was called.\n    in run_ready, loop.c:54\n"),
        std::string::npos)
        << text;
}

TEST_F(Tell, OfAFailureWithoutAConditionOnlyTheWordsAreTold)
{
    EXPECT_NE(told(VERDICT_FAILED, "", "Failed\nin a circle\n", "")
                  .find("\n\n    in a circle\n"),
              std::string::npos);
}

TEST_F(Tell, AnEqualityThatWasCutShortIsToldAsItIs)
{
    const char *message = "Expected equality of these values:\n  trace\n"
                          "    Which is: \"ba";
    EXPECT_NE(told(VERDICT_FAILED, "", message, "").find("\"ba\n"),
              std::string::npos);
}

TEST_F(Tell, WrongWithoutAnEqualityIsToldAsItIs)
{
    std::string text = told(VERDICT_FAILED, "", "there were too many\n", "");
    EXPECT_NE(text.find("\n    there were too many\n"), std::string::npos);
}

TEST_F(Tell, LongTextsAreCutAndNotComparedLineByLine)
{
    std::string message = "Expected equality of these values:\n"
                          "  heard\n"
                          "    Which is: \"GET\"\n"
                          "  \"" +
                          std::string(90, 'x') +
                          "\"\n"
                          "With diff:\n@@ -1,1 +1,2 @@\n-GET\n+xx\n+xy\n\n"
                          "all of it.\n";
    std::string text = told(VERDICT_FAILED, "", message.c_str(), "");
    EXPECT_NE(text.find("    heard\n      is         \"GET\"\n"
                        "      should be  \"" +
                        std::string(56, 'x') +
                        "...\n"
                        "    all of it.\n"),
              std::string::npos)
        << text;
}

TEST_F(Tell, OfLongTextsThatBeginAlikeTheDifferenceIsShown)
{
    std::string message = "Expected equality of these values:\n"
                          "  trace\n"
                          "    Which is: \"" +
                          std::string(200, 'a') +
                          "b\"\n"
                          "  \"" +
                          std::string(200, 'a') + "c\"\n";
    std::string text = told(VERDICT_FAILED, "", message.c_str(), "");
    EXPECT_NE(text.find("      is         ..." + std::string(14, 'a') +
                        "b\"\n"
                        "      should be  ..." +
                        std::string(14, 'a') + "c\"\n"),
              std::string::npos)
        << text;
}

TEST_F(Tell, HungSaysWhatItWaitsFor)
{
    std::string text =
        told(VERDICT_HUNG, "", "After 10 s it still waits in poll.", "");
    EXPECT_EQ(text.find("It does not end\n"), 0u);
    EXPECT_NE(text.find("\n    After 10 s it still waits in poll.\n"),
              std::string::npos);
}

TEST_F(Tell, HungSaysInWhichOfTheLearnersLinesEachThreadIs)
{
    const char *stacks = "    #0 0x1 in poll /usr/src/poll.c:9\n"
                         "    #1 0x2 in wait_for /home/me/E0/loop.c:12\n"
                         "    #2 0x3 in loop_run /home/me/E0/loop.c:30\n"
                         "    #3 0x4 in loop_stop /home/me/E0/loop.c:31\n\n"
                         "    #0 take /home/me/E0/loop.c:40 (check+0x1)\n\n"
                         "    #0 take /home/me/E0/loop.c:40 (check+0x1)\n"
                         "    #1 work /home/me/E0/loop.c:41 (check+0x2)\n\n"
                         "    #0 0x1 in main /home/me/check.cc:5\n";
    std::string text = told(VERDICT_HUNG, "", "It waits.", stacks);
    EXPECT_NE(text.find("\n    It waits.\n"
                        "    a thread in wait_for, loop.c:12\n"
                        "    called in loop_run, loop.c:30\n"
                        "    2 threads in take, loop.c:40\n\n"),
              std::string::npos)
        << text;
}

TEST_F(Tell, ACircleOutsideOfTheLearnersFunctionsIsCalledThat)
{
    const char *stacks = "    #0 0x1 in generator_send /home/me/generator.c:9\n"
                         "    #1 0x2 in run /home/me/runner.c:12\n";
    const char *told_circle = "None of your functions was running then";
    EXPECT_NE(told(VERDICT_HUNG, "", "It still runs in a circle.", stacks)
                  .find(told_circle),
              std::string::npos);
    EXPECT_EQ(told(VERDICT_HUNG, "", "It waits.", stacks).find(told_circle),
              std::string::npos);
    EXPECT_EQ(told(VERDICT_HUNG, "", "It still runs in a circle.", "")
                  .find(told_circle),
              std::string::npos);
}

TEST_F(Tell, WhatIsNotRightIsToldBeforeALeak)
{
    const char *leak = "==1==ERROR: LeakSanitizer: detected memory leaks\n"
                       "    #0 0x1 in malloc (check+0x1)\n"
                       "    #1 0x2 in run_ready /home/me/E0/loop.c:96\n";
    std::string text = told(VERDICT_CRASHED, "", "Failed\ntoo many\n", leak);
    EXPECT_EQ(text.find("Not right yet\n\n  Promised: calls run in order\n\n"
                        "    too many\n"),
              0u)
        << text;
    EXPECT_NE(text.find("\n\n    Memory was allocated and never freed"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("\n    at run_ready, loop.c:96\n"), std::string::npos)
        << text;
    EXPECT_EQ(told(VERDICT_CRASHED, "", "", leak).find("It leaks memory\n"),
              0u);
}

TEST_F(Tell, ACrashIsToldInWordsAndWithTheLearnersOwnLine)
{
    const char *output =
        "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1\n"
        "    #0 0x1 in handle_run /home/me/loop.h:127\n"
        "    #1 0x2 in run_ready /home/me/E0/loop.c:96\n"
        "    #2 0x3 in loop_run /home/me/E0/loop.c:120\n";
    std::string text = told(VERDICT_CRASHED, "", "", output);
    EXPECT_EQ(text.find("It crashed\n"), 0u);
    EXPECT_NE(text.find("\n    Memory was used after it had been freed"),
              std::string::npos);
    EXPECT_NE(text.find("\n    at run_ready, loop.c:96\n"
                        "    called in loop_run, loop.c:120\n"),
              std::string::npos)
        << text;
}

TEST_F(Tell, OfALeakOfWhatTheCodeWasHandedNoLineIsPromised)
{
    std::string report = "ERROR: LeakSanitizer: detected memory leaks\n"
                         "    #0 0x5 in malloc ../asan_malloc.cc:69\n"
                         "    #1 0x5 in outcome_fail callbacks/failure.c:3\n";
    std::string handed = told(VERDICT_CRASHED, "", "", report.c_str());
    EXPECT_NE(handed.find("not by a line of"), std::string::npos) << handed;
    EXPECT_EQ(handed.find("this is where"), std::string::npos) << handed;
    report += "    #2 0x5 in run_ready work/E0/loop.c:93\n";
    std::string own = told(VERDICT_CRASHED, "", "", report.c_str());
    EXPECT_NE(own.find("this is where"), std::string::npos) << own;
    EXPECT_NE(own.find("run_ready, loop.c:93"), std::string::npos) << own;
}

TEST_F(Tell, ADataRaceNamesBothLinesAndWhichThreadHeldALock)
{
    const char *output =
        "WARNING: ThreadSanitizer: data race (pid=21375)\n"
        "  Write of size 8 at 0x7b0c00000028 by main thread:\n"
        "    #0 memcpy sanitizer_common_interceptors.inc:7 (libtsan.so.2+0x1)\n"
        "    #1 main /home/me/E0/loop.c:7 (check+0x128c)\n"
        "\n"
        "  Previous read of size 8 at 0x7b0c00000028 by thread T1 (mutexes: "
        "write M0):\n"
        "    #0 add /home/me/E0/loop.c:4 (check+0x121d)\n"
        "    #1 run /home/me/E0/loop.c:5 (check+0x121d)\n"
        "\n"
        "  Location is heap block of size 48 at 0x7b0c00000000 allocated by\n"
        "    #0 calloc tsan_interceptors_posix.cpp:667 "
        "(libtsan.so.2+0x3ee50)\n";
    std::string text = told(VERDICT_RACED, "", "", output);
    EXPECT_EQ(text.find("A data race\n"), 0u);
    EXPECT_NE(text.find("\n      written in main, loop.c:7, without a lock\n"
                        "      read in add, loop.c:4, with a lock held\n"),
              std::string::npos)
        << text;
}

TEST_F(Tell, OfADataRaceTheLearnersLinesAreShown)
{
    Folder folder;
    struct finding finding = {};
    struct buffer out = {};
    file = std::string(folder.path()) + "/threads.c";
    std::string output = "WARNING: ThreadSanitizer: data race (pid=1)\n"
                         "  Write of size 4 at 0x7b0c by thread T1:\n"
                         "    #0 add " +
                         file + ":2 (check+0x128c)\n\n";
    ASSERT_EQ(file_write(slice_of("{\n    pages++;\n}\n"), "%s", file.c_str()),
              0);
    finding.test = test;
    finding.program = program;
    finding.verdict = VERDICT_RACED;
    char nothing[] = "";
    finding.said = output.data();
    finding.output = finding.where = finding.message = nothing;
    finding_tell(&finding, lesson, file.c_str(), 80, &out);
    EXPECT_NE(text_of(out).find("add, threads.c:2, without a lock\n"
                                "        pages++;\n"),
              std::string::npos);
}

TEST_F(Tell, ABrokenContractSpeaksForItself)
{
    const char *output =
        "../callbacks/timers.c:160: contract broken: timers_set: the handle is "
        "in no queue\n"
        "    #0 0x1 in contract_broken /home/me/contract.c:27\n"
        "    #1 0x2 in timers_set /home/me/timers.c:160\n"
        "    #2 0x3 in loop_call_at /home/me/E0/loop.c:96\n";
    std::string text =
        told(VERDICT_CRASHED, "", "It was ended by the signal Aborted", output);
    EXPECT_NE(text.find("\n    A contract of the lab's is broken: timers_set: "
                        "the handle is in no queue.\n"
                        "    at loop_call_at, loop.c:96\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("Aborted"), std::string::npos);
}

TEST_F(Tell, ACallOfNoFunctionIsCalledThat)
{
    const char *output =
        "==1==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000000\n"
        "==1==Hint: pc points to the zero page.\n"
        "    #0 0x0  (<unknown module>)\n"
        "    #1 0x1 in run_ready /home/me/E0/loop.c:96\n";
    std::string text = told(VERDICT_CRASHED, "", "", output);
    EXPECT_NE(text.find("\n    A function was called by a pointer that is NULL."
                        "\n    at run_ready, loop.c:96\n"),
              std::string::npos)
        << text;
}

TEST_F(Tell, ALongLineOfCodeIsCut)
{
    Folder folder;
    file = std::string(folder.path()) + "/loop.c";
    std::string line = "int a" + std::string(90, 'a') + ";\n";
    file_write({line.data(), line.size()}, "%s", file.c_str());
    std::string text = told(VERDICT_NOT_COMPILING, "",
                            (file + ":1:1: error: too long\n").c_str(), "");
    EXPECT_EQ(text, "It does not compile\n\n    loop.c:1:1: error: too long\n"
                    "        int a" +
                        std::string(64, 'a') + "...\n");
}

TEST_F(Tell, WhatIsWrongInTheStepUnderHandIsToldFirst)
{
    char first[] = "Step1.OfOld", second[] = "Step2.New",
         third[] = "Step2.New2";
    struct finding list[3] = {};
    char unknown[] = "", known[] = "run_ready, loop.c:54";
    list[0].test = first;
    list[1].test = second;
    list[2].test = third;
    list[0].where = list[1].where = list[2].where = unknown;
    list[0].verdict = list[2].verdict = VERDICT_FAILED;
    struct findings findings = {list, 3, 3, {}};
    EXPECT_EQ(findings_to_tell(&findings, 2), &list[2]);
    EXPECT_EQ(findings_to_tell(&findings, 1), &list[0]);
    list[0].where = known;
    EXPECT_EQ(findings_to_tell(&findings, 2), &list[0]);
    list[0].where = unknown;
    list[2].verdict = VERDICT_NOT_WRITTEN;
    EXPECT_EQ(findings_to_tell(&findings, 2), &list[0]);
    list[0].verdict = list[2].verdict = VERDICT_PASSED;
    EXPECT_EQ(findings_to_tell(&findings, 2), nullptr);
}

/* Whatever else there is to say of a program that never ends. */
TEST_F(Tell, WhatDoesNotEndIsToldFirst)
{
    char name[] = "Step2.New", where[] = "run_ready, loop.c:54";
    struct finding list[2] = {};
    list[0].test = list[1].test = name;
    list[0].where = list[1].where = where;
    list[0].verdict = VERDICT_FAILED;
    list[1].verdict = VERDICT_HUNG;
    struct findings findings = {list, 2, 2, {}};
    EXPECT_EQ(findings_to_tell(&findings, 2), &list[1]);
}

TEST_F(Tell, ACrashThatNoSanitizerSawNamesTheSignal)
{
    std::string text = told(VERDICT_CRASHED, "", "by the signal Killed", "");
    EXPECT_NE(text.find("\n    by the signal Killed\n"), std::string::npos);
}

/* As gcc and clang tell of a file that is older than the header. */
const char outgrown[] =
    "/home/me/E0/loop.c:60:5: error: implicit declaration of function "
    "'timers_deinit' [-Werror=implicit-function-declaration]\n"
    "/home/me/E0/loop.c:94:5: error: conflicting types for 'loop_call_at'; "
    "have 'int(struct loop *, nanos)' {aka 'int(struct loop *, long int)'}\n"
    "   94 | int loop_call_at(struct loop *loop, nanos when)\n"
    "/home/me/callbacks/loop.h:101:6: note: previous declaration of "
    "'loop_call_at' with type 'void(struct loop *, nanos)'\n"
    "/home/me/E0/loop.c:96:5: error: implicit declaration of function "
    "'timers_reserve' [-Werror=implicit-function-declaration]\n";
const char outgrown_for_clang[] =
    "/home/me/E0/loop.c:94:5: error: conflicting types for 'loop_call_at'\n"
    "int loop_call_at(struct loop *loop, nanos when)\n"
    "/home/me/callbacks/loop.h:101:6: note: previous declaration is here\n";

TEST_F(Tell, AFileThatIsOlderThanTheHeaderIsToldSo)
{
    EXPECT_EQ(told(VERDICT_NOT_COMPILING, "", outgrown, ""),
              "It does not compile\n\n"
              "    Your loop_call_at is not the one that is declared in "
              "loop.h:101:\n"
              "      is         int(struct loop *, nanos)\n"
              "      should be  void(struct loop *, nanos)\n"
              "    Was the file begun with an earlier version of the lab? Then "
              "write the\n"
              "    function as the header has it, and leave out what there is "
              "no more:\n"
              "    timers_deinit, timers_reserve.\n");
    EXPECT_EQ(told(VERDICT_NOT_COMPILING, "", outgrown_for_clang, ""),
              "It does not compile\n\n"
              "    Your loop_call_at is not the one that is declared in "
              "loop.h:101:\n"
              "    Was the file begun with an earlier version of the lab? Then "
              "write the\n"
              "    function as the header has it.\n");
}

TEST_F(Tell, OfTheCompilersErrorsTheFirst)
{
    const char *said = "/home/me/E0/loop.c: In function 'run_ready':\n"
                       "/home/me/E0/loop.c:9:1: warning: unused variable 'x'\n"
                       "/home/me/E0/loop.c:12:5: error: expected ';'\n"
                       "/home/me/E0/loop.c:13:5: error: this follows from it\n";
    EXPECT_EQ(told(VERDICT_NOT_COMPILING, "", said, ""),
              "It does not compile\n\n    loop.c:12:5: error: expected ';'\n");
}

TEST_F(Tell, AnErrorInTheLearnersFileComesWithItsLine)
{
    Folder folder;
    file = std::string(folder.path()) + "/loop.c";
    file_write({"int a;\n    return b\n}\n", 22}, "%s", file.c_str());
    EXPECT_EQ(told(VERDICT_NOT_COMPILING, "",
                   (file + ":2:13: error: expected ';'\n").c_str(), ""),
              "It does not compile\n\n    loop.c:2:13: error: expected ';'\n"
              "        return b\n");
}

/* As gcc and clang tell it. */
TEST_F(Tell, OfAMissingHeaderTheNameIsTold)
{
    const char *gcc =
        "/home/me/E0/loop.c:4:5: error: implicit declaration of function "
        "'printf' [-Werror=implicit-function-declaration]\n"
        "    4 |     printf(\"here\");\n"
        "/home/me/E0/loop.c:2:1: note: include '<stdio.h>' or provide a "
        "declaration of 'printf'\n";
    const char *clang =
        "/home/me/E0/loop.c:4:5: error: implicitly declaring library function "
        "'printf' with type 'int (const char *, ...)'\n"
        "/home/me/E0/loop.c:4:5: note: include the header <stdio.h> or "
        "explicitly provide a declaration for 'printf'\n";
    for (const char *said : {gcc, clang}) {
        std::string text = told(VERDICT_NOT_COMPILING, "", said, "");
        EXPECT_NE(
            text.find("\n    Its header is missing: #include <stdio.h> at "
                      "the top of the file.\n"),
            std::string::npos)
            << text;
    }
    const char *unknown =
        "loop.c:4:5: error: implicit declaration of function 'usleep'\n"
        "loop.c:9:5: error: implicit declaration of function 'printf'\n"
        "loop.c:2:1: note: include '<stdio.h>' or provide a declaration\n";
    std::string text = told(VERDICT_NOT_COMPILING, "", unknown, "");
    EXPECT_NE(text.find("`man usleep` says which"), std::string::npos) << text;
    EXPECT_EQ(text.find("stdio"), std::string::npos) << text;
    Folder folder;
    file = std::string(folder.path()) + "/loop.c";
    file_write(slice_of("int a;\nvoid usleep(int a)\n{\n}\n"), "%s",
               file.c_str());
    text = told(VERDICT_NOT_COMPILING, "", unknown, "");
    EXPECT_NE(text.find("further down, in line 2."), std::string::npos) << text;
}

/* As gcc and clang tell it. */
TEST_F(Tell, OfACoroutineWithoutItsEndTheMacroIsTold)
{
    for (const char *said :
         {"/home/me/E0/loop.c:4:5: error: label 'co_leave' used but not "
          "defined\n",
          "/home/me/E0/loop.c:4:5: error: use of undeclared label "
          "'co_leave'\n"}) {
        std::string text = told(VERDICT_NOT_COMPILING, "", said, "");
        EXPECT_NE(text.find("\n    CO_END is missing"), std::string::npos)
            << text;
    }
}

/* As gcc and clang tell it. */
TEST_F(Tell, OfAWrongArgumentTheDeclarationIsTold)
{
    const char *gcc =
        "/home/me/E0/loop.c:4:5: error: incompatible type for argument 2 of "
        "'blocking_send'\n"
        "    4 |     return blocking_send(fd, \"x\");\n"
        "In file included from /home/me/E0/loop.c:1:\n"
        "/home/me/E0/lib.h:2:40: note: expected 'struct slice' but argument is "
        "of type 'char *'\n"
        "    2 | int blocking_send(int fd, struct slice bytes);\n"
        "      |                           ~~~~~~~~~~~~~^~~~~\n";
    const char *clang =
        "/home/me/E0/loop.c:4:5: error: passing 'char[2]' to parameter of "
        "incompatible type 'struct slice'\n"
        "    return blocking_send(fd, \"x\");\n"
        "./lib.h:2:40: note: passing argument to parameter 'bytes' here\n"
        "int blocking_send(int fd, struct slice bytes);\n";
    const std::string declared =
        "    Declared in lib.h:2:\n"
        "        int blocking_send(int fd, struct slice bytes);\n";
    EXPECT_EQ(told(VERDICT_NOT_COMPILING, "", gcc, ""),
              "It does not compile\n\n    loop.c:4:5: error: incompatible type "
              "for argument 2 of 'blocking_send'\n"
              "      is         char *\n      should be  struct slice\n" +
                  declared);
    EXPECT_EQ(told(VERDICT_NOT_COMPILING, "", clang, ""),
              "It does not compile\n\n    loop.c:4:5: error: passing 'char[2]' "
              "to parameter of incompatible type\n    'struct slice'\n" +
                  declared);
}

TEST_F(Tell, OfACallByPointerNoDeclarationIsTold)
{
    const char *gcc =
        "loop.c:4:33: error: passing argument 1 of 'net->look_up' from"
        " incompatible pointer type\n"
        "loop.c:4:33: note: expected 'struct network *' but argument is of type"
        " 'struct loop *'\n"
        "loop.c:4:50: error: passing argument 2 of 'net->look_up' from"
        " incompatible pointer type\n";
    std::string text = told(VERDICT_NOT_COMPILING, "", gcc, "");
    EXPECT_NE(text.find("      should be  struct network *\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("Declared in"), std::string::npos) << text;
    EXPECT_EQ(text.find("argument 2"), std::string::npos) << text;
}

TEST_F(Tell, AnAddressIsOfNoTypeThatOnlyGnuKnows)
{
    const char *gcc =
        "loop.c:4:5: error: incompatible type for argument 2 of 'connect'\n"
        "/usr/include/sys/socket.h:126:52: note: expected "
        "'__CONST_SOCKADDR_ARG' but argument is of type 'struct sockaddr'\n"
        "  126 | extern int connect (int __fd, __CONST_SOCKADDR_ARG __addr);\n";
    std::string text = told(VERDICT_NOT_COMPILING, "", gcc, "");
    EXPECT_NE(text.find("      is         struct sockaddr\n"
                        "      should be  const struct sockaddr *\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("__"), std::string::npos) << text;
}

TEST_F(Tell, OfAMissingReturnTheFunctionIsNamed)
{
    const char *said = "loop.c: In function 'loop_stop':\n"
                       "loop.c: In function 'run_ready':\n"
                       "loop.c:9:1: error: no return [-Werror=return-type]\n"
                       "loop.c: In function 'loop_run':\n";
    EXPECT_EQ(told(VERDICT_NOT_COMPILING, "", said, ""),
              "It does not compile\n\n"
              "    loop.c:9:1: error: no return [-Werror=return-type]\n"
              "        in 'run_ready'\n");
}

TEST_F(Tell, OfTheCompilersWarningsTheFirst)
{
    struct buffer out = {};
    warning_tell("loop.c: In function 'run_ready':\n"
                 "loop.c:8:1: warning: of different signs [-Wsign-compare]\n"
                 "loop.c:9:1: warning: unused variable 'x'\n"
                 "loop.c:11:1: warning: unused variable 'y'\n",
                 "work/E0/loop.c", 80, &out);
    warning_tell("loop.c:9:1: note: nothing\n", "work/E0/loop.c", 80, &out);
    EXPECT_EQ(std::string(out.data, out.size),
              "\n  The compiler warns:\n"
              "    loop.c:9:1: warning: unused variable 'x'\n");
    buffer_deinit(&out);
}

TEST_F(Tell, WhatTheLinkerFindsTwiceIsNamed)
{
    const char *said =
        "/usr/bin/ld: a.o: in function `turn':\n"
        "a.c:9: multiple definition of `turn'; b.o:b.c:3: first defined here\n"
        "collect2: error: ld returned 1 exit status\n";
    EXPECT_NE(told(VERDICT_NOT_COMPILING, "", said, "")
                  .find("    turn is defined twice: in your loop.c, and"),
              std::string::npos);
}

TEST_F(Tell, WhatSanitizersSayIsToldWhereWeHaveNoWordsForIt)
{
    std::string text =
        told(VERDICT_CRASHED, "", "",
             "/home/me/call.c:9:2: runtime error: load of value 190, which is "
             "not a valid value for type '_Bool'\n"
             "    #0 0x1 in call_start /home/me/call.c:9\n"
             "    #1 0x2 in run_ready /home/me/E0/loop.c:96\n");
    EXPECT_NE(text.find("C does not define: load of value 190, which\n"
                        "    is not a valid value for type '_Bool'.\n"
                        "    at run_ready, loop.c:96\n"),
              std::string::npos)
        << text;
}

TEST_F(Tell, AFunctionThatIsMissingIsNamedWithItsStep)
{
    const char *said = "/usr/bin/ld: check.o: in function `turn':\n"
                       "check.cc:9: undefined reference to `loop_stop'\n"
                       "collect2: error: ld returned 1 exit status\n";
    EXPECT_EQ(told(VERDICT_NOT_COMPILING, "", said, ""),
              "It does not compile\n\n"
              "    Your loop.c has no loop_stop yet (step 4).\n");
}
