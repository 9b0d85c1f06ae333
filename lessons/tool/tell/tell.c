/* SPDX-License-Identifier: MIT */
#include "lessons/tool/tell/tell.h"

#include "base/number.h"
#include "lessons/tool/definition.h"
#include "lessons/tool/files.h"
#include "lessons/tool/tell/sanitizer.h"
#include "lessons/tool/wrap.h"

#include <ctype.h>
#include <stdio.h>

/* What is told, and of what. */
struct telling {
    const struct finding *finding;
    const struct lesson *lesson;
    const char *file;
    int columns;
    struct buffer *out;
};

void promise_tell(const char *test, struct buffer *out)
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

/* ---- where ---- */

/* "blocking_send, blocking.c:44", with that line. */
static void place_tell(const struct telling *telling)
{
    const char *where = telling->finding->where;
    const char *colon = strrchr(where, ':');
    if (!*where)
        return;
    buffer_print(telling->out, "    in %s\n", where);
    int line;
    if (colon && number_read_int(colon + 1, &line))
        source_line_tell(telling->file, line, telling->columns, telling->out);
}

/* The functions of the test's step: one of them it will be. */
static void functions_tell(const struct telling *telling)
{
    struct buffer text = {0}, list = {0};
    int step = finding_step(telling->finding);
    if (step < 1 || step > telling->lesson->count ||
        file_read(&text, "%s", telling->file) || buffer_terminate(&text)) {
        buffer_lack(telling->out, &text);
        buffer_deinit(&text);
        return;
    }
    const char *const *function = telling->lesson->steps[step].functions;
    for (; *function; function++) {
        int line = definition_line(text.data, *function);
        if (line)
            buffer_print(&list, "%s%s (line %d)",
                         list.size ? ", " : "Look at: ", *function, line);
    }
    wrap_buffer(telling->out, &list, 4, telling->columns);
    buffer_deinit(&list);
    buffer_deinit(&text);
}

/* ---- what was printed ---- */

enum { PRINTED_MAX = 5 };

/* The last lines of it, each cut to the width. */
static void output_tell(const struct telling *telling)
{
    const char *output = telling->finding->output;
    const char *end = output + strlen(output);
    int lines = 0;
    while (end > output && isspace((unsigned char)end[-1]))
        end--;
    const char *at = end;
    while (at > output && lines < PRINTED_MAX)
        if (*--at == '\n' && ++lines == PRINTED_MAX)
            at++;
    if (at == end)
        return;
    buffer_print(telling->out, "\n  Your program printed%s:\n",
                 at > output ? ", at last" : "");
    while (at < end) {
        size_t size = strcspn(at, "\n");
        if (at + size > end)
            size = (size_t)(end - at);
        size_t room = (size_t)telling->columns - strlen("    ...");
        buffer_print(telling->out, "    %.*s%s\n",
                     (int)(size > room ? room : size), at,
                     size > room ? "..." : "");
        at += size + (at[size] == '\n');
    }
}

/* ---- again, by hand ---- */

/* A command that is too wide goes on in a second line, as a shell has it. */
static void again_tell(const struct telling *telling)
{
    const char *test = telling->finding->test;
    const char *program = telling->finding->program;
    size_t size = strlen("  In gdb: gdb --args  --here ") + strlen(program) +
                  strlen(test);
    bool fits = size <= (size_t)telling->columns;
    buffer_print(telling->out,
                 "\n  Again:  ./lab check %s\n"
                 "  In gdb: gdb --args %s %s--here %s\n",
                 test, program, fits ? "" : "\\\n          ", test);
}

/* ---- all of it ---- */

/* A program that leaks has come to its end. */
static bool leaks(const struct finding *finding)
{
    return finding->verdict == VERDICT_CRASHED &&
           strstr(finding->said, "detected memory leaks");
}

/* It leaks, and something was wrong before: what the leak may well come of. */
static bool fails_and_leaks(const struct finding *finding)
{
    return leaks(finding) && *finding->message;
}

static const char *headline(const struct finding *finding)
{
    if (fails_and_leaks(finding))
        return "Not right yet";
    if (leaks(finding))
        return "It leaks memory";
    switch (finding->verdict) {
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
    case VERDICT_LEFT:
        return "It ended before the check was over";
    case VERDICT_NOT_RUN:
        return "The check could not be run";
    case VERDICT_NOT_COMPILING:
        return "It does not compile";
    }
    return "";
}

/* It runs in a circle that does not lead through the learner's code. */
static void circle_tell(const struct telling *telling)
{
    const struct finding *finding = telling->finding;
    if (*finding->said && strstr(finding->message, "runs in a circle"))
        wrap_text(telling->out,
                  "None of your functions was running then: one that has "
                  "returned is called again and again, because of what it "
                  "returns, or of what it leaves as it was.",
                  4, telling->columns);
}

static void body_tell(const struct telling *telling)
{
    const struct finding *finding = telling->finding;
    const char *file = telling->file;
    int columns = telling->columns;
    struct buffer *out = telling->out;
    switch (finding->verdict) {
    case VERDICT_NOT_COMPILING:
        error_tell(finding->message, telling->lesson, file, columns, out);
        break;
    case VERDICT_NOT_WRITTEN:
        wrap_text(out,
                  "The check got there and found YOUR_CODE. The comment above "
                  "the function says what it has to do.",
                  4, columns);
        break;
    case VERDICT_CRASHED:
        if (fails_and_leaks(finding)) {
            complaint_tell(finding->message, columns, out);
            functions_tell(telling);
            buffer_append_text(out, "\n");
        }
        crash_tell(finding->said, finding->message, file, columns, out);
        place_tell(telling);
        break;
    case VERDICT_RACED:
        data_race_tell(finding->said, file, columns, out);
        break;
    case VERDICT_HUNG:
    case VERDICT_FAILED:
        complaint_tell(finding->message, columns, out);
        place_tell(telling);
        if (!stacks_tell(finding->said, file, columns, out))
            circle_tell(telling);
        if (finding->verdict == VERDICT_FAILED && !*finding->where &&
            !*finding->said)
            functions_tell(telling);
        break;
    case VERDICT_LEFT:
    case VERDICT_NOT_RUN:
        wrap_text(out, finding->message, 4, columns);
        place_tell(telling);
        break;
    case VERDICT_PASSED:
        break;
    }
}

void finding_tell(const struct finding *finding, const struct lesson *lesson,
                  const char *file, int columns, struct buffer *out)
{
    const struct telling telling = {finding, lesson, file, columns, out};
    buffer_append_text(out, headline(finding));
    if (finding->verdict == VERDICT_NOT_WRITTEN)
        buffer_print(out, ": %s", finding->where);
    if (finding->test) {
        buffer_append_text(out, "\n\n  Promised: ");
        promise_tell(finding->test, out);
    }
    buffer_append_text(out, "\n\n");
    body_tell(&telling);
    if (!finding->test)
        return;
    output_tell(&telling);
    again_tell(&telling);
}
