/* SPDX-License-Identifier: MIT */
/* A core that keeps its rungs where only it knows, as a learner's may. */
#include "deferred_fixture.h"
#include "deferreds/ladder.h"
#include "deferreds/notes.h"

namespace
{

struct outcome pass(void *, struct outcome outcome)
{
    return outcome;
}

} // namespace

TEST_F(DeferredTest, RungsThatAreKeptElsewhereAreDrawnAsUnseen)
{
    struct deferred_notes *notes;
    ASSERT_EQ(deferred_notes_new(&notes), 0);
    struct deferred *d = deferred_new(nullptr);
    for (int i = 0; i < DEFERRED_RUNGS + 2; i++)
        deferred_add_both(d, pass, nullptr);
    struct ladder ladder = {};
    struct buffer text = {};
    ladder_add(&ladder, d);
    ladder_text(&ladder, false, &text);
    ladder_deinit(&ladder);
    std::string drawn = text_of(&text);
    EXPECT_NE(
        drawn.find("\n   6  (cannot be seen)          (cannot be seen)\n"),
        drawn.npos)
        << drawn;
    deferred_callback(d, outcome_number(1));
    deferred_detach(d);
    deferred_notes_free(notes);
}
