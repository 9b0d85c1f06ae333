/* SPDX-License-Identifier: MIT */
/* A lesson.json. */
#include "fuzz.h"

extern "C" {
#include "lessons/tool/lesson.h"
}

#include <cstring>

/* Everything that a lesson promises to its users. */
static void use(const struct lesson &lesson)
{
    fuzz_require(lesson.count >= 1 && lesson.count <= STEPS_MAX,
                 "a lesson has steps");
    fuzz_require(lesson.name && lesson.title && lesson.source && lesson.check,
                 "a lesson has a name, a title, a source and a check");
    for (int i = 1; i <= lesson.count; i++) {
        const struct step &step = lesson.steps[i];
        fuzz_require(step.name && step.fails && step.minutes > 0 &&
                         step.rank >= 1 && step.rank <= RANK_LAST,
                     "a step has a name, minutes, a rank and a test");
        for (const char **hint = step.hints; *hint; hint++)
            fuzz_require(memchr(*hint, 0, SIZE_MAX / 2), "a hint is a text");
        lesson_step_of_function(&lesson, step.name);
    }
    fuzz_require(lesson_contestant(&lesson) != nullptr ||
                     !lesson_has_core(&lesson),
                 "what replaces a core is raced as a model");
    lesson_step_of_text(&lesson, lesson.title);
}

void fuzz_lesson(std::string_view input)
{
    struct lesson *lesson = nullptr;
    struct buffer why = {};
    int error = lesson_parse(&lesson, "P7", {input.data(), input.size()}, &why);
    fuzz_require((error == 0) == (lesson != nullptr),
                 "there is a lesson unless there is an error");
    fuzz_require((error != 0) == (why.size > 0), "an error has a sentence");
    if (lesson)
        use(*lesson);
    lesson_free(lesson);
    buffer_deinit(&why);
}
