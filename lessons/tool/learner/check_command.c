/* SPDX-License-Identifier: MIT */
/* `check`: builds the learner's file, runs all checks of the steps so far, or
 * the one that is named, and tells. */
#include "lessons/tool/learner/check.h"

#include "base/line.h"
#include "base/whole_file.h"
#include "lessons/tool/commands.h"
#include "lessons/tool/files.h"
#include "lessons/tool/learner/check_report.h"
#include "lessons/tool/learner/own_file.h"
#include "lessons/tool/program/scratch.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"
#include "lessons/tool/tell/tell.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What is checked. */
struct checking {
    struct session *session;
    const char *only;     /* the test of this name; NULL: all so far */
    int asked_for;        /* the step, before the file was looked at */
    bool quietly;         /* what has passed is not told */
    const char *progress; /* a file that says how far it is; NULL: none */
    const char *junit, *gradescope; /* files to be written; NULL: none */
};

/* Checks it as the build in `build` does, and goes about it in `folder`. */
static int collect_in(const struct checking *checking, const char *build,
                      const char *folder, struct findings *findings,
                      struct buffer *why)
{
    const struct session *session = checking->session;
    /* A report has to say of each step what it is worth. */
    const struct selection selection = {
        .step = session->step,
        .only = checking->only,
        .progress = checking->progress,
        .promptly = !checking->junit && !checking->gradescope,
    };
    struct toolchain toolchain = {0};
    int error = toolchain_load(&toolchain, build, why);
    if (!error && !toolchain_is_built(&toolchain)) {
        error = -ENOENT;
        buffer_print(why, "%s is not built. Start it by ./lab", build);
    }
    if (!error)
        error = findings_collect(findings, &toolchain, session->lesson,
                                 &selection, session->file, folder, why);
    toolchain_deinit(&toolchain);
    return error;
}

/* Once everything passes, a lesson about threads is checked again, under the
 * eyes of the thread sanitizer: its findings are those of the first time, or
 * more. What kept it from being so is in `half`. */
static int collect_twice(const struct checking *checking, const char *folder,
                         struct findings *findings, struct buffer *half,
                         struct buffer *why)
{
    const struct place *place = checking->session->place;
    struct findings watched = {0};
    char threads[PATH_MAX];
    snprintf(threads, sizeof threads, "%s/threads", folder);
    int error = collect_in(checking, place->build, folder, findings, why);
    if (error || !checking->session->lesson->threads ||
        findings_first_bad(findings))
        return error;
    if (collect_in(checking, place->threads, threads, &watched, half)) {
        findings_deinit(&watched);
        return 0;
    }
    findings_deinit(findings);
    *findings = watched;
    return 0;
}

static int collect(const struct checking *checking, struct findings *findings,
                   struct buffer *half, struct buffer *why)
{
    struct scratch scratch;
    int error = scratch_take(&scratch, checking->session->place->work, why);
    if (error)
        return error;
    error = collect_twice(checking, scratch.folder, findings, half, why);
    scratch_leave(&scratch);
    return error;
}

static void print_half(const struct buffer *half)
{
    struct buffer text = {0};
    buffer_print(&text,
                 "That was half of it: the checks have not run with the thread "
                 "sanitizer. %.*s",
                 (int)half->size, half->data);
    puts("");
    if (!buffer_lacks(half) && !buffer_terminate(&text))
        style_print(text.data, 0);
    else
        style_complain(half);
    buffer_deinit(&text);
}

/* Prints the compiler's warnings, for code that may be half right. False: there
 * was no memory for it. */
static bool print_warning(const struct session *session,
                          const struct findings *findings)
{
    struct buffer text = {0};
    if (findings->said.size)
        warning_tell(findings->said.data, session->file, style_columns(),
                     &text);
    bool whole = style_put(&text, stdout);
    buffer_deinit(&text);
    return whole;
}

/* After the last step: what can be done with the learner's code. */
static void print_what_is_left(const struct lesson *lesson)
{
    if (lesson_is_raced(lesson))
        printf("  ./lab race --mine %s\n      what have you gained?\n",
               lesson->name);
    if (lesson_has_core(lesson))
        printf("  ./lab timeline --mine %s --versus %s\n"
               "      draws what yours did beside ours, as a page\n",
               lesson->name, lesson_contestant(lesson));
    puts("  ./lab diff\n      compares yours with ours");
}

