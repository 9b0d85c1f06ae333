/* SPDX-License-Identifier: MIT */
/* What a learner reads, put together where each allocation fails once: it is
 * whole, or known not to be, and then that is said. */
#include "folder.h"
#include "support/failing_malloc.h"

extern "C" {
#include "lessons/tool/author/layout.h"
#include "lessons/tool/author/race_try.h"
#include "lessons/tool/progress.h"
#include "lessons/tool/style.h"
#include "lessons/tool/tell/tell.h"
}

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <pthread.h>
#include <string>
#include <unistd.h>

namespace
{

/* What the scenario appends while no allocation fails; and then with each of
 * them failing. */
void each_allocation_fails(unsigned least,
                           const std::function<void(struct buffer *)> &tell)
{
    struct buffer all = {};
    tell(&all);
    const std::string whole = text_of(all);
    unsigned number = 1, seen;
    do {
        struct buffer out = {};
        failing_malloc_begin(number);
        tell(&out);
        seen = failing_malloc_end();
        bool lacks = buffer_lacks(&out);
        std::string text = text_of(out);
        EXPECT_TRUE(lacks || text == whole) << number << ": " << text;
    } while (seen >= number++);
    EXPECT_GE(seen, least);
    EXPECT_FALSE(whole.empty());
}

class TellShortage : public testing::Test
{
  protected:
    void SetUp() override
    {
        struct buffer why = {};
        ASSERT_EQ(lesson_load(&lesson, LESSONS_FOLDER "/E0", &why), 0);
        file = std::string(folder.path()) + "/loop.c";
        std::string text = "\n\nint loop_run(struct loop *loop)\n{\n"
                           "    turn(loop);\n}\n";
        ASSERT_EQ(file_write({text.data(), text.size()}, "%s", file.c_str()),
                  0);
    }
    void TearDown() override
    {
        lesson_free(lesson);
    }

    void told(enum verdict verdict, std::string where, std::string message,
              std::string said, unsigned least = 1)
    {
        char test[] = "Step1.CallsRunInOrder", program[] = "check";
        char output[] = "a line\nanother line\n";
        struct finding finding = {};
        if (verdict != VERDICT_NOT_COMPILING)
            finding.test = test;
        finding.verdict = verdict;
        finding.where = where.data();
        finding.message = message.data();
        finding.said = said.data();
        finding.output = output;
        finding.program = program;
        each_allocation_fails(least, [&](struct buffer *out) {
            finding_tell(&finding, lesson, file.c_str(), 60, out);
        });
    }

