/* SPDX-License-Identifier: MIT */
/* What a learner reads when a check has not passed. */
#include "lessons/tool/verdict.h"

#include "lessons/tool/data_race.h"
#include "lessons/tool/mismatch.h"
#include "lessons/tool/stacks.h"
#include "lessons/tool/wrap.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* "Step1.WhatACallbackSchedules" as "what a callback schedules". */
static void print_promise(const char *test, struct buffer *out)
{
    const char *name = strchr(test, '.');
    name = name ? name + 1 : test;
    for (const char *c = name; *c; c++) {
        char letter = (char)tolower((unsigned char)*c);
        if (c > name && isupper((unsigned char)*c))
            buffer_append(out, " ", 1);
        buffer_append(out, &letter, 1);
    }
}

/* ---- wrong ---- */

static const char *next_line(const char *at)
{
    const char *end = strchr(at, '\n');
    return end ? end + 1 : at + strlen(at);
}

static int line_size(const char *at)
{
    return (int)(strchrnul(at, '\n') - at);
}

/* Behind two texts of several lines gtest says how they differ, in the manner
 * of diff. Returns where that ends. */
static const char *skip_diff(const char *words)
{
    static const char diff[] = "With diff:\n";
    if (strncmp(words, diff, sizeof diff - 1))
        return words;
    words += sizeof diff - 1;
    while (*words && strchr("@-+ ", *words))
        words = next_line(words);
    return words;
}

/* A value in one line: what is too long for it is cut at the end, and what is
 * the `same` in the other one, too, when that alone would fill it. */
