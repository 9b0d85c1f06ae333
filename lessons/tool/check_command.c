/* SPDX-License-Identifier: MIT */
/* `check`: builds the learner's file, runs all checks of the steps so far, and
 * tells. */
#include "lessons/tool/commands.h"

#include "lessons/tool/files.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"
#include "lessons/tool/verdict.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static int passed_of(const struct findings *findings)
{
    int passed = 0;
    for (size_t i = 0; i < findings->count; i++)
        passed += findings->list[i].verdict == VERDICT_PASSED;
    return passed;
}

/* Checks it as the build in `build` does, and goes about it in `folder` of the
 * learner's. */
static int collect_in(const struct session *session, const char *build,
                      const char *folder, struct findings *findings,
                      struct buffer *why)
{
    struct toolchain toolchain = {0};
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", session->place->work, folder);
    int error = toolchain_load(&toolchain, build, why);
    if (!error && !toolchain_is_built(&toolchain)) {
        error = -ENOENT;
        buffer_print(why, "%s is not built. Start it by ./lab", build);
    }
    if (!error)
        error = findings_collect(findings, &toolchain, session->lesson,
                                 &(struct selection){.step = session->step},
                                 session->file, path, why);
    toolchain_deinit(&toolchain);
    return error;
}

/* Once everything passes, a lesson about threads is checked again, under the
 * eyes of the thread sanitizer: its findings are those of the first time, or
 * more. What kept it from being so is in `half`. */
static int collect(const struct session *session, struct findings *findings,
                   struct buffer *half, struct buffer *why)
{
    const struct place *place = session->place;
    struct findings watched = {0};
    int error = collect_in(session, place->build, ".check", findings, why);
    if (error || !session->lesson->threads || findings_first_bad(findings))
        return error;
    if (collect_in(session, place->threads, ".check/threads", &watched, half)) {
        findings_deinit(&watched);
        return 0;
    }
    findings_deinit(findings);
    *findings = watched;
    return 0;
}

static void print_half(const struct buffer *half)
{
    struct buffer text = {0};
    buffer_print(&text,
                 "That was half of it: the checks have not run with the thread "
                 "sanitizer. %.*s",
                 (int)half->size, half->data);
    puts("");
    style_print(text.data, 0);
    buffer_deinit(&text);
}

/* What was written may be half right: a compiler sees some of that. */
static void print_warning(const struct session *session,
                          const struct findings *findings)
{
    struct buffer text = {0};
    if (findings->said.size)
        warning_tell(findings->said.data, session->file, style_columns(),
                     &text);
    printf("%.*s", (int)text.size, text.data);
    buffer_deinit(&text);
}

static void print_passed(const struct session *session,
                         const struct findings *findings)
{
    const struct lesson *lesson = session->lesson;
    printf("%sPassed%s: all %zu checks of the steps so far.\n",
           style_on(STYLE_GOOD), style_off(), findings->count);
    if (session->step < lesson->count)
        printf("\n  ./lab next        goes on to step %d, %s\n",
               session->step + 1, lesson->steps[session->step + 1].name);
    else
        printf("\nThat was the last step of %s.\n\n", lesson->name);
    if (session->step == lesson->count && lesson_is_raced(lesson))
        printf("  ./lab race --mine %s    what have you gained?\n",
               lesson->name);
    printf("  ./lab diff %scompares yours with ours\n",
           session->step == lesson->count ? "             " : "       ");
    print_warning(session, findings);
}

static void print_bad(const struct session *session,
                      const struct findings *findings,
                      const struct finding *bad)
{
    struct buffer text = {0};
    finding_tell(bad, session->lesson, session->file, style_columns(), &text);
    const char *end = memchr(text.data, '\n', text.size);
    int head = end ? (int)(end - text.data) : (int)text.size;
    printf("%s%.*s%s%.*s", style_on(STYLE_BAD), head, text.data, style_off(),
           (int)text.size - head, text.data + head);
    if (bad->test)
        printf("\n%d of %zu checks pass.  ./lab hint\n", passed_of(findings),
               findings->count);
    if (bad->verdict != VERDICT_NOT_WRITTEN)
        print_warning(session, findings);
    buffer_deinit(&text);
}

static int report(struct session *session, const struct findings *findings)
{
    struct progress *progress = &session->progress;
    const char *name = session->lesson->name;
    const struct finding *bad = findings_to_tell(findings, session->step);
    printf("%s.%d  %s\n\n", name, session->step,
           session->lesson->steps[session->step].name);
    if (bad) {
        print_bad(session, findings, bad);
        return 1;
    }
    print_passed(session, findings);
    if (!progress_count(progress, "passed", name, session->step))
        progress_note(progress, "passed", name, session->step, NULL);
    return session_save(session) ? 1 : 0;
}

/* A file that is further than the step that is meant is checked as what it is:
 * there is nothing in it that could stand in for the later steps. */
static void go_where_the_file_is(struct session *session)
{
    struct buffer text = {0};
    int step = 0;
    if (!file_read(&text, "%s", session->file) && !buffer_append(&text, "", 1))
        step = lesson_step_of_text(session->lesson, text.data);
    if (step > session->step)
        session->step = step;
    buffer_deinit(&text);
}

static int check(struct session *session)
{
    struct buffer why = {0}, half = {0};
    struct findings findings = {0};
    int status = 1;
    go_where_the_file_is(session);
    if (!file_exists("%s", session->file))
        buffer_print(&why, "%s is not there. ./lab start %s.%d writes it",
                     session->file, session->lesson->name, session->step);
    else if (!collect(session, &findings, &half, &why))
        status = report(session, &findings);
    if (half.size)
        print_half(&half);
    if (why.size)
        style_complain(&why);
    findings_deinit(&findings);
    buffer_deinit(&half);
    buffer_deinit(&why);
    return status;
}

int check_main(const struct place *place, int argc, char **argv)
{
    return session_run(place, argc, argv, check);
}
