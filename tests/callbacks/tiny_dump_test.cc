/* SPDX-License-Identifier: MIT */
/* A loop without loop_each, as in a learner's older file. */
#include "callbacks/loop_dump.h"
#include "loop_fixture.h"

#include <cstdlib>

TEST_F(LoopTest, ThatCannotBeLookedIntoIsToldSo)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    loop_dump(loop, out);
    fclose(out);
    EXPECT_STREQ(text, "this loop cannot be looked into: it has no loop_each "
                       "and loop_selector\n");
    free(text);
}