static void print_value(const char *value, int same, int columns,
                        struct buffer *out)
{
    int size = line_size(value);
    int room = columns - (int)strlen("      should be  ......");
    int skip = size > room && same > room / 2 ? same - room / 4 : 0;
    int shown = size - skip > room ? room : size - skip;
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

/* gtest tells an equality in four lines or five: expression, what it is, and
 * the other one, perhaps with what that is. Told in two. Returns where the
 * check's own words begin; NULL when it is something else. */
static const char *print_equality(const char *message, int columns,
                                  struct buffer *out)
{
    static const char begins[] = "Expected equality of these values:\n";
    static const char is[] = "    Which is: ";
    if (strncmp(message, begins, sizeof begins - 1))
        return NULL;
    const char *got = message + sizeof begins - 1;
    const char *value = next_line(got);
    const char *wanted = value;
    int got_size = line_size(got) - 2;
    if (!strncmp(value, is, sizeof is - 1)) {
        wanted = next_line(value);
        value += sizeof is - 1;
    } else {
        value = "?";
    }
    const char *words = next_line(wanted);
    const char *wanted_value = wanted + 2;
    if (!strncmp(words, is, sizeof is - 1)) {
        wanted_value = words + sizeof is - 1;
        words = next_line(words);
    }
    buffer_print(out, "    %.*s\n", got_size, got + 2);
    print_values(value, wanted_value, columns, out);
    return skip_diff(words);
}

/* And of EXPECT_TRUE and EXPECT_FALSE in three. */
static const char *print_truth(const char *message, struct buffer *out)
{
    static const char begins[] = "Value of: ", actual[] = "\n  Actual: ",
                      expected[] = "\nExpected: ";
    const char *is = strstr(message, actual);
    const char *wanted = is ? strstr(is, expected) : NULL;
    if (strncmp(message, begins, sizeof begins - 1) || !wanted)
        return NULL;
    message += sizeof begins - 1;
    is += sizeof actual - 1;
    wanted += sizeof expected - 1;
    buffer_print(out,
                 "    %.*s\n      is         %.*s\n      should be  %.*s\n",
                 line_size(message), message, line_size(is), is,
                 line_size(wanted), wanted);
    return next_line(wanted);
}

/* The first complaint of a check is the one to look at. */
static void print_failed(const struct finding *finding, int columns,
                         struct buffer *out)
{
    static const char failed[] = "Failed\n";
    const char *message = finding->message;
    const char *rest = print_equality(message, columns, out);
    if (!rest)
        rest = print_truth(message, out);
    if (!rest && !strncmp(message, failed, sizeof failed - 1))
        rest = next_line(message);
    wrap_text(out, rest ? rest : message, 4, columns);
}

/* ---- crashed ---- */

/* What sanitizers call it, and what it is. */
static const struct {
    const char *report;
    const char *words;
} crashes[] = {
    {"heap-use-after-free",
     "Memory was used after it had been freed: something kept a pointer to an "
     "object that was gone."},
    {"stack-use-after",
     "A local variable was used after its function returned."},
    {"heap-buffer-overflow", "Memory next to an allocated block was touched."},
    {"stack-buffer-overflow", "Memory next to a local variable was touched."},
    {"stack-overflow", "The stack is full: a function calls itself for ever."},
    {"attempting free on address",
     "Something was freed that malloc had not given."},
    {"attempting double-free", "The same memory was freed twice."},
    {"detected memory leaks", "Memory was allocated and never freed."},
    {"thread leak", "A thread was started that nobody joins."},
    {"lock-order-inversion", "Two locks are taken in one order here and in the "
                             "other there: two threads "
                             "can wait for each other for ever."},
    {"unlock of an unlocked mutex", "A lock was let go that was not held."},
    {"double lock of a mutex", "A thread took a lock that it holds already."},
    {"destroy of a locked mutex", "A lock was destroyed while it was held."},
    {"pc points to the zero page",
     "A function was called by a pointer that is NULL."},
    {"null pointer", "A NULL pointer was followed."},
    {"SEGV", "A pointer was followed that leads nowhere."},
    {"runtime error", "The program did something that C does not define."},
};

/* A precondition speaks for itself: its sentence, up to the end of the line. */
static bool print_contract(const char *output, int columns, struct buffer *out)
{
    static const char needle[] = "contract broken: ";
    const char *at = strstr(output, needle);
    if (!at)
        return false;
    at += sizeof needle - 1;
    char sentence[512];
    snprintf(sentence, sizeof sentence, "%.*s", line_size(at), at);
    wrap_text(out, sentence, 4, columns);
    return true;
}

static const char *crash_words(const char *output)
{
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        if (strstr(output, crashes[i].report))
            return crashes[i].words;
    return NULL;
}

/* The first line of a sanitizer's report that is in the learner's file. */
static void print_place(const char *output, const char *file, int columns,
                        struct buffer *out)
{
    const char *slash = strrchr(file, '/');
    char needle[128];
    snprintf(needle, sizeof needle, "%s:", slash ? slash + 1 : file);
    const char *place = strstr(output, needle);
    if (!place)
        return;
    int line = atoi(place + strlen(needle));
    buffer_print(out, "    at %s%d\n", needle, line);
    source_line_tell(file, line, columns, out);
    caller_tell(output, file, columns, out);
}

static void print_crashed(const struct finding *finding, const char *file,
                          int columns, struct buffer *out)
{
    const char *words = crash_words(finding->output);
    if (!print_contract(finding->output, columns, out))
        wrap_text(out, words ? words : finding->message, 4, columns);
    print_place(finding->output, file, columns, out);
}

/* ---- not compiling ---- */

/* The linker's "undefined reference to `loop_stop'" in the learner's words. */
static bool print_missing(const char *said, const struct lesson *lesson,
                          const char *file, struct buffer *out)
{
    static const char needle[] = "undefined reference to `";
    const char *at = strstr(said, needle);
    if (!at)
        return false;
    at += sizeof needle - 1;
    char function[128];
    snprintf(function, sizeof function, "%.*s", (int)strcspn(at, "'"), at);
    int step = lesson_step_of_function(lesson, function);
    buffer_print(out, "    Your %s has no %s yet", file, function);
    if (step)
        buffer_print(out, " (step %d)", step);
    buffer_append_text(out, ".\n");
    return true;
}

/* "In function 'f':", said some lines before this one, as "in 'f'". */
static void print_function(const char *said, const char *line,
                           struct buffer *out)
{
    static const char needle[] = "In function ";
    const char *last = NULL;
    for (const char *at = said; (at = strstr(at, needle)) && at < line; at++)
        last = at + sizeof needle - 1;
    if (last)
        buffer_print(out, "        in %.*s\n", (int)strcspn(last, ":\n"), last);
}

/* The first that the compiler says of this kind ("error:", "warning:"), and not
 * what follows from it; with the line, when it is in the learner's `file`. */
static void print_diagnostic(const char *said, const char *kind,
                             const char *file, int columns, struct buffer *out)
{
    const char *found = strstr(said, kind);
    const char *line = found ? found : said;
    while (line > said && line[-1] != '\n')
        line--;
    const char *slash = line;
    for (const char *c = line; *c && *c != ':'; c++)
        if (*c == '/')
            slash = c + 1;
    const char *end = strrchr(file, '/');
    const char *name = end ? end + 1 : file;
    size_t size = strlen(name);
    char first[512];
    snprintf(first, sizeof first, "%.*s", line_size(slash), slash);
    wrap_text(out, first, 4, columns);
    if (strstr(first, "return-type]")) /* its line is a brace */
        print_function(said, line, out);
    else if (!strncmp(first, name, size) && first[size] == ':')
        source_line_tell(file, atoi(first + size + 1), columns, out);
}

/* An int where a size_t is meant, or a member left to be zero, is no reason to
 * stop and read: of these an editor may speak. */
static bool may_wait(struct slice line)
{
    char text[512];
    snprintf(text, sizeof text, "%.*s", (int)line.size, line.data);
    return strstr(text, "conversion]") || strstr(text, "-Wsign-compare]") ||
           strstr(text, "-Wmissing-field-initializers]");
}

void warning_tell(const char *said, const char *file, int columns,
                  struct buffer *out)
{
    const char *at = said;
    while ((at = strstr(at, "warning:")) &&
           may_wait((struct slice){at, (size_t)line_size(at)}))
        at += line_size(at);
    if (!at)
        return;
    while (at > said && at[-1] != '\n')
        at--;
    buffer_append_text(out, "\n  The compiler warns:\n");
    print_diagnostic(at, "warning:", file, columns, out);
}

/* ---- all of them ---- */

static const char *headline(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASSED:
        return "Passed";
    case VERDICT_NOT_WRITTEN:
        return "Not written yet";
    case VERDICT_FAILED:
        return "Not right yet";
    case VERDICT_HUNG:
        return "It does not end";
    case VERDICT_CRASHED:
        return "It crashed";
    case VERDICT_RACED:
        return "A data race";
    case VERDICT_NOT_COMPILING:
        return "It does not compile";
    }
    return "";
}

