// SPDX-License-Identifier: MIT
// A parent without memory for what its workers answer.
#include "pool_fixture.h"

#include "support/failing_malloc.h"

namespace
{

// The worker has been forked before, and has memory.
TEST_F(Pool, WithoutMemoryForAnAnswerNoWorkerIsToldToHaveDied)
{
    const size_t more_than_one_piece = 300000;
    unsigned number = 1, seen, lacking = 0;
    start(1);
    do {
        submit(echo);
        finish();
        Job &large = submit(grow, std::to_string(more_than_one_piece));
        failing_malloc_begin(number);
        finish();
        seen = failing_malloc_end();
        EXPECT_TRUE(
            large.error == -ENOMEM ||
            (!large.error && large.output.size() == more_than_one_piece))
            << number << ": " << large.error;
        lacking += large.error != 0;
    } while (seen >= number++);
    EXPECT_GT(lacking, 0u);
}

} // namespace
