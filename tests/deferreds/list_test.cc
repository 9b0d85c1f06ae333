/* SPDX-License-Identifier: MIT */
#include "deferred_fixture.h"
#include "deferreds/list.h"
#include "deferreds/made.h"

#include <vector>

class DeferredListTest : public DeferredTest
{
  protected:
    void make(size_t count, unsigned flags)
    {
        prepare(count);
        list = deferred_list(members.data(), count, flags);
        both(list, rung("list", mends));
    }
    void gather(size_t count, unsigned flags = 0)
    {
        prepare(count);
        list = deferred_gather(members.data(), count, flags);
        both(list, rung("list", mends));
    }
    void race(size_t count)
    {
        prepare(count);
        list = deferred_race(members.data(), count);
        both(list, rung("race", mends));
    }
    void prepare(size_t count)
    {
        cancelled.assign(count, false);
        for (size_t i = 0; i < count; i++) {
            canceller_of.push_back(new Member{{}, this, i});
            deferred_init(&canceller_of[i]->deferred, on_cancel);
            canceller_of[i]->deferred.release = on_release;
            members.push_back(&canceller_of[i]->deferred);
        }
    }
    int fail(size_t index)
    {
        return deferred_fire(members[index],
                             outcome_fail(&system_type, -EIO, "no"));
    }
    void TearDown() override
    {
        deferred_detach(list);
        EXPECT_EQ(released, members.size());
    }

    std::vector<struct deferred *> members;
    struct deferred *list = nullptr;
    std::vector<bool> cancelled;
    size_t released = 0;
    bool slow_to_cancel = false;
    bool fires_when_cancelled = false; /* with 100 + its index */

  private:
    struct Member {
        struct deferred deferred;
        DeferredListTest *test;
        size_t index;
    };
    static bool on_cancel(struct deferred *deferred)
    {
        auto *member = reinterpret_cast<Member *>(deferred);
        member->test->cancelled[member->index] = true;
        if (member->test->fires_when_cancelled)
            fire(deferred, 100 + (intptr_t)member->index);
        return member->test->slow_to_cancel;
    }
    static void on_release(struct deferred *deferred)
    {
        auto *member = reinterpret_cast<Member *>(deferred);
        member->test->released++;
        delete member;
    }
    std::vector<Member *> canceller_of;
};

TEST_F(DeferredListTest, FiresWithAllOutcomesInTheOrderOfItsMembers_DF16)
{
    make(3, CONSUME_ERRORS);
    fire(members[2], 2);
    fail(1);
    EXPECT_EQ(diary, "");
    fire(members[0], 0);
    EXPECT_EQ(diary, "list([0, OSError(no), 2]) ");
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredListTest, WithoutMembersFiresAtOnce_DF16)
{
    make(0, 0);
    EXPECT_EQ(diary, "list([]) ");
}

TEST_F(DeferredListTest, WithoutMembersNeverHasAFirstValue_DF16)
{
    make(0, FIRE_ON_ONE_CALLBACK);
    EXPECT_EQ(diary, "");
    deferred_cancel(list);
    EXPECT_EQ(diary, "list(CancelledError()) ");
}

TEST_F(DeferredListTest, TakesMembersThatHaveFiredBefore_DF16)
{
    prepare(2);
    fire(members[0], 7);
    fire(members[1], 8);
    list = deferred_list(members.data(), 2, 0);
    both(list, rung("list", mends));
    EXPECT_EQ(diary, "list([7, 8]) ");
}

TEST_F(DeferredListTest, FiresOnOneCallbackWithItsIndex_DF17)
{
    make(3, FIRE_ON_ONE_CALLBACK | CONSUME_ERRORS);
    fail(0);
    EXPECT_EQ(diary, "");
    fire(members[2], 5);
    EXPECT_EQ(diary, "list((2, 5)) ");
    fire(members[1], 6);
    EXPECT_EQ(diary, "list((2, 5)) ");
}

TEST_F(DeferredListTest, FiresOnOneErrbackWithAFirstErrorAndItsCause_DF17)
{
    make(2, FIRE_ON_ONE_ERRBACK | CONSUME_ERRORS);
    struct deferred *other = list;
    std::string text;
    errback(other, rung("never"));
    fire(members[0], 1);
    EXPECT_EQ(diary, "");
    fail(1);
    EXPECT_EQ(diary, "list(FirstError(member 1)) ");
}

TEST_F(DeferredListTest, AFirstErrorHasTheIndexAndTheFailure_DF17)
{
    prepare(2);
    list = deferred_list(members.data(), 2, FIRE_ON_ONE_ERRBACK);
    fail(1);
    ASSERT_TRUE(outcome_failed_with(&list->outcome, &first_error_type));
    EXPECT_EQ(list->outcome.failure->code, 1);
    EXPECT_TRUE(failure_is(list->outcome.failure->cause, &system_type));
    fire(members[0], 0);
    errback(list, rung("list", mends));
    EXPECT_EQ(reports.told, "Unhandled error in Deferred: OSError(no)\n");
}

