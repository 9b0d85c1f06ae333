/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/check_report.h"

#include "base/buffer_stream.h"
#include "base/text.h"
#include "harness/json_write.h"
#include "lessons/tool/tell/tell.h"

#include <errno.h>

enum { COLUMNS = 80 };

/* What a learner is told of it, closed by a NUL. */
static int tell(const struct checked *checked, const struct finding *finding,
                struct buffer *text)
{
    finding_tell(finding, checked->lesson, checked->file, COLUMNS, text);
    return buffer_lacks(text) ? -ENOMEM : buffer_terminate(text);
}

/* ---- JUnit ---- */

/* The first line is the message of a failure, all of it is its text. */
static int print_failure(const struct checked *checked,
                         const struct finding *finding, struct buffer *out)
{
    struct buffer text = {0};
    int error = tell(checked, finding, &text);
    if (!error) {
        buffer_append_text(out, "><failure type=\"");
        text_append_markup(out, slice_of(verdict_word(finding->verdict)));
        buffer_append_text(out, "\">");
        text_append_markup(out, slice_of(text.data));
        buffer_append_text(out, "</failure></testcase>\n");
    }
    buffer_deinit(&text);
    return error;
}

static int print_case(const struct checked *checked,
                      const struct finding *finding, struct buffer *out)
{
    const char *test = finding->test ? finding->test : "It.Compiles";
    int size = (int)strcspn(test, ".");
    buffer_print(out, "  <testcase classname=\"%s.%.*s\" name=\"",
                 checked->lesson->name, size, test);
    text_append_markup(out, slice_of(test + size + (test[size] == '.')));
    buffer_append_text(out, "\"");
    if (finding->verdict != VERDICT_PASSED)
        return print_failure(checked, finding, out);
    buffer_append_text(out, "/>\n");
    return 0;
}

static void print_skipped(const struct checked *checked, struct buffer *out)
{
    const struct findings *findings = checked->findings;
    const struct lesson *lesson = checked->lesson;
    for (size_t i = findings->count; i < findings->wanted; i++)
        buffer_print(out,
                     "  <testcase classname=\"%s\" name=\"test %zu\"><skipped "
                     "message=\"not run: an earlier one had to end the "
                     "check\"/></testcase>\n",
                     lesson->name, i + 1);
    for (int step = checked->step + 1; step <= lesson->count; step++) {
        buffer_print(out, "  <testcase classname=\"%s.Step%d\" name=\"",
                     lesson->name, step);
        text_append_markup(out, slice_of(lesson->steps[step].name));
        buffer_append_text(out,
                           "\"><skipped message=\"not begun\"/></testcase>\n");
    }
}

static size_t skipped(const struct checked *checked)
{
    const struct findings *findings = checked->findings;
    size_t left = findings->wanted > findings->count
                      ? findings->wanted - findings->count
                      : 0;
    return left + (size_t)(checked->lesson->count - checked->step);
}

int check_report_junit(const struct checked *checked, struct buffer *out)
{
    const struct findings *findings = checked->findings;
    int error = 0;
    buffer_print(out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" "
                 "errors=\"0\" skipped=\"%zu\">\n",
                 checked->lesson->name, findings->count + skipped(checked),
                 findings->count - findings_passed(findings), skipped(checked));
    for (size_t i = 0; !error && i < findings->count; i++)
        error = print_case(checked, &findings->list[i], out);
    print_skipped(checked, out);
    buffer_append_text(out, "</testsuite>\n");
    return buffer_lacks(out) ? -ENOMEM : error;
}

/* ---- Gradescope ---- */

static const struct finding *bad_of_step(const struct findings *findings,
                                         int step)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].verdict != VERDICT_PASSED &&
            finding_step(&findings->list[i]) == step)
            return &findings->list[i];
    return NULL;
}

/* Have all its tests been run? They are run step by step. */
static bool was_run(const struct findings *findings, int step)
{
    int last = 0;
    for (size_t i = 0; i < findings->count; i++)
        if (finding_step(&findings->list[i]) > last)
            last = finding_step(&findings->list[i]);
    return last > step || (last == step && findings->count == findings->wanted);
}

static int write_step(const struct checked *checked, int step,
                      struct json_writer *json)
{
    const struct findings *findings = checked->findings;
    const struct finding *bad = bad_of_step(findings, step);
    bool passed = !bad && was_run(findings, step);
    struct buffer text = {0};
    int error = 0;
    if (bad)
        error = tell(checked, bad, &text);
    else if (!passed)
        error = buffer_append_text(
            &text, step > checked->step ? "not begun" : "not run to its end");
    if (!error)
        error = buffer_terminate(&text);
    json_write_object(json, NULL);
    json_write_text(json, "name", checked->lesson->steps[step].name);
    json_write_count(json, "score", passed);
    json_write_count(json, "max_score", 1);
    json_write_text(json, "status", passed ? "passed" : "failed");
    json_write_text(json, "output", error ? "" : text.data);
    json_write_end(json);
    buffer_deinit(&text);
    return error;
}

/* What is not a test's: that it does not compile. */
static int write_output(const struct checked *checked, struct json_writer *json)
{
    const struct finding *bad = bad_of_step(checked->findings, 0);
    struct buffer text = {0};
    int error = bad ? tell(checked, bad, &text) : 0;
    if (bad && !error)
        json_write_text(json, "output", text.data);
    buffer_deinit(&text);
    return error;
}

int check_report_gradescope(const struct checked *checked, struct buffer *text)
{
    struct json_writer json = {.out = buffer_stream_open(text)};
    if (!json.out)
        return -ENOMEM;
    json_write_object(&json, NULL);
    int error = write_output(checked, &json);
    json_write_array(&json, "tests");
    for (int step = 1; !error && step <= checked->lesson->count; step++)
        error = write_step(checked, step, &json);
    json_write_end(&json);
    json_write_end(&json);
    int lost = buffer_stream_close(json.out);
    return error ? error : lost;
}
