/* SPDX-License-Identifier: MIT */
/* work/state, which a learner may mend by hand. */
#include "fuzz.h"

extern "C" {
#include "lessons/tool/progress.h"
}

#include <cctype>
#include <cstring>

static std::string text_of(struct slice slice)
{
    return slice.size ? std::string(slice.data, slice.size) : std::string();
}

/* As progress_save writes it. */
static std::string written(const struct progress &progress)
{
    std::string text;
    if (progress.lesson[0])
        text = "at " + std::string(progress.lesson) + " " +
               std::to_string(progress.step) + "\n";
    return text + text_of(buffer_slice(&progress.facts));
}

static void check_place(const struct progress &progress)
{
    fuzz_require(memchr(progress.lesson, 0, sizeof progress.lesson),
                 "a lesson's name ends");
    fuzz_require(progress.lesson[0] ? progress.step >= 1 : progress.step == 0,
                 "a place is a lesson and a step");
    for (const char *c = progress.lesson; *c; c++)
        fuzz_require(!isspace(static_cast<unsigned char>(*c)),
                     "a name is one word");
}

/* What the commands ask of it. */
static void use(struct progress *progress)
{
    const char *lesson = progress->lesson;
    for (const char *word : {"passed", "hint", "began", "predicted"}) {
        int count = progress_count(progress, word, lesson, progress->step);
        std::string text =
            text_of(progress_text(progress, word, lesson, progress->step));
        fuzz_require(text.empty() || count > 0, "a text is that of a fact");
        fuzz_require(text.find('\n') == text.npos, "a text is in one line");
    }
    fuzz_require(progress_since(progress, lesson, progress->step) >= -1,
                 "a span is not known, or one");
    int before = progress_count(progress, "hint", "E0", 1);
    progress_note(progress, "hint", "E0", 1, nullptr);
    fuzz_require(progress_count(progress, "hint", "E0", 1) == before + 1,
                 "a fact that is noted is found");
}

void fuzz_state(std::string_view input)
{
    struct progress progress, again;
    fuzz_require(progress_read(&progress, {input.data(), input.size()}) == 0,
                 "it is read");
    check_place(progress);
    std::string text = written(progress);
    fuzz_require(progress_read(&again, {text.data(), text.size()}) == 0 &&
                     written(again) == text,
                 "what is written is read back the same");
    progress_deinit(&again);
    use(&progress);
    progress_deinit(&progress);
}