TEST_F(DeferredListTest, MembersGoOnWithTheirOwnOutcome_DF17)
{
    prepare(2);
    list = deferred_list(members.data(), 2, 0);
    callback(members[0], rung("value"));
    errback(members[1], rung("failure", mends));
    fire(members[0], 1);
    fail(1);
    EXPECT_EQ(diary, "value(1) failure(OSError(no)) ");
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredListTest, ThatConsumesErrorsLetsMembersGoOnWithNone_DF17)
{
    prepare(2);
    list =
        deferred_list(members.data(), 2, FIRE_ON_ONE_ERRBACK | CONSUME_ERRORS);
    both(members[0], rung("first"));
    both(members[1], rung("later"));
    fail(0);
    fail(1);
    EXPECT_EQ(diary, "first(None) later(None) ");
    errback(list, rung("list", mends));
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredListTest, AValueWithOneOwnerIsTheLists)
{
    int drops = 0;
    prepare(2);
    list = deferred_list(members.data(), 2, 0);
    both(members[0], rung("member"));
    deferred_callback(members[0], counted(&drops));
    EXPECT_EQ(diary, "member(None) ");
    EXPECT_EQ(drops, 0);
    fire(members[1], 1);
    callback(list, rung("list", mends));
    EXPECT_EQ(drops, 1);
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredListTest, CancelledItCancelsEveryMember_DF18)
{
    make(3, CONSUME_ERRORS);
    fire(members[1], 1);
    deferred_cancel(list);
    EXPECT_EQ(cancelled, (std::vector<bool>{true, false, true}));
    EXPECT_EQ(diary, "list([CancelledError(), 1, CancelledError()]) ");
}

TEST_F(DeferredListTest, WaitsForMembersThatTakeTheirTimeToStop_DF18)
{
    slow_to_cancel = true;
    make(2, CONSUME_ERRORS);
    deferred_cancel(list);
    deferred_cancel(list);
    EXPECT_EQ(diary, "");
    deferred_errback(members[0], &failure_cancelled);
    deferred_errback(members[1], &failure_cancelled);
    EXPECT_EQ(diary, "list([CancelledError(), CancelledError()]) ");
}

TEST_F(DeferredListTest, CancelledAfterItFiredItCancelsNothing_DF18)
{
    make(2, FIRE_ON_ONE_CALLBACK);
    fire(members[0], 1);
    deferred_cancel(list);
    EXPECT_EQ(cancelled, (std::vector<bool>{false, false}));
    fire(members[1], 2);
}

TEST_F(DeferredListTest, GatheredValuesAreAPlainList_DF19)
{
    gather(2);
    fire(members[1], 1);
    fire(members[0], 0);
    EXPECT_EQ(diary, "list([0, 1]) ");
}

TEST_F(DeferredListTest, TheFirstFailureEndsAGathering_DF19)
{
    gather(2, CONSUME_ERRORS);
    fail(1);
    EXPECT_EQ(diary, "list(FirstError(member 1)) ");
    fire(members[0], 0);
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredListTest, ACancelledGatheringCancelsItsMembers_DF19)
{
    gather(2, CONSUME_ERRORS);
    deferred_cancel(list);
    EXPECT_EQ(cancelled, (std::vector<bool>{true, true}));
    EXPECT_EQ(diary, "list(FirstError(member 0)) ");
}

TEST_F(DeferredListTest, TheWinnerOfARaceCancelsTheOthers_DF20)
{
    race(3);
    fail(0);
    fire(members[1], 8);
    EXPECT_EQ(diary, "race((1, 8)) ");
    EXPECT_EQ(cancelled, (std::vector<bool>{false, false, true}));
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredListTest, ARaceThatAllLoseIsAFailureGroup_DF20)
{
    prepare(2);
    list = deferred_race(members.data(), 2);
    fail(1);
    fail(0);
    ASSERT_TRUE(outcome_failed_with(&list->outcome, &failure_group_type));
    const struct outcome *detail = &list->outcome.failure->detail;
    struct buffer text = {};
    outcome_print(detail, &text);
    EXPECT_EQ(text_of(&text), "[OSError(no), OSError(no)]");
    errback(list, rung("race", mends));
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredListTest, DroppedItStopsItsMembers)
{
    prepare(2);
    struct deferred *dropped = deferred_list(members.data(), 2, CONSUME_ERRORS);
    deferred_drop(dropped);
    EXPECT_EQ(cancelled, (std::vector<bool>{true, true}));
    EXPECT_EQ(released, 2u);
    list = deferred_succeed(outcome_none());
}

/* ---- made.h ---- */

TEST_F(DeferredTest, SucceedAndFailHaveFired_DF21)
{
    struct deferred *value = deferred_succeed(outcome_number(1));
    struct deferred *failure = deferred_fail(&failure_no_memory);
    both(value, rung("value"));
    both(failure, rung("failure", mends));
    EXPECT_EQ(diary, "value(1) failure(OSError(out of memory)) ");
    deferred_detach(value);
    deferred_detach(failure);
}

