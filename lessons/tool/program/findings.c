/* SPDX-License-Identifier: MIT */
#include "lessons/tool/program/findings.h"

#include "base/line.h"
#include "base/number.h"
#include "base/program.h"
#include "harness/json.h"
#include "lessons/tool/files.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
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

static const struct finding *findings_hung(const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].verdict == VERDICT_HUNG)
            return &findings->list[i];
    return NULL;
}

static void finding_deinit(struct finding *finding)
{
    free(finding->test);
    free(finding->where);
    free(finding->message);
    free(finding->output);
    free(finding->said);
    free(finding->program);
}

/* ---- collecting ---- */

/* What a run of the check has said, line by line: check/runner.cc. */
struct run {
    struct findings *findings;
    const char *program;
    char *running; /* the test that was begun last, unless it is told */
    bool over;     /* it has said that it has said all */
    bool starved;  /* something of it is missing for want of memory */
};

static char *copy(struct run *run, const char *text)
{
    char *made = strdup(text ? text : "");
    run->starved |= !made;
    return made;
}

static void add(struct run *run, struct finding finding)
{
    struct findings *findings = run->findings;
    struct finding *list =
        realloc(findings->list, (findings->count + 1) * sizeof *list);
    if (list) {
        findings->list = list;
        list[findings->count++] = finding;
    } else {
        finding_deinit(&finding);
        run->starved = true;
    }
}

static void add_test(struct run *run, const cJSON *json)
{
    add(run, (struct finding){
                 .test = copy(run, json_text(json, "test")),
                 .verdict = verdict_from(json_text(json, "verdict")),
                 .where = copy(run, json_text(json, "where")),
                 .message = copy(run, json_text(json, "message")),
                 .output = copy(run, json_text(json, "output")),
                 .said = copy(run, json_text(json, "said")),
                 .program = copy(run, run->program),
             });
}

static void set_running(struct run *run, const char *test)
{
    free(run->running);
    run->running = test ? copy(run, test) : NULL;
}

static bool has_text(const cJSON *json, const char *key)
{
    const char *text = json_text(json, key);
    return text && *text;
}

/* A line that is not JSON is not the check's: a learner's code prints, too. */
static void read_line(struct run *run, struct slice line)
{
    cJSON *json;
    run->starved |= json_parse(&json, line) == -ENOMEM;
    int wanted = json_int(json, "wanted", 0, INT_MAX, -1);
    if (wanted >= 0)
        run->findings->wanted = (size_t)wanted;
    if (has_text(json, "running"))
        set_running(run, json_text(json, "running"));
    if (has_text(json, "test")) {
        add_test(run, json);
        set_running(run, NULL);
    }
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "over")))
        run->over = true;
    cJSON_Delete(json);
}

static void read_lines(struct run *run, struct slice text)
{
    struct slice line;
    while (line_take(&text, &line))
        read_line(run, line);
}

static int print_early_end(struct buffer *text, int status)
{
    const char *by = status > 128 ? ", by the signal SIG" : "";
    const char *signal = status > 128 ? sigabbrev_np(status - 128) : "";
    int error = buffer_print(text,
                             "The whole check ended here, before it was over"
                             "%s%s. Was there memory enough? Or has your code "
                             "ended more than itself?",
                             by, signal ? signal : "?");
    return error ? error : buffer_terminate(text);
}

/* A check that was ended from outside has passed nothing: the test that was
 * running then is the one to look at. */
static void add_early_end(struct run *run, int status)
{
    struct buffer text = {0};
    run->starved |= print_early_end(&text, status) != 0;
    struct finding finding = {
        .test = run->running ? run->running : copy(run, "Step1.TheCheckBegins"),
        .verdict = VERDICT_LEFT,
        .where = copy(run, ""),
        .message = text.data,
        .output = copy(run, ""),
        .said = copy(run, ""),
        .program = copy(run, run->program),
    };
    run->running = NULL;
    add(run, finding);
}

int findings_read(struct findings *findings, struct slice said, int status,
                  const char *program)
{
    struct run run = {.findings = findings, .program = program};
    read_lines(&run, said);
    bool whole = run.over && (findings->count == findings->wanted ||
                              findings_first_bad(findings));
    if (!whole)
        add_early_end(&run, status);
    free(run.running);
    return run.starved ? -ENOMEM : 0;
}

/* ---- what has hung the last time ---- */

static void note_hung(const struct findings *findings, const char *folder)
{
    const struct finding *hung = findings_hung(findings);
    struct slice name = slice_of(hung ? hung->test : "");
    /* Errors are ignored: without this note a check only takes longer. */
    if (name.size || file_exists("%s/hung", folder))
        (void)file_write(name, "%s/hung", folder);
}

static void add_hung(struct arguments *check, const char *folder)
{
    struct buffer name = {0};
    if (!file_read(&name, "%s/hung", folder))
        arguments_add(check, "--hung=%.*s", (int)name.size, name.data);
    buffer_deinit(&name);
}

/* ---- the runs ---- */

