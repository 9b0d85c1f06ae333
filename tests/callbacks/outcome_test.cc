/* SPDX-License-Identifier: MIT */
#include "callbacks/awaitable.h"
#include "callbacks/failure.h"
#include "callbacks/unhandled.h"
#include "support/outcomes.h"

#include <gtest/gtest.h>

#include <cerrno>

TEST(Outcome, IsTwoWordsAndNoneWhenAllZero)
{
    struct outcome nothing = {};
    EXPECT_EQ(sizeof nothing, 2 * sizeof(void *));
    EXPECT_TRUE(outcome_is_none(&nothing));
    EXPECT_EQ(shown(nothing), "None");
}

TEST(Outcome, IsPrintedAsPythonWould)
{
    int something = 0;
    EXPECT_EQ(shown(outcome_number(-3)), "-3");
    EXPECT_EQ(shown(outcome_text("page")), "'page'");
    EXPECT_EQ(shown(outcome_text("it's\r\n\x1b[2J\\")),
              "'it\\'s\\r\\n\\x1b[2J\\\\'");
    /* Other controls of a terminal, and what turns the direction of writing. */
    EXPECT_EQ(shown(outcome_text("\u00e9\u009b2J\u202e\xff")),
              "'\u00e9\\xc2\\x9b2J\\xe2\\x80\\xae\\xff'");
    EXPECT_EQ(shown(outcome_borrowed(&something)), "<borrowed>");
    EXPECT_EQ(shown(outcome_fail(&timeout_type, 0, NULL)), "TimeoutError()");
    EXPECT_EQ(shown(outcome_fail(&system_type, -5, "no %s", "\x1b[2J")),
              "OSError(no \\x1b[2J)");
    EXPECT_EQ(shown(outcome_fail(&system_type, -5, "no %s", "\u009b2J")),
              "OSError(no \\xc2\\x9b2J)");
}

TEST(Outcome, TakingLeavesNothingBehind)
{
    struct outcome from = outcome_number(7);
    struct outcome taken = outcome_take(&from);
    EXPECT_EQ(taken.number, 7);
    EXPECT_TRUE(outcome_is_none(&from));
}

TEST(Outcome, DropGivesItsValueBackOnce)
{
    int drops = 0;
    outcome_drop(counted(&drops));
    EXPECT_EQ(drops, 1);
    outcome_drop(outcome_number(1));
    outcome_drop(outcome_none());
    outcome_drop(outcome_text("literal"));
}

TEST(Outcome, AStringIsSharedAsACopy)
{
    struct outcome one = outcome_string(strdup("text"));
    struct outcome two = outcome_share(&one);
    EXPECT_NE(one.text, two.text);
    outcome_drop(one);
    EXPECT_STREQ(two.text, "text");
    outcome_drop(two);
}

TEST(Outcome, WithoutMemoryAStringIsAFailure)
{
    struct outcome outcome = outcome_string(NULL);
    ASSERT_TRUE(outcome_failed_with(&outcome, &system_type));
    EXPECT_EQ(outcome.failure->code, -ENOMEM);
    outcome_drop(outcome);
}

TEST(Outcome, AValueWithOneOwnerGoesToTheFirstAndTheOthersAreTold)
{
    int drops = 0;
    struct outcome kept = counted(&drops);
    struct outcome first = outcome_share(&kept);
    EXPECT_EQ(first.pointer, &drops);
    for (int i = 0; i < 2; i++) {
        struct outcome later = outcome_share(&kept);
        EXPECT_TRUE(outcome_failed_with(&later, &taken_type));
        EXPECT_TRUE(outcome_failed_with(&later, &misuse_type));
        outcome_drop(later);
    }
    outcome_drop(kept);
    EXPECT_EQ(drops, 0);
    outcome_drop(first);
    EXPECT_EQ(drops, 1);
}

/* ---- failures ---- */

TEST(Failure, HasATypeAMessageACodeAndThePlaceWhereItWasMade)
{
    struct outcome outcome = outcome_errno(-ECONNREFUSED);
    int line = __LINE__ - 1;
    ASSERT_TRUE(outcome_is_failure(&outcome));
    const struct failure *failure = outcome.failure;
    EXPECT_EQ(failure->type, &system_type);
    EXPECT_EQ(failure->code, -ECONNREFUSED);
    EXPECT_STREQ(failure->message, "Connection refused");
    ASSERT_EQ(failure->passed, 1u);
    EXPECT_EQ(failure->trail[0].line, line);
    EXPECT_STREQ(failure->trail[0].function, "TestBody");
    outcome_drop(outcome);
}