TEST_F(DeferredTest, MaybeIsTheDeferredThatItIsGiven_DF21)
{
    struct deferred *d = deferred_new(NULL);
    EXPECT_EQ(deferred_maybe(outcome_deferred(d)), d);
    fire(d, 1);
    deferred_detach(d);
    struct deferred *value = deferred_maybe(outcome_number(2));
    EXPECT_EQ(shown(awaitable_take(&value->awaitable)), "2");
    struct deferred *failed = deferred_maybe(fails(outcome_none()));
    EXPECT_EQ(shown(awaitable_take(&failed->awaitable)), "OSError(no)");
}

TEST_F(DeferredTest, AChainedOneFiresTheOtherAndGoesOnWithNone_DF10)
{
    struct deferred *first = deferred_new(NULL), *second = deferred_new(NULL);
    callback(second, rung("second"));
    EXPECT_EQ(deferred_chain(first, second), 0);
    both(first, rung("first"));
    fire(first, 4);
    EXPECT_EQ(diary, "second(4) first(None) ");
    deferred_detach(first);
    deferred_detach(second);
}

/* ---- more of what Twisted's own tests ask for ---- */

TEST_F(DeferredListTest, FiresOnOneErrbackOfAMemberThatHasFailedBefore_DF17)
{
    prepare(2);
    fail(1);
    list =
        deferred_list(members.data(), 2, FIRE_ON_ONE_ERRBACK | CONSUME_ERRORS);
    both(list, rung("list", mends));
    EXPECT_EQ(diary, "list(FirstError(member 1)) ");
    fire(members[0], 1);
}

TEST_F(DeferredListTest, CancelledItCancelsWithEitherFlag_DF18)
{
    make(2, FIRE_ON_ONE_ERRBACK | FIRE_ON_ONE_CALLBACK | CONSUME_ERRORS);
    deferred_cancel(list);
    EXPECT_EQ(cancelled, std::vector<bool>(2, true));
    EXPECT_EQ(diary, "list(FirstError(member 0)) ");
}

TEST_F(DeferredListTest, AMemberMayHaveAValueWhenItIsCancelled_DF18)
{
    fires_when_cancelled = true;
    make(2, FIRE_ON_ONE_ERRBACK);
    deferred_cancel(list);
    EXPECT_EQ(diary, "list([100, 101]) ");
}

TEST_F(DeferredListTest, AMembersValueAtItsCancellationIsTheFirstOne_DF18)
{
    fires_when_cancelled = true;
    make(2, FIRE_ON_ONE_CALLBACK);
    deferred_cancel(list);
    EXPECT_EQ(diary, "list((0, 100)) ");
}

TEST_F(DeferredListTest, AMemberThatIsCancelledFailsInTheList_DF18)
{
    make(2, CONSUME_ERRORS);
    deferred_cancel(members[0]);
    fire(members[1], 1);
    EXPECT_EQ(diary, "list([CancelledError(), 1]) ");
}

TEST_F(DeferredListTest, CancelledAfterAnErrorItCancelsNothing_DF18)
{
    make(2, FIRE_ON_ONE_ERRBACK | CONSUME_ERRORS);
    fail(0);
    deferred_cancel(list);
    EXPECT_FALSE(cancelled[1]);
    fire(members[1], 1);
}

TEST_F(DeferredListTest,
       AGatheringThatConsumesErrorsLetsMembersGoOnWithNone_DF19)
{
    gather(2, CONSUME_ERRORS);
    fail(0);
    fail(1);
    EXPECT_EQ(diary, "list(FirstError(member 0)) ");
    EXPECT_EQ(reports.told, "");
}

TEST_F(DeferredListTest, ACancelledGatheringMayStillHaveItsValues_DF19)
{
    fires_when_cancelled = true;
    gather(2);
    deferred_cancel(list);
    EXPECT_EQ(diary, "list([100, 101]) ");
}

TEST_F(DeferredListTest, ALateValueOfALoserIsNotTheRaces_DF20)
{
    slow_to_cancel = true;
    race(2);
    fire(members[1], 1);
    EXPECT_EQ(diary, "race((1, 1)) ");
    EXPECT_TRUE(cancelled[0]);
    fire(members[0], 0);
    EXPECT_EQ(diary, "race((1, 1)) ");
}

TEST_F(DeferredListTest, AValueAtItsCancellationIsNotTheRaces_DF20)
{
    fires_when_cancelled = true;
    race(2);
    fire(members[1], 1);
    EXPECT_EQ(diary, "race((1, 1)) ");
    EXPECT_TRUE(cancelled[0]);
}

TEST_F(DeferredListTest, ACancelledRaceCancelsItsMembers_DF20)
{
    race(2);
    deferred_cancel(list);
    EXPECT_EQ(cancelled, std::vector<bool>(2, true));
    EXPECT_EQ(count_of("race(FailureGroup(", diary), 1) << diary;
}
