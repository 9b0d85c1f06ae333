/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/room_guesses.h"

#include "lessons/tool/style.h"
#include "lessons/tool/teacher/play_page.h"
#include "lessons/tool/wrap.h"

#include <ctype.h>
#include <stdlib.h>

/* ---- which question ---- */

static int count_guesses(const struct room *room, const struct lesson *lesson,
                         int step)
{
    int count = 0;
    for (size_t i = 0; i < room->count; i++)
        count += laptop_guess(&room->laptops[i], lesson->name, step).size > 0;
    return count;
}

static int count_laptops(const struct room *room, const struct lesson *lesson,
                         int step)
{
    int count = 0;
    for (size_t i = 0; i < room->count; i++)
        count += !strcmp(room->laptops[i].lesson, lesson->name) &&
                 room->laptops[i].step == step;
    return count;
}

/* The one at which most laptops are; where none is, the last one. */
static int choose(const struct room_view *view, const struct lesson **lesson)
{
    int most = 0, chosen = 0;
    for (struct lesson **l = view->lessons; *l; l++)
        for (int step = 1; step <= (*l)->count; step++) {
            int count = count_laptops(view->room, *l, step);
            if (count >= most && count_guesses(view->room, *l, step)) {
                most = count;
                chosen = step;
                *lesson = *l;
            }
        }
    return chosen;
}

/* ---- what was answered ---- */

struct answer {
    struct slice text; /* as the first of them has it */
    int first;         /* which of the laptops that is */
    int count;
};

/* The next character that counts, or '\0': a row of spaces is one. */
static char next_letter(struct slice *text)
{
    if (!text->size)
        return '\0';
    char letter = text->data[0];
    size_t size = 1;
    while (letter == ' ' && size < text->size && text->data[size] == ' ')
        size++;
    *text = slice_behind(*text, size);
    return (char)tolower((unsigned char)letter);
}

static struct slice without_stop(struct slice text)
{
    text = slice_trim(text);
    while (text.size > 1 && strchr(".!", text.data[text.size - 1]))
        text.size--;
    return slice_trim(text);
}

static bool is_same(struct slice a, struct slice b)
{
    a = without_stop(a);
    b = without_stop(b);
    char letter;
    while ((letter = next_letter(&a)) == next_letter(&b))
        if (!letter)
            return true;
    return false;
}

static int collect(const struct room *room, const struct lesson *lesson,
                   int step, struct answer *answers)
{
    int count = 0;
    for (size_t i = 0; i < room->count; i++) {
        struct slice guess =
            laptop_guess(&room->laptops[i], lesson->name, step);
        int at = 0;
        if (!guess.size)
            continue;
        while (at < count && !is_same(answers[at].text, guess))
            at++;
        if (at == count)
            answers[count++] = (struct answer){.text = guess, .first = (int)i};
        answers[at].count++;
    }
    return count;
}

/* Between equals the order of laptops decides, which stays from look to look.
 */
static int compare(const void *left, const void *right)
{
    const struct answer *a = left, *b = right;
    if (a->count != b->count)
        return b->count - a->count;
    return a->first - b->first;
}

/* ---- the text ---- */

static void append_answer(struct buffer *text, int columns, int count, int most,
                          struct slice answer)
{
    enum { BAR = 20, AROUND = 6 };
    int length = most <= BAR ? count : (count * BAR + most - 1) / most;
    struct buffer rows = {0};
    page_append_rows(&rows, answer, columns - BAR - AROUND - 2);
    struct slice rest = buffer_slice(&rows), row = page_take_row(&rest);
    buffer_print(text, "  %3d ", count);
    for (int i = 0; i < BAR; i++)
        buffer_append_text(text, i < length ? "#" : " ");
    buffer_print(text, "  %.*s\n", (int)row.size, row.data);
    buffer_lack(text, &rows);
    buffer_deinit(&rows);
}

static void append_answers(const struct room_view *view,
                           const struct lesson *lesson, int step, int rows,
                           struct buffer *text)
{
    struct answer *answers = calloc(view->room->count, sizeof *answers);
    int others = 0;
    if (!answers) {
        buffer_append_text(text, "  out of memory\n");
        return;
    }
    int count = collect(view->room, lesson, step, answers);
    qsort(answers, (size_t)count, sizeof *answers, compare);
    for (int i = 0; i < count; i++)
        if (i < rows)
            append_answer(text, view->columns, answers[i].count,
                          answers[0].count, answers[i].text);
        else
            others += answers[i].count;
    if (others)
        buffer_print(text, "  %3d others\n", others);
    free(answers);
}

void room_append_guesses(const struct room_view *view, int rows,
                         struct buffer *text)
{
    const struct lesson *lesson = view->predicted;
    int step = lesson ? view->step : choose(view, &lesson);
    if (!step)
        return;
    struct buffer question = {0};
    int count = count_guesses(view->room, lesson, step);
    const char *asked = lesson->steps[step].predict.question;
    buffer_print(&question, "%s.%d, %d guess%s: %s", lesson->name, step, count,
                 count == 1 ? "" : "es",
                 asked ? asked : "there is no question");
    buffer_append(text, "\n", 1);
    buffer_append_text(text, style_on(STYLE_STRONG));
    wrap_buffer(text, &question, 0, view->columns);
    buffer_append_text(text, style_off());
    buffer_deinit(&question);
    if (count)
        append_answers(view, lesson, step, rows, text);
}