    Folder folder;
    struct lesson *lesson = nullptr;
    std::string file;
};

TEST_F(TellShortage, OfWhatIsNotRight)
{
    told(VERDICT_FAILED, "",
         "Expected equality of these values:\n  calls\n    Which is: 1\n  2\n"
         "the calls run in the order in which they were scheduled",
         "", 2);
    told(VERDICT_FAILED, "loop_run, loop.c:5", "It says something", "", 2);
}

TEST_F(TellShortage, OfACrash)
{
    told(VERDICT_CRASHED, "", "",
         "==1==ERROR: AddressSanitizer: heap-use-after-free\n"
         "    #0 0x5 in loop_run " +
             file +
             ":5\n"
             "    #1 0x5 in main " +
             file + ":3\n",
         2);
}

TEST_F(TellShortage, OfADataRace)
{
    told(VERDICT_RACED, "", "",
         "WARNING: ThreadSanitizer: data race (pid=1)\n"
         "  Write of size 8 at 0x7b by main thread:\n"
         "    #0 loop_run " +
             file +
             ":5 (check+0x1)\n\n"
             "  Previous read of size 8 at 0x7b by thread T1:\n"
             "    #0 loop_run " +
             file + ":3 (check+0x1)\n\n",
         2);
}

TEST_F(TellShortage, OfWhatDoesNotCompile)
{
    told(VERDICT_NOT_COMPILING, "", file + ":5:1: error: too long\n", "", 2);
    told(VERDICT_NOT_COMPILING, "",
         file + ":5:1: error: implicit declaration of function 'turn'\n" +
             file +
             ":3:5: error: conflicting types for 'loop_run'; have 'int(int)'\n"
             "/lab/loop.h:101:6: note: previous declaration of 'loop_run' with "
             "type 'int(struct loop *)'\n",
         "", 3);
}

TEST_F(TellShortage, OfAWarning)
{
    const std::string said =
        file + ":5:1: warning: unused variable 'a' [-Wunused-variable]\n";
    each_allocation_fails(2, [&](struct buffer *out) {
        warning_tell(said.c_str(), file.c_str(), 60, out);
    });
}

/* ---- a race that is tried ---- */

/* The program says nothing, and then that is told. */
TEST_F(TellShortage, OfARaceThatCouldNotBeRun)
{
    /* It is our memory that runs out, not that of the server. */
    ASSERT_EQ(pthread_atfork(nullptr, nullptr, [] { failing_malloc_end(); }),
              0);
    struct raced raced;
    race_try(lesson, "/bin/true", &raced);
    const std::string silent = raced.error;
    EXPECT_EQ(silent, "it ended with status 0. ");
    unsigned number = 1, seen;
    do {
        failing_malloc_begin(number);
        race_try(lesson, "/bin/true", &raced);
        seen = failing_malloc_end();
        const std::string error = raced.error;
        EXPECT_TRUE(error == silent ||
                    error.find(strerrordesc_np(ENOMEM)) != error.npos ||
                    error == "out of memory")
            << number << ": " << error;
    } while (seen >= number++);
    EXPECT_GE(seen, 1u);
}

/* ---- on its way to the terminal ---- */

/* What goes to standard output, or to standard error, is either that or a word
 * on memory. */
void expect_each_word_or_why(int fd, const std::function<void()> &print,
                             const std::string &word)
{
    unsigned number = 1, seen;
    do {
        testing::internal::CaptureStderr();
        if (fd == STDOUT_FILENO)
            testing::internal::CaptureStdout();
        failing_malloc_begin(number);
        print();
        seen = failing_malloc_end();
        std::string out =
            fd == STDOUT_FILENO ? testing::internal::GetCapturedStdout() : "";
        std::string err = testing::internal::GetCapturedStderr();
        EXPECT_TRUE((out + err).find(word) != std::string::npos ||
                    err.find("out of memory") != std::string::npos)
            << number << ": " << out << err;
    } while (seen >= number++);
    EXPECT_GE(seen, 1u);
}

TEST(StyleShortage, OfASentenceItIsPrintedInOneLine)
{
    unsigned number = 1, seen;
    do {
        testing::internal::CaptureStdout();
        failing_malloc_begin(number);
        style_print("a sentence of five words", 2);
        seen = failing_malloc_end();
        EXPECT_EQ(testing::internal::GetCapturedStdout(),
                  "  a sentence of five words\n");
    } while (seen >= number++);
    EXPECT_GE(seen, 1u);
}

TEST(StyleShortage, OfAReasonIsSaid)
{
    expect_each_word_or_why(
        STDERR_FILENO,
        [] {
            struct buffer why = {};
            buffer_print(&why, "%s", "the reason");
            style_complain(&why);
            buffer_deinit(&why);
        },
        "lab: the reason\n");
}

TEST(StyleShortage, OfAPartIsSaid)
{
    expect_each_word_or_why(
        STDOUT_FILENO,
        [] {
            struct buffer text = {};
            buffer_append_text(&text, "begin ");
            buffer_append_text(&text, "end of a longer text\n");
            bool whole = style_put(&text, stdout);
            EXPECT_EQ(whole, !buffer_lacks(&text));
            buffer_deinit(&text);
        },
        "begin end of a longer text\n");
}

TEST_F(TellShortage, OfALayoutIsNotThatItIsRight)
{
    const char text[] = "#endif\n";
    unsigned number = 1, seen;
    struct buffer complaints = {};
    int all = layout_check(lesson, text, &complaints);
    EXPECT_GT(all, 0);
    buffer_deinit(&complaints);
    do {
        failing_malloc_begin(number);
        int count = layout_check(lesson, text, &complaints);
        seen = failing_malloc_end();
        EXPECT_EQ(count, seen >= number ? -ENOMEM : all) << number;
        buffer_deinit(&complaints);
    } while (seen >= number++);
    EXPECT_GT(number, 3u);
}

TEST(ProgressShortage, WhatCouldNotBeNotedIsNotSaved)
{
    unsigned number = 1, seen;
    do {
        Folder folder;
        struct progress progress;
        ASSERT_EQ(progress_load(&progress, folder.path()), 0);
        failing_malloc_begin(number);
        progress_note(&progress, "predicted", "E0", 1, "a b z");
        int error = progress_save(&progress, folder.path());
        seen = failing_malloc_end();
        EXPECT_EQ(error, seen >= number ? -ENOMEM : 0) << number;
        progress_deinit(&progress);
        ASSERT_EQ(progress_load(&progress, folder.path()), 0);
        EXPECT_EQ(progress_count(&progress, "predicted", "E0", 1), !error)
            << number;
        progress_deinit(&progress);
    } while (seen >= number++);
    EXPECT_GT(number, 3u);
}

} // namespace
