/* SPDX-License-Identifier: MIT */
/* A learner's file that was begun before a header of the lab changed. */
#include "tool.h"

#include <gtest/gtest.h>

/* When timers were kept in an array, setting one could fail. The compiler would
 * speak with curly quotes, or in another language. */
TEST(Outgrown, AFileFromWhenSettingATimerCouldFailIsToldSo)
{
    Tool tool;
    if (tool.shell("unifdef --version").says("not found"))
        GTEST_SKIP() << "unifdef is missing";
    tool.shell("rm -r lessons; ln -s " LESSONS_FOLDER " lessons");
    tool.run("start E0.2");
    tool.shell("unifdef -x2 -DSTEP=2 -DSOLVED=2 lessons/E0/loop.c "
               ">work/E0/loop.c");
    ASSERT_TRUE(tool.replace("work/E0/loop.c", "void loop_call_at(",
                             "int loop_call_at("));
    ASSERT_TRUE(tool.replace("work/E0/loop.c", "    loop_cancel(loop, handle);",
                             "    int error = timers_reserve(&loop->timers);\n"
                             "    if (error)\n        return error;\n"));
    Ran ran = tool.shell("LC_ALL=C.UTF-8 " LEARN_PROGRAM " --build " LEARN_BUILD
                         " --lessons lessons check");
    EXPECT_EQ(ran.status, 1);
    EXPECT_TRUE(ran.says("Your loop_call_at is not the one that is declared in "
                         "loop.h:"))
        << ran.text;
    EXPECT_TRUE(
        ran.says("leave out what there is no more:\n    timers_reserve."))
        << ran.text;
}
