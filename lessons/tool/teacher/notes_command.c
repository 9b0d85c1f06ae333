/* SPDX-License-Identifier: MIT */
/* `notes E0`: for a teacher, what each step asks and answers, and which
 * mistakes are made in it. In Markdown: in lessons/E0/TEACHING.md it is a part
 * of the page. */
#include "lessons/tool/commands.h"

#include "lessons/tool/author/mutant.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"
#include "lessons/tool/tell/tell.h"
#include "lessons/tool/wrap.h"

#include <stdio.h>

enum { COLUMNS = 80 }; /* of the page, whatever the terminal has */

/* A paragraph, which is then empty. */
static void put_paragraph(struct buffer *paragraph, struct buffer *out)
{
    buffer_append(out, "\n", 1);
    wrap_buffer(out, paragraph, 0, COLUMNS);
    buffer_clear(paragraph);
}

/* An item of a list, `level` levels down. */
static void put_item(struct buffer *item, int level, struct buffer *out)
{
    size_t begin = out->size;
    wrap_buffer(out, item, 2 * level + 2, COLUMNS);
    if (out->size > begin + 2 * (size_t)level)
        out->data[begin + 2 * (size_t)level] = '-';
    buffer_clear(item);
}

static void put_step(const struct lesson *lesson, int number,
                     struct buffer *out)
{
    const struct step *step = &lesson->steps[number];
    struct buffer text = {0};
    buffer_print(out, "\n### %s.%d · %s\n", lesson->name, number, step->name);
    buffer_print(&text, "%d minutes%s. They write ", step->minutes,
                 step->spine ? "" : ", a stretch");
    for (const char **name = step->functions; *name; name++)
        buffer_print(&text, "`%s`%s", *name, name[1] ? ", " : ".");
    put_paragraph(&text, out);
    if (step->predict.question) {
        buffer_print(&text, "**Ask:** %s", step->predict.question);
        put_paragraph(&text, out);
        buffer_print(&text, "**Answer:** %s. %s", step->predict.answer,
                     step->predict.because ? step->predict.because : "");
        put_paragraph(&text, out);
    }
    buffer_lack(out, &text);
    buffer_deinit(&text);
}

/* Those that the test catches, below what it promises. */
static void put_mistakes(const struct mutants *mutants, const char *test,
                         struct buffer *out)
{
    struct buffer text = {0};
    buffer_append_text(&text, "*Promised: ");
    promise_tell(test, &text);
    buffer_append_text(&text, "*");
    put_item(&text, 0, out);
    for (size_t i = 0; i < mutants->count; i++) {
        const struct mutant *mutant = &mutants->list[i];
        if (strcmp(mutant->caught_by, test) != 0 || !mutant->reason)
            continue;
        buffer_print(&text, "%s%s", mutant->reason,
                     mutant->only ? " (seen with the thread sanitizer)" : "");
        put_item(&text, 1, out);
    }
    buffer_lack(out, &text);
    buffer_deinit(&text);
}

static bool is_first_of_its_test(const struct mutants *mutants, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (!strcmp(mutants->list[i].caught_by, mutants->list[index].caught_by))
            return false;
    return true;
}

static void put_mistakes_of_step(const struct mutants *mutants, int step,
                                 struct buffer *out)
{
    bool any = false;
    for (size_t i = 0; i < mutants->count; i++) {
        struct finding finding = {.test = mutants->list[i].caught_by};
        if (finding_step(&finding) != step || !is_first_of_its_test(mutants, i))
            continue;
        if (!any)
            buffer_append_text(out, "\nWhat the check says, and the mistake "
                                    "behind it:\n\n");
        any = true;
        put_mistakes(mutants, finding.test, out);
    }
}

static int print_notes(struct session *session)
{
    const struct lesson *lesson = session->lesson;
    struct mutants mutants;
    struct buffer text = {0}, why = {0};
    int status = mutants_load(&mutants, lesson->folder, &why) ? 1 : 0;
    if (status)
        style_complain(&why);
    for (int i = 1; i <= lesson->count && !status; i++)
        if (!session->names_step || i == session->step) {
            put_step(lesson, i, &text);
            put_mistakes_of_step(&mutants, i, &text);
        }
    if (!style_put(&text, stdout))
        status = 1;
    mutants_deinit(&mutants);
    buffer_deinit(&text);
    buffer_deinit(&why);
    return status;
}

int notes_main(const struct place *place, int argc, char **argv)
{
    if (argc != 2 || argv[1][0] == '-') {
        fputs("usage: ./lab notes LESSON, or a step of it, as E0 or E0.2\n",
              stderr);
        return 2;
    }
    return session_run(place, argc, argv, print_notes);
}
