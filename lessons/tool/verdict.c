/* SPDX-License-Identifier: MIT */
#include "lessons/tool/verdict.h"

#include "lessons/tool/program.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const words[] = {
    "passed",  "not-written", "failed",        "hung",
    "crashed", "raced",       "not-compiling",
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
    return VERDICT_CRASHED;
}

/* ---- collecting ---- */

static char *copy_of(const cJSON *json, const char *key)
{
    const char *text =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));
    return strdup(text ? text : "");
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

static void add_line(struct findings *findings, const char *program,
                     const char *line, size_t size)
{
    cJSON *json = cJSON_ParseWithLength(line, size);
    struct finding *finding = json ? add(findings) : NULL;
    if (finding) {
        finding->test = copy_of(json, "test");
        finding->verdict = verdict_from(cJSON_GetStringValue(
            cJSON_GetObjectItemCaseSensitive(json, "verdict")));
        finding->where = copy_of(json, "where");
        finding->message = copy_of(json, "message");
        finding->output = copy_of(json, "output");
        finding->program = strdup(program);
    }
    cJSON_Delete(json);
}

static void add_lines(struct findings *findings, const char *program,
                      struct slice text)
{
    while (text.size > 0) {
        const char *end = memchr(text.data, '\n', text.size);
        size_t size = end ? (size_t)(end - text.data) : text.size;
        add_line(findings, program, text.data, size);
        size += end != NULL;
        text.data += size;
        text.size -= size;
    }
}

/* `setarch`: with every address where it always is. Where a kernel shuffles
 * them more than a sanitizer expects, a program built with it does not run. */
static int run_check(struct findings *findings, bool setarch,
                     const struct selection *selection, const char *folder)
{
    struct arguments check = {0};
    struct buffer out = {0};
    char program[PATH_MAX];
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
    add_lines(findings, program, buffer_slice(&out));
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
        buffer_append(&said, "", 1);
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
        findings->said.size -= said.size > 0;
        said = (struct buffer){0};
        status = run_check(findings, false, selection, folder);
        if (status == 0 && findings->count == 0)
            status = run_check(findings, true, selection, folder);
    }
    buffer_deinit(&said);
    if (status == 0 && findings->count == 0)
        status = -EIO;
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

const struct finding *findings_to_tell(const struct findings *findings,
                                       int step)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].verdict == VERDICT_FAILED &&
            finding_step(&findings->list[i]) == step)
            return &findings->list[i];
    return findings_first_bad(findings);
}

const struct finding *findings_first_bad(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].verdict != VERDICT_PASSED)
            return &findings->list[i];
    return NULL;
}