static bool print_passed(const struct session *session,
                         const struct findings *findings)
{
    const struct lesson *lesson = session->lesson;
    printf("%sPassed%s: ", style_on(STYLE_GOOD), style_off());
    if (findings->count == 1)
        puts("the check of the steps so far.");
    else
        printf("all %zu checks of the steps so far.\n", findings->count);
    if (session->step < lesson->count) {
        printf("\n  ./lab next        goes on to step %d, %s\n"
               "  ./lab diff        compares yours with ours\n",
               session->step + 1, lesson->steps[session->step + 1].name);
    } else {
        printf("\nThat was the last step of %s.\n\n", lesson->name);
        print_what_is_left(lesson);
    }
    return print_warning(session, findings);
}

/* Prints how far the learner is. No test of what was not written counts as
 * passed. */
static void print_count(const struct findings *findings)
{
    size_t left = findings->wanted - findings->count;
    printf("\n%zu of %zu checks pass", findings_passed(findings),
           findings->wanted);
    if (findings->wanted > findings->count)
        printf("; %zu %s not run after this", left, left == 1 ? "was" : "were");
    puts(".  ./lab hint");
}

static void print_bad(const struct session *session,
                      const struct findings *findings,
                      const struct finding *bad)
{
    struct buffer text = {0};
    finding_tell(bad, session->lesson, session->file, style_columns(), &text);
    struct slice rest = buffer_slice(&text), head = {"", 0};
    if (line_take(&rest, &head))
        printf("%s%.*s%s\n%.*s", style_on(STYLE_BAD), (int)head.size, head.data,
               style_off(), (int)rest.size, rest.data);
    if (buffer_lacks(&text))
        fputs("lab: out of memory: some of this is missing\n", stderr);
    if (bad->verdict != VERDICT_NOT_WRITTEN && bad->test)
        print_count(findings);
    else
        puts("\n./lab hint");
    if (bad->verdict != VERDICT_NOT_WRITTEN)
        print_warning(session, findings);
    buffer_deinit(&text);
}

static void print_head(const struct checking *checking)
{
    const struct session *session = checking->session;
    const char *name = session->lesson->name;
    int step = session->step;
    printf("%s.%d  %s\n\n", name, step, session->lesson->steps[step].name);
    if (step == checking->asked_for)
        return;
    printf("Your file is at step %d, and so that is what is checked.\n", step);
    if (step < checking->asked_for)
        printf("What step %d brings is not in it: ./lab next brings it.\n",
               step + 1);
    puts("");
}

static int note_passed(struct session *session)
{
    struct progress *progress = &session->progress;
    const char *name = session->lesson->name;
    if (!progress_count(progress, "passed", name, session->step))
        progress_note(progress, "passed", name, session->step, NULL);
    return session_save(session) ? 1 : 0;
}

/* A learner who asks for one test wants to see all that it prints, also when it
 * passes: for some tests this is a picture of the learner's code. */
static void print_picture(struct finding *finding)
{
    if (!finding->output || !finding->output[0])
        return;
    printf("%s\n", finding->output);
    finding->output[0] = '\0';
}

static int report(const struct checking *checking,
                  const struct findings *findings)
{
    struct session *session = checking->session;
    const struct finding *bad = findings_to_tell(findings, session->step);
    if (bad || !checking->quietly)
        print_head(checking);
    if (checking->only && findings->count == 1)
        print_picture(&findings->list[0]);
    if (bad) {
        print_bad(session, findings, bad);
        return 1;
    }
    if (checking->only) {
        printf("%sPassed%s: %s\n", style_on(STYLE_GOOD), style_off(),
               checking->only);
        return 0;
    }
    bool whole = checking->quietly || print_passed(session, findings);
    int error = note_passed(session);
    return whole ? error : 1;
}

/* Checks the file as the step that is in it. If it is further than the chosen
 * step, nothing in it could replace the later steps; if it is behind, an editor
 * has saved an old text and undone what `next` brought. 0, or a negative
 * errno after saying so. */
static int go_where_the_file_is(struct session *session)
{
    int step = own_file_step(session);
    if (step > 0)
        session->step = step;
    return step < 0 ? step : 0;
}