TEST(Failure, AnErrnoThatTheSystemDoesNotKnowStillHasWords)
{
    struct outcome outcome = outcome_errno(-99999);
    EXPECT_STREQ(outcome.failure->message, "unknown error");
    outcome_drop(outcome);
}

TEST(Failure, IsCaughtByItsTypeAndByItsBase)
{
    static const struct failure_type page_error = {"page.Error", &system_type};
    struct outcome outcome = outcome_fail(&page_error, 404, "Not Found");
    EXPECT_TRUE(outcome_failed_with(&outcome, &page_error));
    EXPECT_TRUE(outcome_failed_with(&outcome, &system_type));
    EXPECT_FALSE(outcome_failed_with(&outcome, &timeout_type));
    struct outcome value = outcome_number(404);
    EXPECT_FALSE(outcome_failed_with(&value, &page_error));
    outcome_drop(outcome);
}

TEST(Failure, SharingCountsAndTheLastOwnerGivesItsDetailBack)
{
    int drops = 0;
    struct outcome one = outcome_detailed(
        outcome_fail(&misuse_type, 0, "with detail"), counted(&drops));
    struct outcome two = outcome_share(&one);
    EXPECT_EQ(one.failure, two.failure);
    outcome_drop(one);
    EXPECT_EQ(drops, 0);
    outcome_drop(two);
    EXPECT_EQ(drops, 1);
}

TEST(Failure, StaticOnesMayBeDroppedSharedAndPassedAsOftenAsOneLikes)
{
    int drops = 0;
    struct outcome outcome = outcome_failure(&failure_no_memory);
    struct outcome shared = outcome_share(&outcome);
    outcome_passes(&outcome, __FILE__, __func__, __LINE__);
    outcome = outcome_detailed(outcome, counted(&drops));
    outcome = outcome_because(outcome, counted(&drops));
    EXPECT_EQ(drops, 2);
    outcome_drop(outcome);
    outcome_drop(shared);
    EXPECT_EQ(failure_no_memory.passed, 0u);
    EXPECT_EQ(failure_no_memory.references, 0u);
}

TEST(Failure, TellsItsPlacesAndItsCause)
{
    struct outcome cause = outcome_fail(&system_type, -EIO, "disk");
    struct outcome outcome = outcome_fail(&timeout_type, 0, "too slow");
    outcome_passes(&outcome, "a/folder/stream.c", "read_line", 12);
    outcome = outcome_because(outcome, cause);
    std::string text = told(outcome.failure);
    EXPECT_NE(text.find("TimeoutError(too slow)\n  in TestBody ("),
              std::string::npos);
    EXPECT_NE(text.find("\n  through read_line (stream.c:12)\n"
                        "because of OSError(disk)\n  in TestBody ("),
              std::string::npos);
    outcome_drop(outcome);
}

TEST(Failure, OfALongWayKeepsTheFirstPlacesAndCountsTheRest)
{
    struct outcome outcome = outcome_fail(&misuse_type, 0, NULL);
    for (int line = 1; line < FAILURE_TRAIL + 3; line++)
        outcome_passes(&outcome, "f.c", "f", line);
    EXPECT_EQ(outcome.failure->passed, (unsigned)FAILURE_TRAIL + 3);
    EXPECT_EQ(outcome.failure->trail[FAILURE_TRAIL - 1].line,
              FAILURE_TRAIL - 1);
    EXPECT_NE(told(outcome.failure).find("and through 3 more\n"),
              std::string::npos);
    outcome_drop(outcome);
}

TEST(Failure, AHundredThousandCausesAreGivenBackWithoutRecursion)
{
    struct outcome outcome = outcome_fail(&misuse_type, 0, NULL);
    for (int i = 1; i < 100000; i++)
        outcome = outcome_because(outcome_fail(&misuse_type, 0, NULL), outcome);
    in_a_small_stack([outcome] { outcome_drop(outcome); });
}

/* ---- failures that no code asked for ---- */

TEST(Unhandled, GoesToTheReporterWithWhatHeldIt)
{
    Reports reports;
    struct outcome failure = outcome_fail(&system_type, -EIO, "disk");
    struct outcome value = outcome_number(1);
    unhandled_report("Unhandled error in Deferred", &failure);
    unhandled_report("Unhandled error in Deferred", &value);
    EXPECT_EQ(reports.told, "Unhandled error in Deferred: OSError(disk)\n");
    outcome_drop(failure);
}
