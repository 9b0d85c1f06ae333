/* SPDX-License-Identifier: MIT */
#include "lessons/tool/author/proof_internal.h"

#include "base/program.h"
#include "lessons/tool/author/layout.h"
#include "lessons/tool/author/race_try.h"
#include "lessons/tool/files.h"
#include "lessons/tool/learner/merge.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>

void prover_complain(struct prover *prover, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fprintf(prover->setup->out, "  %s ", prover->lesson->name);
    vfprintf(prover->setup->out, format, values);
    fputc('\n', prover->setup->out);
    va_end(values);
    prover->proof->failures++;
}

/* Writes a text where the learner's file would be. */
static int write_source(struct prover *prover, struct slice text,
                        char source[PATH_MAX])
{
    snprintf(source, PATH_MAX, "%s/%s", prover->setup->folder,
             prover->lesson->source);
    return file_write(text, "%s", source);
}

int prover_collect(struct prover *prover, struct slice text,
                   const struct selection *selection, struct findings *findings)
{
    char source[PATH_MAX];
    *findings = (struct findings){0};
    int error = write_source(prover, text, source);
    if (!error)
        error = findings_collect(findings, prover->setup->check, prover->lesson,
                                 selection, source, prover->setup->folder,
                                 prover->why);
    return error;
}

/* Neither what learners are given nor what they are shown may have warnings. */
static void judge_warnings(struct prover *prover, const char *what, int step,
                           const struct findings *findings)
{
    if (findings->said.size)
        prover_complain(prover, "%s %d compiles with warnings:\n%.*s", what,
                        step, (int)findings->said.size, findings->said.data);
}

static int text_of(struct prover *prover, int step, int solved,
                   struct buffer *text)
{
    buffer_clear(text);
    return lesson_text(prover->lesson, step, solved, text, prover->why);
}

/* ---- the layout ---- */

static void complain_each(struct prover *prover, char *lines)
{
    for (char *line; (line = strsep(&lines, "\n"));)
        if (*line)
            prover_complain(prover, "%s", line);
}

static int prove_layout(struct prover *prover)
{
    const struct lesson *lesson = prover->lesson;
    struct buffer text = {0}, complaints = {0};
    int error = file_read(&text, "%s/%s", lesson->folder, lesson->source);
    if (!error)
        error = buffer_terminate(&text);
    if (!error && layout_check(lesson, text.data, &complaints) < 0)
        error = -ENOMEM;
    if (!error)
        error = buffer_terminate(&complaints);
    if (!error)
        complain_each(prover, complaints.data);
    buffer_deinit(&text);
    buffer_deinit(&complaints);
    return error;
}

/* The lab's style, in what learners are given and shown. Where there is no
 * clang-format, it is proven on machines that have it. */
static int prove_style(struct prover *prover, const char *what, int step,
                       struct slice text)
{
    struct arguments words = {0};
    struct buffer said = {0};
    char source[PATH_MAX], wanted[32];
    if (!file_exists(".clang-format"))
        return 0;
    int error = write_source(prover, text, source);
    arguments_add(&words, "clang-format");
    arguments_add(&words, "--style=file:.clang-format");
    arguments_add(&words, "--dry-run");
    arguments_add(&words, "-Werror");
    arguments_add(&words, "%s", source);
    int status = error ? 0 : arguments_run(&words, &said, &said);
    if (!error)
        error = buffer_terminate(&said);
    const char *place = strstr(said.data ? said.data : "", source);
    snprintf(wanted, sizeof wanted, "%s %d", what, step);
    if (!error && status == 1)
        prover_complain(prover,
                        "%s is not as clang-format would have it: %s%.*s",
                        wanted, prover->lesson->source,
                        place ? (int)strcspn(place + strlen(source), " ") : 0,
                        place ? place + strlen(source) : "");
    arguments_deinit(&words);
    buffer_deinit(&said);
    return error;
}

/* The core to be replaced must exist, or the learner's file would be linked
 * beside all of the lab's. */
static bool has_its_core(struct prover *prover)
{
    const char **object = prover->lesson->core.objects;
    struct slice found;
    for (; *object; object++)
        if (!toolchain_named(prover->setup->race, "core", *object, &found)) {
            prover_complain(prover, "there is no core %s to be replaced",
                            *object);
            return false;
        }
    return true;
}

/* ---- starters ---- */

static void judge_starter(struct prover *prover, int step,
                          const struct findings *findings)
{
    const char *named = prover->lesson->steps[step].fails;
    bool failed_its_own = false;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        const char *test = finding->test ? finding->test : "";
        if (finding->verdict == VERDICT_NOT_COMPILING)
            prover_complain(prover, "starter %d does not compile:\n%s", step,
                            finding->message);
        else if (finding->verdict == VERDICT_HUNG)
            prover_complain(prover, "starter %d does not end: %s", step, test);
        else if (finding->verdict != VERDICT_PASSED &&
                 finding_step(finding) < step)
            prover_complain(prover,
                            "starter %d fails a test of an earlier step: %s",
                            step, test);
        if (finding_is_named(finding, named) &&
            finding->verdict != VERDICT_PASSED)
            failed_its_own = true;
    }
    if (!failed_its_own)
        prover_complain(prover, "starter %d does not fail %s", step, named);
}

