/* SPDX-License-Identifier: MIT */
/* The pyramid beside the ladder: one program in two forms, which do the same,
 * and what each form costs the reader (claims K9 and K10). */
#include "talks/service.h"

#include "nonblocking/selector.h"
#include "support/scripted_selector.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>

namespace
{

struct Form {
    const char *file;
    void (*run)(struct program *program);
    const char *error_place; /* what is where an error must be dealt with */
};

const Form forms[] = {
    {"talks/pyramid.c", pyramid_run, "if \\(error\\)"},
    {"talks/ladder.c", ladder_run, "deferred_add_(both|errback)\\("},
};

TEST(Pyramid, BothFormsDoTheSameWhateverFails)
{
    for (const Form &form : forms)
        for (int fails_at = 0; fails_at <= STEPS; fails_at++) {
            struct virtual_clock clock;
            struct script script;
            struct program program = {};
            virtual_clock_init(&clock);
            script_init(&script, &clock);
            ASSERT_EQ(loop_new(&program.service.loop, &scripted_selector,
                               &clock.clock),
                      0);
            program.service.fails_at = fails_at;
            form.run(&program);
            EXPECT_EQ(loop_run(program.service.loop), 0);
            EXPECT_EQ(program.ends, 1) << form.file << fails_at;
            EXPECT_EQ(program.error, fails_at == STEPS ? 0 : -EIO);
            EXPECT_EQ(program.service.asked,
                      fails_at == STEPS ? STEPS : fails_at + 1);
            loop_free(program.service.loop);
        }
}

struct Counted {
    long functions, lines, error_places;
};

long count(const std::string &text, const std::string &pattern)
{
    const std::regex regex(pattern);
    return std::distance(std::sregex_iterator(text.begin(), text.end(), regex),
                         {});
}

/* Of the code, without its comments and empty lines. */
Counted count_in(const Form &form)
{
    std::ifstream file(std::string(TALKS_SOURCE "/") + form.file);
    std::stringstream all;
    all << file.rdbuf();
    std::string code = std::regex_replace(
        all.str(), std::regex("/\\*(?:[^*]|\\*(?!/))*\\*/"), "");
    return {count(code, "\n\\{\n"), count(code, "\n[^\n]"),
            count(code, form.error_place)};
}

TEST(Pyramid, EachStepOfThePyramidCanLoseAnErrorOnePlaceOfTheLadderCan)
{
    Counted pyramid = count_in(forms[0]), ladder = count_in(forms[1]);
    printf("%-10s %10s %6s %s\n", "", "functions", "lines",
           "places where an error can be lost");
    printf("%-10s %10ld %6ld %ld\n", "pyramid", pyramid.functions,
           pyramid.lines, pyramid.error_places);
    printf("%-10s %10ld %6ld %ld\n", "ladder", ladder.functions, ladder.lines,
           ladder.error_places);
    EXPECT_EQ(pyramid.error_places, STEPS);
    EXPECT_EQ(ladder.error_places, 1);
    EXPECT_GE(ladder.functions, STEPS) << "a function for each step, still";
}

} // namespace
