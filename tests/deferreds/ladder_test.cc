/* SPDX-License-Identifier: MIT */
/* Deferreds that are drawn, and the notes that are taken of them (DF12). */
#include "deferreds/ladder.h"

#include "callbacks/handle_name.h"
#include "callbacks/loop_dump.h"
#include "deferred_fixture.h"
#include "deferreds/made.h"
#include "deferreds/notes.h"
#include "deferreds/rung_name.h"
#include "deferreds/timeout.h"
#include "support/scripted_selector.h"

#include "deferreds/debug.h"

namespace
{

/* Nothing is under way that would still fire it. */
bool nothing_to_stop(struct deferred *)
{
    return false;
}

struct outcome lower_case(void *, struct outcome page)
{
    outcome_drop(page);
    return outcome_text("page");
}
RUNG_NAME(lower_case);

struct outcome print_page(void *, struct outcome page)
{
    outcome_drop(page);
    return outcome_none();
}
RUNG_NAME(print_page);

struct outcome on_error(void *, struct outcome failure)
{
    outcome_drop(failure);
    return outcome_text("mended");
}
RUNG_NAME(on_error);

struct outcome ask(void *context, struct outcome value)
{
    outcome_drop(value);
    return outcome_deferred(static_cast<struct deferred *>(context));
}
RUNG_NAME(ask);

struct outcome nameless(void *, struct outcome value)
{
    return value;
}

} // namespace

class LadderTest : public DeferredTest
{
  protected:
    ~LadderTest() override
    {
        deferred_notes_free(notes);
    }
    void take_notes()
    {
        ASSERT_EQ(deferred_notes_new(&notes), 0);
    }
    static std::string drawn(const struct deferred *deferred, bool colour)
    {
        struct ladder ladder = {};
        struct buffer text = {};
        ladder_add(&ladder, deferred);
        ladder_text(&ladder, colour, &text);
        ladder_deinit(&ladder);
        return text_of(&text);
    }
    static std::string drawn(const struct deferred *deferred)
    {
        return drawn(deferred, false);
    }
    static std::string written(std::function<void(FILE *)> write)
    {
        char *text = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        write(out);
        fclose(out);
        std::string all(text, size);
        free(text);
        return all;
    }
    /* lower_case, then print_page or on_error. */
    static struct deferred *page()
    {
        struct deferred *d = (deferred_new)(nothing_to_stop);
        deferred_add_callback(d, lower_case, NULL);
        deferred_add_callbacks(d, print_page, on_error, NULL);
        return d;
    }
    struct deferred_notes *notes = nullptr;
};

TEST_F(LadderTest, ShowsTheRungsOfOneThatHasNotFired)
{
    struct deferred *d = page();
    EXPECT_EQ(drawn(d), "a Deferred: not fired\n"
                        "      callbacks                 errbacks\n"
                        "   1  lower_case                .\n"
                        "   2  print_page                on_error\n");
    deferred_drop(d);
}

TEST_F(LadderTest, ShowsWhichWayTheOutcomeWent)
{
    take_notes();
    struct deferred *d = page();
    deferred_callback(d, outcome_text("PAGE"));
    EXPECT_EQ(drawn(d), "a Deferred: over\n"
                        "      callbacks                 errbacks\n"
                        "      v 'PAGE'\n"
                        "   1 [lower_case]               .\n"
                        "      v 'page'\n"
                        "   2 [print_page]               on_error\n"
                        "      v None\n");
    deferred_detach(d);
}

TEST_F(LadderTest, ShowsAFailureOnTheRight)
{
    take_notes();
    struct deferred *d = page();
    deferred_errback(d, &failure_no_memory);
    EXPECT_EQ(drawn(d),
              "a Deferred: over\n"
              "      callbacks                 errbacks\n"
              "                                v OSError(out of memory)\n"
              "   1  lower_case                |\n"
              "                                v OSError(out of memory)\n"
              "   2  print_page               [on_error]\n"
              "      v 'mended'\n");
    deferred_detach(d);
}

