/* SPDX-License-Identifier: MIT */
#include "support/contract.h"

namespace
{

TEST(Contract, ThatHoldsIsSilent)
{
    int tested = 0;
    REQUIRE(++tested == 1, "the condition is tested once");
    EXPECT_EQ(tested, 1);
}

TEST(Contract, ThatIsBrokenEndsTheProgramWithItsSentence)
{
    EXPECT_CONTRACT(REQUIRE(1 > 2, "one is not more than two"),
                    "one is not more than two\n");
}

TEST(Contract, NamesThePlace)
{
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            contract_without_core();
            REQUIRE(false, "never");
        },
        testing::KilledBySignal(SIGABRT),
        "tests/base/contract_test.cc:[0-9]+: contract broken: never\n");
}

TEST(Contract, ForDebugBuildsIsNotEvenEvaluatedInOthers)
{
    int tested = 0;
    REQUIRE_DEBUG(++tested == 1, "the condition is tested once");
    EXPECT_EQ(tested, CONTRACT_DEBUG);
    EXPECT_DEBUG_CONTRACT(REQUIRE_DEBUG(false, "told in debug builds"),
                          "told in debug builds");
}

} // namespace