void finding_tell(const struct finding *finding, const struct lesson *lesson,
                  const char *file, int columns, struct buffer *out)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash ? slash + 1 : file;
    buffer_append_text(out, headline(finding->verdict));
    if (finding->verdict == VERDICT_NOT_WRITTEN)
        buffer_print(out, ": %s", finding->where);
    if (finding->test) {
        buffer_append_text(out, "\n\n  Promised: ");
        print_promise(finding->test, out);
    }
    buffer_append_text(out, "\n\n");
    switch (finding->verdict) {
    case VERDICT_NOT_COMPILING:
        if (!print_missing(finding->message, lesson, name, out) &&
            !mismatch_tell(finding->message, columns, out))
            print_diagnostic(finding->message, "error:", file, columns, out);
        return;
    case VERDICT_NOT_WRITTEN:
        wrap_text(out,
                  "The check got there and found YOUR_CODE. The comment above "
                  "the function says what it has to do.",
                  4, columns);
        break;
    case VERDICT_CRASHED:
        print_crashed(finding, file, columns, out);
        break;
    case VERDICT_RACED:
        data_race_tell(finding->output, file, columns, out);
        break;
    case VERDICT_HUNG:
        wrap_text(out, finding->message, 4, columns);
        stacks_tell(finding->output, file, columns, out);
        break;
    case VERDICT_FAILED:
        print_failed(finding, columns, out);
        stacks_tell(finding->output, file, columns, out);
        break;
    case VERDICT_PASSED:
        return;
    }
    buffer_print(out, "\n  Again by hand:\n    %s %s\n", finding->program,
                 finding->test);
}