TEST_F(LadderTest, WithoutNotesSaysWhichHaveRun)
{
    struct deferred *d = page();
    deferred_callback(d, outcome_text("PAGE"));
    EXPECT_EQ(drawn(d), "a Deferred: over\n"
                        "      callbacks                 errbacks\n"
                        "   1* lower_case                .\n"
                        "   2* print_page                on_error\n");
    deferred_detach(d);
}

TEST_F(LadderTest, DrawsWhatItWaitsForInsideItAndWhatComesOfThat)
{
    take_notes();
    struct deferred *inner = page(), *outer = (deferred_new)(nothing_to_stop);
    deferred_add_callback(outer, ask, inner);
    deferred_add_callback(outer, print_page, NULL);
    deferred_callback(outer, outcome_number(1));
    EXPECT_EQ(drawn(outer),
              "a Deferred: waits\n"
              "      callbacks                 errbacks\n"
              "      v 1\n"
              "   1 [ask]                      .\n"
              "      v <Deferred, pending>\n"
              "      waits for:\n"
              "    a Deferred: not fired\n"
              "          callbacks                 errbacks\n"
              "       1  lower_case                .\n"
              "       2  print_page                on_error\n"
              "          here the outcome goes to the Deferred that waits\n"
              "   2  print_page                .\n");
    deferred_callback(inner, outcome_text("PAGE"));
    EXPECT_NE(drawn(outer).find("[ask]                      .\n"
                                "      v None\n"
                                "   2 [print_page]"),
              std::string::npos)
        << drawn(outer);
    deferred_detach(outer);
}

TEST_F(LadderTest, DrawsARowOfDeferredsOnlySoDeep)
{
    struct deferred *d = page(), *outer = nullptr;
    for (int i = 0; i < 100; i++) {
        outer = (deferred_new)(nothing_to_stop);
        deferred_add_callback(outer, ask, d);
        (deferred_callback)(outer, outcome_none());
        d = outer;
    }
    std::string text = drawn(outer);
    EXPECT_EQ(count_of("a Deferred: waits", text), 4);
    EXPECT_EQ(count_of("waits for a Deferred\n", text), 1);
    deferred_drop(outer);
}

TEST_F(LadderTest, ShowsPausedOnesAndTheAddressOfAFunctionWithoutAName)
{
    struct deferred *d = (deferred_new)(nothing_to_stop);
    deferred_add_both(d, nameless, NULL);
    deferred_pause(d);
    (deferred_callback)(d, outcome_none());
    EXPECT_EQ(drawn(d).find("a Deferred: paused\n"), 0u);
    EXPECT_NE(drawn(d).find("   1  at 0x"), std::string::npos) << drawn(d);
    deferred_unpause(d);
    deferred_detach(d);
}

TEST_F(LadderTest, IsColouredOnRequest)
{
    take_notes();
    struct deferred *d = page();
    deferred_errback(d, &failure_no_memory);
    std::string text = drawn(d, true);
    EXPECT_NE(text.find("\033[31m[on_error]\033[0m"), std::string::npos);
    EXPECT_NE(text.find("\033[32m'mended'"), std::string::npos) << text;
    EXPECT_EQ(written([&](FILE *out) { deferred_print(d, out); }), drawn(d));
    deferred_detach(d);
}

TEST_F(LadderTest, IsAnSvgDocumentOnRequest)
{
    take_notes();
    struct deferred *d = page();
    deferred_callback(d, outcome_text("<a & b>"));
    struct ladder ladder = {};
    struct buffer svg = {};
    ladder_say(&ladder, "the page");
    ladder_add(&ladder, d);
    ladder_svg(&ladder, &svg);
    ladder_deinit(&ladder);
    std::string text = text_of(&svg);
    EXPECT_EQ(text.find("<svg "), 0u);
    EXPECT_NE(text.find("&#39;&lt;a &amp; b&gt;&#39;"), std::string::npos)
        << text;
    EXPECT_NE(text.find(">lower_case<"), std::string::npos);
    EXPECT_EQ(count_of("<text ", text), count_of("</text>", text));
    EXPECT_EQ(count_of("</svg>\n", text), 1);
    deferred_detach(d);
}

/* ---- what a loop says of Deferreds ---- */

