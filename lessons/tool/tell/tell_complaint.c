/* SPDX-License-Identifier: MIT */
#include "lessons/tool/tell/tell.h"

#include "base/line.h"
#include "lessons/tool/wrap.h"

#include <ctype.h>

/* Where `begin` ends, if the text begins with it; else NULL. */
static const char *behind(const char *text, const char *begin)
{
    size_t size = strlen(begin);
    return strncmp(text, begin, size) ? NULL : text + size;
}

/* Is the expression a name that a learner can read, as in `trace`, conn.fd or
 * timeouts[0]? Or the only thing that there is to say. */
static bool is_worth_telling(const char *expression, int size,
                             const char *words)
{
    for (int i = 0; i < size; i++)
        if (!isalnum((unsigned char)expression[i]) &&
            !strchr("_.[]", expression[i]))
            return !*words;
    return true;
}

/* Behind two texts of several lines gtest says how they differ, in the manner
 * of diff. Returns where that ends. */
static const char *skip_diff(const char *words)
{
    const char *diff = behind(words, "With diff:\n");
    if (!diff)
        return words;
    while (*diff && strchr("@-+ ", *diff))
        diff = line_behind(diff);
    return diff;
}

/* ---- values ---- */

/* Is the byte one of a character of UTF-8, and not its first? */
static bool goes_on_a_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* A value in one line: what is too long for it is cut at the end, and what is
 * the `same` in the other one, too, when that alone would fill it. */
static void print_value(const char *value, int same, int columns,
                        struct buffer *out)
{
    int size = (int)line_at(value).size;
    int room = columns - (int)strlen("      should be  ......");
    int skip = size > room && same > room / 2 ? same - room / 4 : 0;
    int shown = size - skip > room ? room : size - skip;
    for (; skip && goes_on_a_character(value[skip]); skip--)
        shown++;
    while (skip + shown < size && goes_on_a_character(value[skip + shown]))
        shown--;
    buffer_print(out, "%s%.*s%s\n", skip ? "..." : "", shown, value + skip,
                 skip + shown < size ? "..." : "");
}

static void print_values(const char *is, const char *wanted, int columns,
                         struct buffer *out)
{
    int same = 0;
    while (is[same] == wanted[same] && is[same] && is[same] != '\n')
        same++;
    buffer_append_text(out, "      is         ");
    print_value(is, same, columns, out);
    buffer_append_text(out, "      should be  ");
    print_value(wanted, same, columns, out);
}

static void print_name(const char *expression, const char *words,
                       struct buffer *out)
{
    int size = (int)line_at(expression).size;
    if (is_worth_telling(expression, size, words))
        buffer_print(out, "    %.*s\n", size, expression);
}

/* The value that gtest tells below an expression; NULL: the expression says it.
 * A text with characters that are not ASCII is told twice, and the second time
 * as it is. *at moves behind that. */
static const char *read_value(const char **at)
{
    const char *value = behind(*at, "    Which is: ");
    if (!value)
        return NULL;
    *at = line_behind(*at);
    const char *text = behind(*at, "    As Text: ");
    if (!text)
        return value;
    *at = line_behind(*at);
    return text;
}

/* gtest tells an equality in some lines: expression, what it is, and the other
 * one, perhaps with what that is. Told in two. Returns where the check's own
 * words begin; NULL when it is something else. */
static const char *print_equality(const char *message, int columns,
                                  struct buffer *out)
{
    const char *got = behind(message, "Expected equality of these values:\n  ");
    if (!got)
        return NULL;
    const char *wanted = line_behind(got);
    const char *value = read_value(&wanted);
    const char *words = line_behind(wanted);
    const char *wanted_value = read_value(&words);
    words = skip_diff(words);
    if (!*wanted) /* it was cut short */
        return NULL;
    print_name(got, words, out);
    print_values(value ? value : "?", wanted_value ? wanted_value : wanted + 2,
                 columns, out);
    return words;
}

/* "Whether it is done", or "what future_cancel returned": a question. */
static bool ask(const char *words)
{
    return behind(words, "whether ") || behind(words, "what ");
}

/* And of EXPECT_TRUE and EXPECT_FALSE in three. Where the check's own words are
 * a sentence it says all of it. */
static const char *print_truth(const char *message, struct buffer *out)
{
    static const char actual[] = "\n  Actual: ", expected[] = "\nExpected: ";
    const char *expression = behind(message, "Value of: ");
    const char *is = expression ? strstr(message, actual) : NULL;
    const char *wanted = is ? strstr(is, expected) : NULL;
    if (!wanted)
        return NULL;
    is += sizeof actual - 1;
    wanted += sizeof expected - 1;
    const char *words = line_behind(wanted);
    if (!*words)
        buffer_print(out, "    %.*s\n", (int)line_at(expression).size,
                     expression);
    if (!*words || ask(words))
        buffer_print(out, "      is         %.*s\n      should be  %.*s\n",
                     (int)line_at(is).size, is, (int)line_at(wanted).size,
                     wanted);
    return words;
}

/* "Expected: (a) <= (b), actual: 5 vs 3", and the check's own words. */
static const char *print_comparison(const char *message, struct buffer *out)
{
    const char *expected = behind(message, "Expected: (");
    const char *actual = expected ? strstr(expected, ", actual: ") : NULL;
    const char *between = actual ? strstr(actual, " vs ") : NULL;
    const char *sign = expected ? strstr(expected, ") ") : NULL;
    if (!between || !sign || sign > actual || actual > line_behind(message))
        return NULL;
    actual += strlen(", actual: ");
    sign += 2;
    const char *words = line_behind(message);
    if (is_worth_telling(expected, (int)(sign - 2 - expected), words))
        buffer_print(out, "    %.*s\n", (int)(sign - 2 - expected), expected);
    buffer_print(out, "      is         %.*s\n      should be  %.*s %.*s\n",
                 (int)(between - actual), actual, (int)strcspn(sign, " "), sign,
                 (int)line_at(between + 4).size, between + 4);
    return words;
}

void complaint_tell(const char *message, int columns, struct buffer *out)
{
    const char *rest = print_equality(message, columns, out);
    if (!rest)
        rest = print_truth(message, out);
    if (!rest)
        rest = print_comparison(message, out);
    if (!rest)
        rest = behind(message, "Failed\n");
    wrap_text(out, rest ? rest : message, 4, columns);
}
