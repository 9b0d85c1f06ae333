/* SPDX-License-Identifier: MIT */
/* What coroutine_cost prints is there, line by line; no figure is judged. */
#include "support/shell.h"

#include <gtest/gtest.h>
#include <regex>

namespace
{

TEST(CoroutineCost, PrintsEachOfItsLines)
{
    Ran ran = shell(COROUTINE_COST " 1 1000");
    ASSERT_EQ(ran.status, 0) << ran.text;
    const std::string figures = " +[0-9.]+ ns +[0-9.]+ times";
    for (std::string line : {
             "a switch written by hand" + figures,
             "a frame" + figures + ", goal 1\\.30",
             "behind one level of yield from" + figures,
             "behind three levels of yield from" + figures + ", goal 4\\.50",
             "stack_context_switch" + figures,
             "a stack's resume and yield" + figures,
             "swapcontext" + figures,
             "a hand-over between two pthreads" + figures,
             "a Task" + figures,
             "a callback that schedules itself" + figures,
             "a Task of asyncio(" + figures + "| +not there)",
             "a Task of asyncio over uvloop(" + figures + "| +not there)",
             std::string("1000 frames with two words of locals"),
             std::string("alive at once: [0-9.]+ MB, goal 128 MB"),
         })
        EXPECT_TRUE(std::regex_search(ran.text, std::regex(line)))
            << line << "\nis not in\n"
            << ran.text;
}

} // namespace
