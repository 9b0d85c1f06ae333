/* SPDX-License-Identifier: MIT */
/* The learner's loop at a terminal: saves, verdicts, keys. */
#include "support/in_child.h"
#include "support/sanitizer.h"
#include "terminal.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sys/inotify.h>

namespace
{

class Learn : public testing::Test
{
  protected:
    void SetUp() override
    {
        if (tool.shell("unifdef --version; git --version").says("not found"))
            GTEST_SKIP() << "unifdef or git is missing";
        tool.run("start X1");
    }

    Tool tool;
};

const char keys[] = "n next  p predict  h hint  l list  s solution  r reset  "
                    "q quit";

} // namespace

// The program that started us may ignore SIGCHLD, and we inherit that. The
// kernel then does not tell how a child of ours has ended.
TEST_F(Learn, ChecksWhereSigchldIsIgnored)
{
    auto before = signal(SIGCHLD, SIG_IGN);
    Terminal terminal(tool);
    signal(SIGCHLD, before);
    EXPECT_TRUE(terminal.says("Not written yet: fetch_pages, pages.c:"))
        << terminal.said;
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(Learn, ChecksAtOnceAndAtEverySave)
{
    Terminal terminal(tool);
    EXPECT_TRUE(terminal.says("work/X1/pages.c  checking")) << terminal.said;
    EXPECT_TRUE(terminal.says("Not written yet: fetch_pages, pages.c:"));
    EXPECT_TRUE(terminal.says("] 0 of 1 steps")) << terminal.said;
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    std::string starter = tool.read("work/X1/pages.c");
    tool.write("work/X1/pages.c", "int no, c\n");
    EXPECT_TRUE(terminal.says("It does not compile")) << terminal.said;
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    tool.shell("unifdef -x2 -DSTEP=1 -DSOLVED=1 lessons/X1/pages.c "
               ">work/X1/pages.c");
    EXPECT_TRUE(terminal.says("Passed: the check of the steps so far."))
        << terminal.said;
    EXPECT_TRUE(terminal.says("] 1 of 1 steps")) << terminal.said;
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

/* Editors may have taken all instances of inotify. */
TEST_F(Learn, FindsWhatWasSavedWithoutInotify)
{
    Terminal terminal(tool, 24, 80, "learn", nullptr, [] {
        bool alone = own_users();
        std::ofstream("/proc/sys/user/max_inotify_instances") << 0;
        if (!alone || inotify_init1(IN_CLOEXEC) >= 0)
            _exit(NOT_ALLOWED);
    });
    if (!terminal.says("Not written yet")) {
        EXPECT_EQ(terminal.wait(), NOT_ALLOWED) << terminal.said;
        GTEST_SKIP() << "no limit can be set here";
    }
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    tool.write("work/X1/pages.c", "int no, c\n");
    EXPECT_TRUE(terminal.says("It does not compile")) << terminal.said;
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(Learn, HasKeysForTheRest)
{
    Terminal terminal(tool);
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    terminal.press('h');
    EXPECT_TRUE(terminal.says("Hint 1 of 3")) << terminal.said;
    terminal.press('l');
    EXPECT_TRUE(terminal.says("<- you are here")) << terminal.said;
    terminal.press('s');
    EXPECT_TRUE(terminal.says("Ask once more")) << terminal.said;
    terminal.press('s');
    EXPECT_TRUE(terminal.says("+    while (batch_next(")) << terminal.said;
    terminal.press('n');
    EXPECT_TRUE(terminal.says("has not passed yet, and so it does not go on."))
        << terminal.said;
    terminal.press('r');
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    terminal.press('c');
    EXPECT_TRUE(terminal.says("Not written yet")) << terminal.said;
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(Learn, AsksWhatOneThinksAndThenShowsIt)
{
    setenv("WAITLAB_SLOW_CALL_MS", "1", 1);
    Terminal terminal(tool);
    unsetenv("WAITLAB_SLOW_CALL_MS");
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    terminal.press('p');
    EXPECT_TRUE(terminal.says("Three pages of 20 ms each")) << terminal.said;
    EXPECT_TRUE(terminal.says("> ")) << terminal.said;
    terminal.type("sixty\n");
    EXPECT_TRUE(terminal.says("Noted.")) << terminal.said;
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    EXPECT_NE(tool.read("work/state").find("predicted X1 1 sixty\n"),
              std::string::npos);
    terminal.press('p');
    EXPECT_TRUE(terminal.says("Your guess: sixty\r\nThe answer: 60 ms."))
        << terminal.said;
    EXPECT_EQ(terminal.kept.find("slow call"), std::string::npos)
        << "it is not shown that an answer was waited for: " << terminal.kept;
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(Learn, CtrlCAtAQuestionIsNotAnAnswerAndLearnGoesOn)
{
    Terminal terminal(tool);
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    terminal.press('p');
    EXPECT_TRUE(terminal.says("> ")) << terminal.said;
    terminal.type("six\003");
    EXPECT_TRUE(terminal.says("Nothing was noted.")) << terminal.said;
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    terminal.press('h');
    EXPECT_TRUE(terminal.says("Hint 1 of 3")) << terminal.said;
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(Learn, ResetAsksBeforeItPutsAnythingAside)
{
    tool.solve();
    std::string solved = tool.read("work/X1/pages.c");
    Terminal terminal(tool);
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    terminal.press('r');
    EXPECT_TRUE(terminal.says("Begin X1.1 anew?")) << terminal.said;
    EXPECT_TRUE(terminal.says("> ")) << terminal.said;
    terminal.type("n\n");
    EXPECT_TRUE(terminal.says("Nothing has changed.")) << terminal.said;
    EXPECT_EQ(tool.read("work/X1/pages.c"), solved);
    terminal.press('r');
    EXPECT_TRUE(terminal.says("> ")) << terminal.said;
    terminal.type("y\n");
    EXPECT_TRUE(terminal.says("kept in work/X1/aside/1-pages.c"));
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    EXPECT_EQ(tool.read("work/X1/aside/1-pages.c"), solved);
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(Learn, NextLooksAtWhatIsInTheFileNow)
{
    tool.solve();
    Terminal terminal(tool);
    EXPECT_TRUE(terminal.says("Passed: the check of the steps so far."))
        << terminal.said;
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    tool.write("work/X1/pages.c", "int no, c\n");
    terminal.press('n');
    EXPECT_TRUE(terminal.says("It does not compile")) << terminal.said;
    tool.shell("unifdef -x2 -DSTEP=1 -DSOLVED=1 lessons/X1/pages.c "
               ">work/X1/pages.c");
    terminal.press('n');
    EXPECT_TRUE(terminal.says("X1 is finished. It was the last lesson"))
        << terminal.said;
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(Learn, AFileThatIsGoneIsNoticedAndSoIsItsReturn)
{
    Terminal terminal(tool);
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    tool.shell("mv work/X1/pages.c elsewhere");
    EXPECT_TRUE(terminal.says("work/X1/pages.c is not there. "))
        << terminal.said;
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    tool.shell("mv elsewhere work/X1/pages.c");
    EXPECT_TRUE(terminal.says("Not written yet")) << terminal.said;
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

/* A crash of more lines than the screen has. */
TEST_F(Learn, HeadlineAndVerdictStayOnASmallScreen)
{
    tool.solve();
    tool.replace("work/X1/pages.c", "    while (",
                 "    for (int i = 0; i < 40; i++)\n"
                 "        write(1, \"a line\\n\", 7);\n"
                 "    *(volatile int *)8 = 0;\n    while (");
    tool.replace("work/X1/pages.c", "#include \"pages.h\"",
                 "#include \"pages.h\"\n#include <unistd.h>");
    Terminal terminal(tool, 20, 60);
    EXPECT_TRUE(terminal.says("pages.c\r\n\r\nX1.1  every page"))
        << terminal.said;
    EXPECT_TRUE(terminal.says("q quit\r\n")) << terminal.said;
    terminal.press('c');
    EXPECT_TRUE(terminal.says("checking")) << terminal.said;
    EXPECT_TRUE(terminal.says("\033[3J")) << terminal.said;
    EXPECT_TRUE(terminal.says("pages.c\r\n\r\nX1.1  every page"))
        << terminal.said;
    size_t end = 0, lines = 2;
    ASSERT_TRUE(terminal.says("q quit\r\n"));
    for (; (end = terminal.kept.find("\r\n", end)) != std::string::npos; end++)
        lines++;
    EXPECT_NE(terminal.kept.find("It crashed"), std::string::npos);
    EXPECT_NE(terminal.kept.find("0 of 1 checks pass"), std::string::npos);
    EXPECT_LT(lines, 20u) << terminal.kept;
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(Learn, CtrlCGivesTheTerminalBackAsItWas)
{
    Terminal terminal(tool);
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    EXPECT_FALSE(terminal.echoes());
    terminal.press('\003');
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_TRUE(terminal.echoes());
}

/* To the process that was started, and to the one that reads the keys. */
TEST_F(Learn, EverySignalLeavesTheTerminalAsItWas)
{
    for (int number : {SIGTERM, SIGHUP, SIGINT, SIGQUIT}) {
        Terminal terminal(tool);
        EXPECT_TRUE(terminal.says(keys)) << terminal.said;
        EXPECT_FALSE(terminal.echoes());
        terminal.signal(number);
        EXPECT_EQ(terminal.wait_for_signal(), number);
        EXPECT_TRUE(terminal.echoes()) << number;
    }
    for (int number : {SIGKILL, SIGTERM}) {
        Terminal terminal(tool);
        EXPECT_TRUE(terminal.says(keys)) << terminal.said;
        signal_child(terminal.child(), number);
        EXPECT_EQ(terminal.wait_for_signal(), number);
        EXPECT_TRUE(terminal.echoes()) << number;
    }
}

TEST_F(Learn, WhileItIsStoppedTheTerminalIsAsItWas)
{
    Terminal terminal(tool);
    EXPECT_TRUE(terminal.says(keys)) << terminal.said;
    terminal.signal(SIGTSTP);
    EXPECT_EQ(terminal.wait_for_signal(), SIGSTOP);
    EXPECT_TRUE(terminal.echoes());
    terminal.signal(SIGCONT);
    terminal.press('h');
    EXPECT_TRUE(terminal.says("Hint 1 of 3")) << terminal.said;
    EXPECT_FALSE(terminal.echoes());
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(Learn, AKeyEndsACheckThatHangs)
{
    tool.solve();
    tool.replace("work/X1/pages.c", "    while (",
                 "    for (;;)\n        ;\n"
                 "    while (");
    Terminal terminal(tool);
    EXPECT_TRUE(terminal.says("checking, ")); // 2 s, or more when it is late
    EXPECT_TRUE(terminal.says(" s: Step1.")) << terminal.said;
    terminal.press('h');
    EXPECT_TRUE(terminal.says("Hint 1 of 3")) << terminal.said;
    terminal.press('q');
    EXPECT_EQ(terminal.wait(), 0);
}

#ifdef WITH_ASAN
TEST_F(Learn, AHangNamesTheLineInWhichItIs)
{
    tool.solve();
    tool.replace("work/X1/pages.c", "#include \"pages.h\"",
                 "#include \"pages.h\"\n#include <stdlib.h>");
    tool.replace("work/X1/pages.c", "    while (",
                 "    while (getenv(\"HANG\"))\n        ;\n    while (");
    EXPECT_EQ(tool.run("check").status, 0);
    Ran ran = tool.shell("HANG=1 work/.check/check --seconds=1");
    EXPECT_TRUE(ran.says("\"verdict\":\"hung\"")) << ran.text;
    EXPECT_TRUE(ran.says(" in fetch_pages work/X1/pages.c:")) << ran.text;
}
#endif