static int prove_starter(struct prover *prover, int step, struct buffer *text)
{
    struct findings findings = {0};
    int error = text_of(prover, step, step - 1, text);
    if (!error)
        error = prover_collect(prover, buffer_slice(text),
                               &(struct selection){.step = step}, &findings);
    if (!error && !prover->setup->quick)
        error = prove_style(prover, "starter", step, buffer_slice(text));
    if (!error) {
        judge_warnings(prover, "starter", step, &findings);
        judge_starter(prover, step, &findings);
    }
    findings_deinit(&findings);
    prover->proof->starters++;
    return error;
}

/* ---- solutions ---- */

void prover_judge_right(struct prover *prover, const char *what,
                        const struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        if (finding->verdict != VERDICT_PASSED)
            prover_complain(prover, "%s: %s %s\n%s%s", what,
                            finding->test ? finding->test : "",
                            verdict_word(finding->verdict), finding->message,
                            finding->output ? finding->output : "");
    }
}

static int prove_solution(struct prover *prover, int step, struct buffer *text)
{
    char what[32];
    struct findings findings = {0};
    int error = text_of(prover, step, step, text);
    if (!error)
        error = prover_collect(prover, buffer_slice(text),
                               &(struct selection){.step = step}, &findings);
    if (!error && !prover->setup->quick)
        error = prove_style(prover, "solution", step, buffer_slice(text));
    if (!error)
        judge_warnings(prover, "solution", step, &findings);
    if (!error) {
        snprintf(what, sizeof what, "solution %d", step);
        prover_judge_right(prover, what, &findings);
    }
    findings_deinit(&findings);
    prover->proof->solutions++;
    return error;
}

/* ---- merges ---- */

static int prove_merge(struct prover *prover, int step)
{
    struct buffer base = {0}, mine = {0}, theirs = {0}, wanted = {0},
                  merged = {0};
    int conflicts = 0;
    int error = text_of(prover, step, step - 1, &base);
    if (!error)
        error = text_of(prover, step, step, &mine);
    if (!error)
        error = text_of(prover, step + 1, step - 1, &theirs);
    if (!error)
        error = text_of(prover, step + 1, step, &wanted);
    if (!error) {
        conflicts = merge_text(buffer_slice(&mine), buffer_slice(&base),
                               buffer_slice(&theirs), prover->setup->folder,
                               &merged, prover->why);
        error = conflicts < 0 ? conflicts : 0;
    }
    if (!error && conflicts)
        prover_complain(prover,
                        "solution %d does not merge into step %d: %d conflicts",
                        step, step + 1, conflicts);
    else if (!error &&
             !slice_equal(buffer_slice(&merged), buffer_slice(&wanted)))
        prover_complain(prover,
                        "solution %d merged into step %d is not its starter",
                        step, step + 1);
    buffer_deinit(&base);
    buffer_deinit(&mine);
    buffer_deinit(&theirs);
    buffer_deinit(&wanted);
    buffer_deinit(&merged);
    prover->proof->merges++;
    return error;
}

/* ---- the race ---- */

/* Pages by the program that was built from the full solution, all good? */
static void judge_race(struct prover *prover, const char *program)
{
    struct raced raced;
    race_try(prover->lesson, program, &raced);
    if (raced.pages != raced.asked)
        prover_complain(prover, "as a contestant it fetched %d of %d pages: %s",
                        raced.pages, raced.asked, raced.error);
    prover->proof->raced++;
}

static int prove_race(struct prover *prover, struct buffer *text)
{
    const struct lesson *lesson = prover->lesson;
    char source[PATH_MAX], folder[PATH_MAX - 16], program[PATH_MAX];
    struct buffer said = {0};
    if (!lesson_is_raced(lesson))
        return 0;
    snprintf(folder, sizeof folder, "%s/race", prover->setup->folder);
    int error = text_of(prover, lesson->count, lesson->count, text);
    if (!error)
        error = write_source(prover, buffer_slice(text), source);
    if (!error)
        error = build_race(prover->setup->race, lesson, source, folder, &said);
    if (error || said.size)
        prover_complain(prover, "as a contestant %s:\n%.*s",
                        error ? "it does not compile"
                              : "it compiles with warnings",
                        (int)said.size, said.data);
    snprintf(program, sizeof program, "%s/waitlab", folder);
    if (!error)
        judge_race(prover, program);
    buffer_deinit(&said);
    return error < 0 ? error : 0;
}

/* ---- all of it ---- */

int lesson_prove(const struct lesson *lesson, const struct proof_setup *setup,
                 struct proof *proof, struct buffer *why)
{
    struct prover prover = {lesson, setup, proof, why};
    struct buffer text = {0};
    int error = prove_layout(&prover);
    if (error || !has_its_core(&prover))
        return error;
    for (int step = 1; !error && step <= lesson->count; step++) {
        proof->steps++;
        if (!setup->again)
            error = prove_starter(&prover, step, &text);
        if (!error)
            error = prove_solution(&prover, step, &text);
        if (!error && step < lesson->count && !setup->quick && !setup->again)
            error = prove_merge(&prover, step);
    }
    if (!error && !setup->quick)
        error = text_of(&prover, lesson->count, lesson->count, &text);
    if (!error && !setup->quick)
        error = prover_prove_variants(&prover, buffer_slice(&text));
    if (!error && !setup->again)
        error = prove_race(&prover, &text);
    buffer_deinit(&text);
    return error;
}
