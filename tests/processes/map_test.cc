// SPDX-License-Identifier: MIT
// A function mapped over arguments in other processes: the rules of Pool.map
// and Pool.imap.
#include "executor_fixture.h"

namespace
{

// Counts from 0; with `error` instead of number `fails`.
struct Numbers {
    int next = 0, end = 0, fails = -1, error = -EILSEQ;
    std::string text = {};

    static int give(void *context, slice *argument)
    {
        Numbers *self = static_cast<Numbers *>(context);
        if (self->next == self->fails)
            return self->error;
        if (self->next == self->end)
            return 0;
        self->text = std::to_string(self->next++);
        *argument = {self->text.data(), self->text.size()};
        return 1;
    }
};

class ProcessMap : public ProcessExecutor
{
  protected:
    void map_over(process_function run, int end, size_t window, int fails = -1)
    {
        numbers.end = end;
        numbers.fails = fails;
        ASSERT_EQ(process_map_init(&map, executor, run, Numbers::give, &numbers,
                                   window),
                  0);
    }

    void TearDown() override
    {
        process_map_deinit(&map);
        ProcessExecutor::TearDown();
    }

    // A result, or the error of the call or of the map by its name.
    std::string next(nanos deadline = NEVER)
    {
        slice text;
        int error = 0;
        int more = process_map_next(&map, &text, &error, deadline);
        if (more <= 0)
            return more ? strerrorname_np(-more) : "end";
        return error ? std::string("call: ") + strerrorname_np(-error)
                     : std::string(text.data, text.size);
    }

    Numbers numbers;
    process_map map = {};
};

TEST_F(ProcessMap, GivesResultsInTheOrderOfTheArguments)
{
    start(3);
    map_over(square, 100, 100);
    for (size_t i = 0; i < 100; i++)
        ASSERT_EQ(next(), std::to_string(i * i));
    EXPECT_EQ(next(), "end");
    EXPECT_EQ(next(), "end");
}

TEST_F(ProcessMap, GivesTheSameThroughEveryWindow)
{
    start(3);
    for (size_t window : {1u, 2u, 7u, 50u}) {
        numbers.next = 0;
        map_over(square, 20, window);
        for (size_t i = 0; i < 20; i++)
            ASSERT_EQ(next(), std::to_string(i * i));
        EXPECT_EQ(next(), "end");
        process_map_deinit(&map);
    }
    EXPECT_EQ(
        process_map_init(&map, executor, square, Numbers::give, &numbers, 0),
        -EINVAL);
}

TEST_F(ProcessMap, AsksForArgumentsOnlyAsResultsAreTaken)
{
    start(2);
    map_over(square, 1000000, 5); // far more than will be taken
    EXPECT_EQ(numbers.next, 5);
    EXPECT_EQ(next(), "0");
    EXPECT_EQ(numbers.next, 6);
}

TEST_F(ProcessMap, OfNothingIsNothing)
{
    start(2);
    map_over(square, 0, 4);
    EXPECT_EQ(next(), "end");
    EXPECT_TRUE(kin().alive.empty()); // and none was forked for it
}

TEST_F(ProcessMap, AnErrorComesAtItsPlaceAndTheOthersAreDone)
{
    start(2);
    map_over(fail_on_three, 6, 6);
    for (const char *text : {"0", "1", "2", "call: EDOM", "4", "5", "end"})
        EXPECT_EQ(next(), text);
}

TEST_F(ProcessMap, AnErrorOfTheSourceComesAtItsPlace)
{
    start(2);
    map_over(square, 10, 3, 4);
    for (const char *text : {"0", "1", "4", "9", "call: EILSEQ", "end"})
        EXPECT_EQ(next(), text);
}

int fail_as_told(void *, slice argument, buffer *)
{
    return -std::stoi(std::string(argument.data, argument.size));
}

// What a call returns is never taken for something that the map says.
TEST_F(ProcessMap, NoErrorOfACallIsTakenForItsEndOrItsDeadline)
{
    start(2);
    for (int error : {ENODATA, ETIMEDOUT, ECANCELED}) {
        numbers.next = error;
        map_over(fail_as_told, error + 2, 4);
        EXPECT_EQ(next(), std::string("call: ") + strerrorname_np(error));
        EXPECT_EQ(next(), std::string("call: ") + strerrorname_np(error + 1));
        EXPECT_EQ(next(), "end");
        process_map_deinit(&map);
    }
}

TEST_F(ProcessMap, NoErrorOfTheSourceIsTakenForItsEndOrItsDeadline)
{
    start(1);
    for (int error : {ENODATA, ETIMEDOUT}) {
        numbers.error = -error;
        map_over(square, 1, 1, 0);
        EXPECT_EQ(next(), std::string("call: ") + strerrorname_np(error));
        EXPECT_EQ(next(), "end");
        process_map_deinit(&map);
    }
}

TEST_F(ProcessMap, CanBeAskedAgainAfterATimeout)
{
    start(1);
    map_over(wait_at_gate, 1, 1);
    EXPECT_EQ(next(0), "ETIMEDOUT");
    open_gate(1);
    EXPECT_EQ(next(), "0");
}

} // namespace
