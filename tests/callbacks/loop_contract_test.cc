/* SPDX-License-Identifier: MIT */
/* What loop.h forbids is told by our loop where it is done. A loop that a
 * learner writes need not. */
#include "loop_fixture.h"
#include "support/contract.h"

namespace
{

class LoopContract : public LoopTest
{
  protected:
    Call call{[] {}};
    Call without_run{nullptr};
    void SetUp() override
    {
        LoopTest::SetUp();
        without_run.run = nullptr;
    }
};

TEST_F(LoopContract, AHandleInAMailboxIsNotScheduled)
{
    call.state = HANDLE_POSTED;
    EXPECT_CONTRACT(soon(call), "loop_call_soon, loop_call_at: not a handle in "
                                "a mailbox");
    EXPECT_CONTRACT(at(call, 1), "loop_call_soon, loop_call_at: not a handle "
                                 "in a mailbox");
}

TEST_F(LoopContract, AHandleInAMailboxIsNotCancelled)
{
    call.state = HANDLE_POSTED;
    EXPECT_CONTRACT(cancel(call), "loop_cancel: not a handle in a mailbox");
}

TEST_F(LoopContract, AHandleHasARun)
{
    EXPECT_CONTRACT(soon(without_run), "loop_call_at: a handle has a run");
    EXPECT_CONTRACT(at(without_run, 1), "loop_call_at: a handle has a run");
}

TEST_F(LoopContract, AWatchHasADescriptorAndARun)
{
    Watch closed(-1, nullptr), mute(3, nullptr);
    mute.handle.run = nullptr;
    EXPECT_CONTRACT(watch(closed, SELECT_READ),
                    "loop_watch: a watch has a descriptor");
    EXPECT_CONTRACT(watch(mute, SELECT_READ),
                    "loop_watch: a watch has a descriptor");
    EXPECT_EQ(watch(closed, 0), 0) << "it is not watched: no harm is done";
}

TEST_F(LoopContract, AnInterestIsReadOrWrite)
{
    Watch one(3, nullptr);
    EXPECT_CONTRACT(watch(one, 4), "loop_watch: interest is SELECT_READ");
}

TEST_F(LoopContract, ALoopIsNotFreedFromInside)
{
    Call frees([this] { loop_free(loop); });
    EXPECT_CONTRACT((soon(frees), run()), "loop_free: not while the loop runs");
}

} // namespace
