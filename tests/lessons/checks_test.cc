/* SPDX-License-Identifier: MIT */
/* What the checks of all lessons say, read as text: each assertion has a
 * sentence for the learner, and none speaks of what is not the learner's yet.
 */
#include "folder.h"

extern "C" {
#include "lessons/tool/lesson.h"
}

#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace
{

/* Calls it with each lesson and the text of its check. */
void for_each(void (*look)(const struct lesson &, const std::string &))
{
    struct lesson **lessons = nullptr;
    struct buffer why = {};
    ASSERT_EQ(lessons_load(&lessons, LESSONS_FOLDER, &why), 0) << text_of(why);
    for (struct lesson **lesson = lessons; *lesson; lesson++) {
        struct buffer text = {};
        ASSERT_EQ(
            file_read(&text, "%s/%s", (*lesson)->folder, (*lesson)->check), 0);
        look(**lesson, text_of(text));
    }
    lessons_free(lessons);
}

/* Behind the ';' that ends the statement at `at`, whatever its texts say. */
size_t end_of_statement(const std::string &text, size_t at)
{
    bool quoted = false;
    for (; at < text.size() && (quoted || text[at] != ';'); at++) {
        if (quoted && text[at] == '\\')
            at++;
        else if (text[at] == '"')
            quoted = !quoted;
    }
    return at;
}

/* All that is between quotes. */
std::string quotes_in(const std::string &text)
{
    static const std::regex quote("\"((?:[^\"\\\\]|\\\\.)*)\"");
    std::string all;
    for (std::sregex_iterator found(text.begin(), text.end(), quote), end;
         found != end; ++found)
        all += (*found)[1].str() + "\n";
    return all;
}

void expect_sentences(const struct lesson &lesson, const std::string &text)
{
    static const std::regex assertion(
        "(EXPECT|ASSERT)_(EQ|NE|LT|LE|GT|GE|TRUE|FALSE|STREQ)\\(");
    for (std::sregex_iterator found(text.begin(), text.end(), assertion), end;
         found != end; ++found) {
        size_t at = static_cast<size_t>(found->position());
        std::string all = text.substr(at, end_of_statement(text, at) - at);
        EXPECT_NE(all.find("<<"), std::string::npos)
            << lesson.name << " says nothing behind " << all;
    }
}

/* What a test of this step says names no function of a later one. Names that
 * are words of English, too, may be meant as such. */
void expect_no_later(const struct lesson &lesson, int step,
                     const std::string &said)
{
    for (int later = step + 1; later <= lesson.count; later++)
        for (const char **name = lesson.steps[later].functions; *name; name++)
            if (strchr(*name, '_')) {
                EXPECT_EQ(said.find(*name), std::string::npos)
                    << lesson.name << ", a test of step " << step << ":\n"
                    << said;
            }
}

void expect_own_functions(const struct lesson &lesson, const std::string &text)
{
    static const std::regex head("\nTEST(_F)?\\(Step(\\d), ");
    for (std::sregex_iterator found(text.begin(), text.end(), head), end;
         found != end; ++found) {
        size_t at = static_cast<size_t>(found->position());
        std::string body = text.substr(at, text.find("\n}\n", at) - at);
        expect_no_later(lesson, stoi((*found)[2]), quotes_in(body));
    }
}

} // namespace

TEST(Checks, EveryAssertionHasASentence)
{
    for_each(expect_sentences);
}

TEST(Checks, NoTestSpeaksOfAFunctionThatComesLater)
{
    for_each(expect_own_functions);
}