/* One run of the check: of the tests of these steps. */
struct runner {
    const struct selection *selection;
    const char *folder;
    int from, to;
    struct findings findings;
    int status; /* 0 or a negative errno */
};

static void add_words(struct arguments *check, const struct runner *runner,
                      const char *program)
{
    const struct selection *selection = runner->selection;
    bool before = runner->to < selection->step;
    arguments_add(check, "%s", program);
    if (selection->seconds)
        arguments_add(check, "--seconds=%d", selection->seconds);
    if (selection->progress)
        arguments_add(check, "--progress=%s%s", selection->progress,
                      before ? ".before" : "");
    if (selection->promptly)
        add_hung(check, runner->folder);
    for (int i = runner->from; !selection->only && i <= runner->to; i++)
        arguments_add(check, "Step%d.", i);
    if (selection->only)
        arguments_add(check, "%s", selection->only);
}

/* With setarch every address is where it always is. */
static int run_once(const struct runner *runner, const char *program,
                    bool setarch, struct buffer *out)
{
    struct arguments check = {0};
    if (setarch) {
        arguments_add(&check, "setarch");
        arguments_add(&check, "-R");
    }
    add_words(&check, runner, program);
    int status = arguments_run(&check, out, NULL);
    arguments_deinit(&check);
    return buffer_lacks(out) ? -ENOMEM : status;
}

/* Where a kernel shuffles addresses more than a sanitizer expects, a program
 * that was built with it ends before its first word. */
static void *run(void *data)
{
    struct runner *runner = data;
    struct buffer out = {0};
    char program[PATH_MAX];
    snprintf(program, sizeof program, "%s/check", runner->folder);
    runner->status = run_once(runner, program, false, &out);
    if (runner->status >= 0 && !out.size) {
        int again = run_once(runner, program, true, &out);
        if (out.size)
            runner->status = again;
    }
    if (runner->status >= 0)
        runner->status = findings_read(&runner->findings, buffer_slice(&out),
                                       runner->status, program);
    buffer_deinit(&out);
    return NULL;
}

/* Behind what was found before; then all of it is there. */
static int take_over(struct findings *findings, struct findings *more)
{
    size_t count = findings->count + more->count;
    struct finding *list =
        more->count ? realloc(findings->list, count * sizeof *list) : NULL;
    if (more->count && !list)
        return -ENOMEM;
    if (list) {
        memcpy(list + findings->count, more->list, more->count * sizeof *list);
        findings->list = list;
    }
    findings->count = count;
    findings->wanted += more->wanted;
    free(more->list);
    *more = (struct findings){0};
    return 0;
}

/* The test that hangs is waited for, and the others are run meanwhile. Where
 * there is no second thread they are run before. */
static int run_both(struct findings *findings, struct runner *before,
                    struct runner *here)
{
    pthread_t thread;
    bool beside = !pthread_create(&thread, NULL, run, before);
    if (!beside)
        run(before);
    run(here);
    if (beside)
        pthread_join(thread, NULL);
    int error = before->status ? before->status : here->status;
    if (!error)
        error = take_over(findings, &before->findings);
    if (!error)
        error = take_over(findings, &here->findings);
    findings_deinit(&before->findings);
    findings_deinit(&here->findings);
    return error;
}

static int run_check(struct findings *findings,
                     const struct selection *selection, const char *folder)
{
    int step = selection->step, error;
    struct runner here = {selection, folder, 1, step, {0}, 0};
    struct runner before = {selection, folder, 1, step - 1, {0}, 0};
    if (selection->promptly && !selection->only && step > 1) {
        here.from = step;
        error = run_both(findings, &before, &here);
    } else {
        run(&here);
        error = here.status;
        if (!error)
            error = take_over(findings, &here.findings);
        findings_deinit(&here.findings);
    }
    note_hung(findings, folder);
    return error;
}

/* Adds the finding of a compiler that has refused the code. */
static int add_errors(struct findings *findings, struct buffer *said)
{
    findings->list = calloc(1, sizeof *findings->list);
    if (!findings->list)
        return -ENOMEM;
    findings->list[findings->count++] = (struct finding){
        .verdict = VERDICT_NOT_COMPILING, .message = said->data};
    *said = (struct buffer){0};
    return 0;
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
    if (status >= 0 && buffer_terminate(&said))
        status = -ENOMEM;
    if (status == 1) {
        status = add_errors(findings, &said);
    } else if (status == 0) {
        findings->said = said;
        said = (struct buffer){0};
        status = run_check(findings, selection, folder);
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
    for (size_t i = 0; i < findings->count; i++)
        finding_deinit(&findings->list[i]);
    free(findings->list);
    buffer_deinit(&findings->said);
    *findings = (struct findings){0};
}

int finding_step(const struct finding *finding)
{
    int step = 0;
    if (finding->test && !strncmp(finding->test, "Step", 4))
        number_read_int(finding->test + 4, &step);
    return step;
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
    if (findings_hung(findings))
        return findings_hung(findings);
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
