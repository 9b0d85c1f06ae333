/* SPDX-License-Identifier: MIT */
/* What has gone wrong with no caller to be told (LO5). */
#include "callbacks/exception_handler.h"

#include "callbacks/handle_name.h"
#include "loop_fixture.h"
#include "support/outcomes.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace
{

void does_much(handle *)
{
}
HANDLE_NAME(does_much, "one with much to do", nullptr);

void tell(const char *message, int error = 0)
{
    struct exception_context context = {};
    context.message = message;
    context.error = error;
    exception_handler_call(&context);
}

TEST(ExceptionHandler, LO5_TheDefaultTellsMessageCallAndFailure)
{
    struct outcome outcome = outcome_fail(&system_type, -EIO, "disk");
    struct exception_context context = {"it broke", does_much, outcome.failure,
                                        0};
    testing::internal::CaptureStderr();
    exception_handler_set(nullptr);
    exception_handler_call(&context);
    std::string text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(text.find("it broke\n  call: does_much, one with much to do\n"
                        "OSError(disk)\n  in TestBody"),
              0u)
        << text;
    outcome_drop(outcome);
}

TEST(ExceptionHandler, AnErrnoIsToldInWords)
{
    testing::internal::CaptureStderr();
    exception_handler_set(nullptr);
    tell("accepting failed", -EMFILE);
    tell("odd", -99999);
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "accepting failed\n  error: Too many open files\n"
              "odd\n  error: unknown error\n");
}

TEST(ExceptionHandler, LO5_ACustomOneIsToldInsteadAndCanBeTakenBack)
{
    testing::internal::CaptureStderr();
    {
        Reports reports;
        tell("first", -EIO);
        EXPECT_EQ(reports.told, "first: EIO\n");
        EXPECT_EQ(exception_handler_set(&reports), &reports);
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    testing::internal::CaptureStderr();
    tell("second");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "second\n");
}

TEST(ExceptionHandler, LO5_WhenACustomOneFailsTheDefaultTellsBoth)
{
    Reports reports;
    reports.answer = -ENOSPC;
    testing::internal::CaptureStderr();
    tell("it broke");
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "the exception handler failed\n"
              "  error: No space left on device\n"
              "it broke\n");
    EXPECT_EQ(reports.told, "it broke\n");
}

TEST(ExceptionHandler, LO5_WhenTheDefaultCannotBeReadTheProgramGoesOn)
{
    int before = dup(STDERR_FILENO);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    fflush(stderr);
    dup2(full, STDERR_FILENO);
    exception_handler_set(nullptr);
    tell("into nothing");
    dup2(before, STDERR_FILENO);
    close(before);
    close(full);
    clearerr(stderr);
}

TEST(ExceptionHandler, TheDefaultDoesNotFlood)
{
    exception_handler_set(nullptr);
    testing::internal::CaptureStderr();
    for (int i = 0; i < 1000; i++)
        tell("again");
    std::string text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(count_of("again\n", text), EXCEPTIONS_SHOWN);
    EXPECT_EQ(count_of("There are more messages", text), 1);
    exception_handler_set(nullptr);
    testing::internal::CaptureStderr();
    tell("anew");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "anew\n");
}

TEST_F(LoopTest, LO5_ACallThatFailsTellsTheHandlerAndTheLoopGoesOn)
{
    Reports reports;
    Call fails([] { tell("a call failed", -EIO); });
    Call goes_on(note('b'));
    soon(fails);
    soon(goes_on);
    EXPECT_EQ(run(), 0);
    EXPECT_EQ(reports.told, "a call failed: EIO\n");
    EXPECT_EQ(diary, "b");
}

} // namespace
