/* SPDX-License-Identifier: MIT */
/* What a laptop leaves or sends for ./lab room. */
#include "fuzz.h"

extern "C" {
#include "base/text.h"
#include "lessons/tool/lesson.h"
#include "lessons/tool/teacher/room_table.h"
}

#include <cstring>

/* Does a terminal only show it? Lines may end. */
static bool is_shown(struct slice text)
{
    while (text.size > 0) {
        uint32_t point;
        size_t size = text_character(text, &point);
        if (size == 0 || (point < ' ' && point != '\n') ||
            (point >= 0x7f && point < 0xa0))
            return false;
        text = slice_behind(text, size);
    }
    return true;
}

static void use(const struct laptop &laptop)
{
    char label[sizeof laptop.name];
    fuzz_require(laptop.lesson[0] == '\0' ||
                     (laptop.step >= 1 && laptop.step <= STEPS_MAX),
                 "a laptop in a lesson is at a step of it");
    fuzz_require(laptop.seconds >= -1, "a span is not known, or one");
    fuzz_require(laptop.passed >= 0 && laptop.hints >= 0, "what is counted");
    fuzz_require(is_shown(slice_of(laptop.name)) &&
                     is_shown(slice_of(laptop.lesson)) &&
                     is_shown(buffer_slice(&laptop.guesses)),
                 "what is shown moves no cursor");
    fuzz_require(laptop.guesses.size < 16384, "few guesses are kept");
    for (int step = 1; step <= STEPS_MAX; step++)
        fuzz_require(laptop_guess(&laptop, "E0", step).size < 1024,
                     "a guess is short");
    room_label(&laptop, label, sizeof label);
    fuzz_require(strlen(label) > 0, "a laptop is called something");
}

void fuzz_laptop(std::string_view input)
{
    struct laptop laptop;
    char number[32];
    const char *why = nullptr;
    struct slice text = {input.data(), input.size()};
    int error = laptop_read(&laptop, text, &why);
    fuzz_require(error == 0 || (why && *why), "an error has a sentence");
    if (!error) {
        use(laptop);
        laptop_deinit(&laptop);
    }
    fuzz_require(laptop_number(text, number, sizeof number) ||
                     strlen(number) == 16,
                 "a number has sixteen digits");
}
