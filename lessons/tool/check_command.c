/* SPDX-License-Identifier: MIT */
/* `check`: builds the learner's file, runs all checks of the steps so far, and
 * tells. */
#include "lessons/tool/commands.h"

#include "lessons/tool/files.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"
#include "lessons/tool/verdict.h"

#include <stdio.h>
#include <stdlib.h>

static int passed_of(const struct findings *findings)
{
    int passed = 0;
    for (size_t i = 0; i < findings->count; i++)
        passed += findings->list[i].verdict == VERDICT_PASSED;
    return passed;
}

static void print_passed(const struct session *session,
                         const struct findings *findings)
{
    const struct lesson *lesson = session->lesson;
    printf("%sPassed%s: all %zu checks of the steps so far.\n",
           style_on(STYLE_GOOD), style_off(), findings->count);
    if (session->step < lesson->count)
        printf("\n  ./lab next        goes on to step %d, %s\n"
               "  ./lab diff        compares yours with ours\n",
               session->step + 1, lesson->steps[session->step + 1].name);
    else
        printf(
            "\nThat was the last step of %s. Its README says how to race what "
            "you have built.\n",
            lesson->name);
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
    buffer_deinit(&text);
}

static int report(struct session *session, const struct findings *findings)
{
    struct progress *progress = &session->progress;
    const char *name = session->lesson->name;
    const struct finding *bad = findings_first_bad(findings);
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

static int check(struct session *session)
{
    struct buffer why = {0};
    struct toolchain toolchain = {0};
    struct findings findings = {0};
    char folder[PATH_MAX];
    int status = 1;
    snprintf(folder, sizeof folder, "%s/.check", session->place->work);
    if (!file_exists("%s", session->file))
        buffer_print(&why, "%s is not there. ./lab start %s.%d writes it",
                     session->file, session->lesson->name, session->step);
    else if (!toolchain_load(&toolchain, session->place->build, &why) &&
             !findings_collect(&findings, &toolchain, session->lesson,
                               session->step, session->file, folder, &why))
        status = report(session, &findings);
    if (why.size)
        fprintf(stderr, "lab: %.*s\n", (int)why.size, why.data);
    findings_deinit(&findings);
    toolchain_deinit(&toolchain);
    buffer_deinit(&why);
    return status;
}

int check_main(const struct place *place, int argc, char **argv)
{
    return session_run(place, argc, argv, check);
}