/* ---- reports ---- */

/* The exit code where a report could not be written. That is not a verdict: 1
 * is what a program that marks takes for one. */
enum { NO_REPORT = 3 };

static int complain_of_report(const char *path, int error)
{
    const char *reason = error == -ENOENT ? "there is no such folder"
                         : error == -EEXIST
                             ? "it is not a file, but a device or a pipe"
                             : strerrordesc_np(-error);
    fprintf(stderr, "lab: the report %s cannot be written: %s\n", path, reason);
    return NO_REPORT;
}

/* Checked first, because a check takes long, and a missing folder may be a
 * misspelt one. */
static int try_report(const char *path)
{
    int error = path ? whole_file_try(path) : 0;
    return error ? complain_of_report(path, error) : 0;
}

static int try_reports(const struct checking *checking)
{
    int status = try_report(checking->junit);
    return status ? status : try_report(checking->gradescope);
}

static int write_report(const struct checked *checked, const char *path,
                        int (*write)(const struct checked *, struct buffer *))
{
    struct buffer text = {0};
    int error = path ? write(checked, &text) : 0;
    if (path && !error)
        error = whole_file_write(path, buffer_slice(&text), WHOLE_FILE_WRITTEN);
    buffer_deinit(&text);
    return error ? complain_of_report(path, error) : 0;
}

/* 0, or NO_REPORT after saying which is missing. */
static int write_reports(const struct checking *checking,
                         const struct findings *findings)
{
    const struct session *session = checking->session;
    const struct checked checked = {session->lesson, session->step,
                                    session->file, findings};
    int status = write_report(&checked, checking->junit, check_report_junit);
    int other =
        write_report(&checked, checking->gradescope, check_report_gradescope);
    return status ? status : other;
}

/* ---- all of it ---- */

static int check(struct checking *checking)
{
    struct session *session = checking->session;
    struct buffer why = {0}, half = {0};
    struct findings findings = {0};
    int error = -ENOENT, status = try_reports(checking);
    if (status)
        return status;
    checking->asked_for = session->step;
    if (go_where_the_file_is(session))
        return 1;
    if (!file_exists("%s", session->file))
        buffer_print(&why, "%s is not there. ./lab start %s.%d writes it",
                     session->file, session->lesson->name, session->step);
    else
        error = collect(checking, &findings, &half, &why);
    if (!error) {
        int lost = write_reports(checking, &findings);
        status = report(checking, &findings);
        status = lost ? lost : status;
    }
    if (half.size || buffer_lacks(&half))
        print_half(&half);
    if (error)
        style_complain(&why);
    findings_deinit(&findings);
    buffer_deinit(&half);
    buffer_deinit(&why);
    return error ? 1 : status;
}

int check_quietly(struct session *session)
{
    return check(&(struct checking){.session = session, .quietly = true});
}

static int usage(void)
{
    fputs("usage: ./lab check [STEP | TEST] [--junit FILE] "
          "[--gradescope FILE]\n"
          "Exit code: 0 passed, 1 not, 2 no such step, 3 FILE cannot be "
          "written.\n",
          stderr);
    return 2;
}

/* A test is named as in "Step1.ConnectOnlyBegins". */
static int check_named(struct checking *checking, const char *name)
{
    bool is_test = name && !strncmp(name, "Step", 4);
    if (is_test)
        checking->only = name;
    return session_choose(checking->session, is_test ? NULL : name)
               ? 2
               : check(checking);
}

int check_main(const struct place *place, int argc, char **argv)
{
    char junit[PATH_MAX], gradescope[PATH_MAX];
    struct session session;
    struct checking checking = {.session = &session};
    const char *name = NULL;
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--junit") && i + 1 < argc)
            checking.junit = place_path(place, argv[++i], junit);
        else if (!strcmp(argv[i], "--progress") && i + 1 < argc)
            checking.progress = argv[++i]; /* of `learn` */
        else if (!strcmp(argv[i], "--gradescope") && i + 1 < argc)
            checking.gradescope = place_path(place, argv[++i], gradescope);
        else if (name || argv[i][0] == '-')
            return usage();
        else
            name = argv[i];
    if (session_open(&session, place))
        return 1;
    int status = check_named(&checking, name);
    session_close(&session);
    return status;
}
