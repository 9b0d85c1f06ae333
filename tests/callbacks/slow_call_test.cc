/* SPDX-License-Identifier: MIT */
#include "callbacks/slow_call.h"

#include "callbacks/handle_name.h"
#include "loop_fixture.h"
#include "support/outcomes.h"

#include <cstdlib>

namespace
{

virtual_clock *the_clock;
nanos takes;

void works(handle *)
{
    the_clock->now += takes;
}
HANDLE_NAME(works, "one that takes its time", nullptr);

class SlowCall : public LoopTest
{
  protected:
    void SetUp() override
    {
        LoopTest::SetUp();
        the_clock = &clock;
        slow_call_set(50 * NANOS_PER_MILLISECOND, &clock.clock);
    }
    void TearDown() override
    {
        slow_call_set(0, &monotonic_clock);
        LoopTest::TearDown();
    }
    std::string note_of(nanos span)
    {
        handle one = {};
        one.run = works;
        takes = span;
        loop_call_soon(loop, &one);
        EXPECT_EQ(run(), 0);
        return reports.told;
    }
    Reports reports;
};

TEST_F(SlowCall, OneOfFiftyMillisecondsIsNotNoted)
{
    EXPECT_EQ(note_of(50 * NANOS_PER_MILLISECOND), "");
}

TEST_F(SlowCall, OneThatTakesLongerIsNotedWithItsName)
{
    EXPECT_EQ(note_of(203 * NANOS_PER_MILLISECOND),
              "slow call: it took 203 ms, and nothing else on its loop could "
              "run\n");
    EXPECT_TRUE(reports.call == works);
}

TEST_F(SlowCall, MayFreeItsHandle)
{
    Call *call = nullptr;
    call = new Call([&] {
        clock.now += 60 * NANOS_PER_MILLISECOND;
        delete call;
    });
    soon(*call);
    EXPECT_EQ(run(), 0);
    EXPECT_NE(reports.told.find("took 60 ms"), std::string::npos);
}

TEST_F(SlowCall, NoneIsNotedWhenTheLimitIsNought)
{
    slow_call_set(0, &clock.clock);
    EXPECT_EQ(note_of(NANOS_PER_SECOND), "");
    EXPECT_FALSE(slow_calls_are_noted);
}

} // namespace
