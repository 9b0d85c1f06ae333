/* SPDX-License-Identifier: MIT */
#include "lessons/tool/findings.h"

#include "base/program.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const words[] = {
    "passed", "not-written", "failed",  "hung",          "crashed",
    "raced",  "left",        "not-run", "not-compiling",
};

const char *verdict_word(enum verdict verdict)
{
    return words[verdict];
}

static enum verdict verdict_from(const char *word)
{
    for (int i = VERDICT_PASSED; i <= VERDICT_NOT_COMPILING; i++)
        if (word && !strcmp(words[i], word))
            return (enum verdict)i;
    return VERDICT_LEFT;
}

/* ---- collecting ---- */

/* What a run of the check has said, line by line: check/runner.cc. */
struct run {
    struct findings *findings;
    const char *program;
    char *running; /* the test that was begun last, unless it is told */
    bool over;     /* it has said that it has said all */
};

static const char *text_of(const cJSON *json, const char *key)
{
    const char *text =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));
    return text ? text : "";
}

static struct finding *add(struct findings *findings)
{
    struct finding *list =
        realloc(findings->list, (findings->count + 1) * sizeof *list);
    if (!list)
        return NULL;
    findings->list = list;
    struct finding *finding = &list[findings->count++];
    *finding = (struct finding){0};
    return finding;
}

static void add_test(struct run *run, const cJSON *json)
{
    struct finding *finding = add(run->findings);
    if (!finding)
        return;
    *finding = (struct finding){
        .test = strdup(text_of(json, "test")),
        .verdict = verdict_from(text_of(json, "verdict")),
        .where = strdup(text_of(json, "where")),
        .message = strdup(text_of(json, "message")),
        .output = strdup(text_of(json, "output")),
        .said = strdup(text_of(json, "said")),
        .program = strdup(run->program),
    };
}

static void read_line(struct run *run, const char *line, size_t size)
{
    cJSON *json = cJSON_ParseWithLength(line, size);
    const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(json, "wanted");
    if (cJSON_IsNumber(wanted))
        run->findings->wanted = (size_t)wanted->valueint;
    if (*text_of(json, "running")) {
        free(run->running);
        run->running = strdup(text_of(json, "running"));
    }
    if (*text_of(json, "test")) {
        add_test(run, json);
        free(run->running);
        run->running = NULL;
    }
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "over")))
        run->over = true;
    cJSON_Delete(json);
}

static void read_lines(struct run *run, struct slice text)
{
    while (text.size > 0) {
        const char *end = memchr(text.data, '\n', text.size);
        size_t size = end ? (size_t)(end - text.data) : text.size;
        read_line(run, text.data, size);
        size += end != NULL;
        text.data += size;
        text.size -= size;
    }
}

/* A check that was itself ended, by whomever, has passed nothing: the test that
 * was running then is the one to look at. */
static void add_early_end(struct run *run, int status)
{
    struct finding *finding = add(run->findings);
    struct buffer text = {0};
    if (!finding)
        return;
    buffer_print(&text, "The whole check ended here, before it was over");
    if (status > 128)
        buffer_print(&text, ", by the signal SIG%s",
                     sigabbrev_np(status - 128) ? sigabbrev_np(status - 128)
                                                : "?");
    buffer_print(&text, ". Was there memory enough? Or has your code ended "
                        "more than itself?");
    buffer_terminate(&text);
    *finding = (struct finding){
        .test = run->running ? run->running : strdup("Step1.TheCheckBegins"),
        .verdict = VERDICT_LEFT,
        .where = strdup(""),
        .message = text.data,
        .output = strdup(""),
        .said = strdup(""),
        .program = strdup(run->program),
    };
    run->running = NULL;
}

/* `setarch`: with every address where it always is. Where a kernel shuffles
 * them more than a sanitizer expects, a program built with it does not run. */
static int run_check(struct findings *findings, bool setarch,
                     const struct selection *selection, const char *folder)
{
    struct arguments check = {0};
    struct buffer out = {0};
    char program[PATH_MAX];
    struct run run = {.findings = findings, .program = program};
    snprintf(program, sizeof program, "%s/check", folder);
    if (setarch) {
        arguments_add(&check, "setarch");
        arguments_add(&check, "-R");
    }
    arguments_add(&check, "%s", program);
    if (selection->seconds)
        arguments_add(&check, "--seconds=%d", selection->seconds);
    for (int i = 1; !selection->only && i <= selection->step; i++)
        arguments_add(&check, "Step%d.", i);
    if (selection->only)
        arguments_add(&check, "%s", selection->only);
    int status = arguments_run(&check, &out, NULL);
    arguments_deinit(&check);
    read_lines(&run, buffer_slice(&out));
    bool whole = run.over && (findings->count == findings->wanted ||
                              findings_first_bad(findings));
    if (status >= 0 && out.size && !whole)
        add_early_end(&run, status);
    free(run.running);
    buffer_deinit(&out);
    return status < 0 ? status : 0;
}

int findings_collect(struct findings *findings,
                     const struct toolchain *toolchain,
                     const struct lesson *lesson,
                     const struct selection *selection, const char *source,
                     const char *folder, struct buffer *why)
{
    struct buffer said = {0};
    *findings = (struct findings){0};
    int status =
        build_check(toolchain, lesson, selection->step, source, folder, &said);
    if (status >= 0)
        buffer_terminate(&said);
    if (status == 1) {
        struct finding *finding = add(findings);
        if (finding) {
            finding->verdict = VERDICT_NOT_COMPILING;
            finding->message = said.data;
            said = (struct buffer){0};
        }
        status = 0;
    } else if (status == 0) {
        findings->said = said;
        said = (struct buffer){0};
        status = run_check(findings, false, selection, folder);
        if (status == 0 && findings->count == 0)
            status = run_check(findings, true, selection, folder);
    }
    buffer_deinit(&said);
    if (status == 0 && findings->count == 0) {
        buffer_print(why, "the check has no such test%s%s",
                     selection->only ? ": " : "",
                     selection->only ? selection->only : "");
        return -ENOENT;
    }
    if (status < 0)
        buffer_print(why, "the check could not be run: %s",
                     strerrordesc_np(-status));
    return status;
}

void findings_deinit(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->list[i].test);
        free(findings->list[i].where);
        free(findings->list[i].message);
        free(findings->list[i].output);
        free(findings->list[i].said);
        free(findings->list[i].program);
    }
    free(findings->list);
    buffer_deinit(&findings->said);
    *findings = (struct findings){0};
}

int finding_step(const struct finding *finding)
{
    int step = 0;
    return finding->test && sscanf(finding->test, "Step%d.", &step) == 1 ? step
                                                                         : 0;
}

size_t findings_passed(const struct findings *findings)
{
    size_t passed = 0;
    for (size_t i = 0; i < findings->count; i++)
        passed += findings->list[i].verdict == VERDICT_PASSED;
    return passed;
}

const struct finding *findings_to_tell(const struct findings *findings,
                                       int step)
{
    const struct finding *first = findings_first_bad(findings);
    if (first && first->verdict == VERDICT_FAILED && *first->where)
        return first;
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].verdict == VERDICT_FAILED &&
            finding_step(&findings->list[i]) == step)
            return &findings->list[i];
    return first;
}

const struct finding *findings_first_bad(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].verdict != VERDICT_PASSED)
            return &findings->list[i];
    return NULL;
}