TEST_F(LadderTest, AHandleThatWillFireOneSaysWhatRunsThen)
{
    struct deferred *inner = page(), *outer = (deferred_new)(nothing_to_stop);
    deferred_add_callback(outer, ask, inner);
    deferred_add_callback(outer, nameless, NULL);
    deferred_add_errback(outer, on_error, NULL);
    (deferred_callback)(outer, outcome_none());
    std::string text =
        written([&](FILE *out) { deferred_describe(inner, out); });
    EXPECT_EQ(text.find("a Deferred, then lower_case, print_page; for the one "
                        "that waits, then at 0x"),
              0u)
        << text;
    EXPECT_EQ(text.substr(text.size() - 10), ", on_error");
    deferred_drop(outer);
}

TEST_F(LadderTest, ATimeoutInADumpNamesTheCallbacks)
{
    struct virtual_clock clock;
    struct script script;
    struct loop *loop;
    virtual_clock_init(&clock);
    script_init(&script, &clock);
    ASSERT_EQ(loop_new(&loop, &scripted_selector, &clock.clock), 0);
    struct deferred *d = page();
    ASSERT_EQ(deferred_add_timeout(d, loop, NANOS_PER_SECOND), 0);
    std::string text = written([&](FILE *out) { loop_dump(loop, out); });
    EXPECT_NE(text.find("the timeout of a Deferred: a Deferred, then "
                        "lower_case, print_page, end_timeout"),
              std::string::npos)
        << text;
    deferred_drop(d);
    loop_free(loop);
}

/* ---- notes ---- */

TEST_F(LadderTest, NotesSayWhereALostOneWasMadeAndFirstFired_DF12)
{
    take_notes();
    struct deferred *d = deferred_new(nothing_to_stop);
    int made = __LINE__ - 1;
    deferred_errback(d, &failure_no_memory);
    int fired = __LINE__ - 1;
    deferred_detach(d);
    std::string text = "Unhandled error in Deferred, made in TestBody "
                       "(ladder_test.cc:" +
                       std::to_string(made) +
                       "), first fired in TestBody "
                       "(ladder_test.cc:" +
                       std::to_string(fired) + "): ";
    EXPECT_EQ(reports.told, text + "OSError(out of memory)\n");
}

TEST_F(LadderTest, NotesReportOneThatIsFiredAgain_DF12)
{
    struct deferred *d = deferred_new(nothing_to_stop);
    EXPECT_EQ(deferred_callback(d, outcome_none()), 0);
    EXPECT_EQ(deferred_callback(d, outcome_none()), -EALREADY);
    EXPECT_EQ(reports.told, "");
    deferred_detach(d);
    take_notes();
    d = deferred_new(nothing_to_stop);
    EXPECT_EQ(deferred_callback(d, outcome_none()), 0);
    EXPECT_EQ(deferred_errback(d, &failure_no_memory), -EALREADY);
    EXPECT_EQ(reports.told.find("A Deferred is fired again, in TestBody ("), 0u)
        << reports.told;
    EXPECT_NE(reports.told.find(", made in TestBody ("), std::string::npos);
    EXPECT_NE(reports.told.find(", first fired in TestBody ("),
              std::string::npos);
    deferred_detach(d);
}

TEST_F(LadderTest, NotesAreSwitchedOnAndOff_DF12)
{
    struct deferred_notes *more;
    take_notes();
    EXPECT_EQ(deferred_notes_new(&more), -EALREADY);
    struct deferred *d = deferred_new(nothing_to_stop);
    EXPECT_NE(deferred_noted(d), nullptr);
    deferred_notes_free(notes);
    notes = nullptr;
    EXPECT_EQ(deferred_noted(d), nullptr);
    deferred_errback(d, &failure_no_memory);
    deferred_detach(d);
    EXPECT_EQ(reports.told,
              "Unhandled error in Deferred: OSError(out of memory)\n");
}

TEST_F(LadderTest, NotesForgetWhatHasEnded)
{
    take_notes();
    for (int i = 0; i < 5000; i++) {
        struct deferred *d = page();
        deferred_callback(d, outcome_none());
        deferred_detach(d);
        EXPECT_EQ(deferred_noted(d), nullptr);
    }
}
