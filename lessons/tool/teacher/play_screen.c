/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/play_screen.h"

#include "lessons/tool/style.h"
#include "lessons/tool/teacher/play_page.h"

#include <stdio.h>

/* How much room a text beside another has at least, and how much is between
 * them. */
enum { TEXT_MIN = 60, GAP = 3, BESIDE_MAX = 84 };

/* Title, a row that is empty, and the keys. */
enum { ROWS_AROUND = 3 };

int play_screen_rows(void)
{
    return style_rows() - ROWS_AROUND;
}

/* The longest line, with a gap; 0 when there is no room for it. */
static int beside_columns(struct slice beside)
{
    int widest = 0;
    while (beside.size) {
        int width = page_width(page_take_row(&beside));
        widest = width > widest ? width : widest;
    }
    widest = widest > BESIDE_MAX ? BESIDE_MAX : widest;
    return widest && style_columns() >= widest + GAP + TEXT_MIN ? widest + GAP
                                                                : 0;
}

int play_screen_columns(struct slice beside)
{
    return style_columns() - beside_columns(beside);
}

/* ---- its parts ---- */

static void add_title(struct buffer *frame, const struct play_view *view)
{
    char right[96];
    snprintf(right, sizeof right, "%s%s%d of %d", view->note ? view->note : "",
             view->note ? "   " : "", view->step, view->steps);
    int room = style_columns() - (int)strlen(right) - 2;
    int left = (int)strlen(view->lesson) + 2 + page_width(view->title);
    int size = (int)view->title.size;
    if (left > room)
        size -= left - room < size ? left - room : size;
    buffer_print(frame, "%s%s  %.*s%s%*s%s%s%s\033[K\n\033[K\n",
                 style_on(STYLE_STRONG), view->lesson, size, view->title.data,
                 style_off(), left < room ? room - left + 2 : 2, "",
                 style_on(STYLE_QUIET), right, style_off());
}

static void add_row(struct buffer *frame, struct slice row)
{
    buffer_append(frame, row.data, row.size);
    buffer_append_text(frame, style_off());
}

static struct slice behind_rows(const struct buffer *text, int rows)
{
    struct slice rest = buffer_slice(text);
    while (rows-- > 0)
        page_take_row(&rest);
    return rest;
}

/* Both texts, row by row. */
static int add_texts(struct buffer *frame, const struct play_view *view)
{
    struct buffer text = {0}, beside = {0};
    int left = beside_columns(view->beside), rows = play_screen_rows();
    int count = page_append_rows(&text, view->text, style_columns() - left);
    if (left)
        page_append_rows(&beside, view->beside, left - GAP);
    struct slice rest = behind_rows(&text, view->top);
    struct slice rest_left = behind_rows(&beside, view->beside_top);
    for (int i = 0; i < rows; i++) {
        struct slice row = page_take_row(&rest_left);
        if (left) {
            add_row(frame, row);
            buffer_print(frame, "%*s", left - page_width(row), "");
        }
        add_row(frame, page_take_row(&rest));
        buffer_append_text(frame, "\033[K\n");
    }
    buffer_lack(frame, &text);
    buffer_lack(frame, &beside);
    buffer_deinit(&text);
    buffer_deinit(&beside);
    return count - view->top > rows ? count - view->top - rows : 0;
}

/* As many keys as a row has room for. */
static void add_keys(struct buffer *frame, const struct play_view *view,
                     int below)
{
    const struct {
        const char *key, *does;
    } keys[] = {{"space", below ? "more" : view->space},
                {"b", "back"},
                {"q", "quit"},
                {"?", "help"},
                {"r", "again"},
                {"s", "source"}};
    int room = style_columns();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        room -= (int)(strlen(keys[i].key) + strlen(keys[i].does)) + 4;
        if (room >= 0)
            buffer_print(frame, "%s%s%s %s   ", style_on(STYLE_STRONG),
                         keys[i].key, style_off(), keys[i].does);
    }
    buffer_append_text(frame, "\033[K");
}

int play_screen_draw(const struct play_view *view)
{
    struct buffer frame = {0};
    buffer_append_text(&frame, "\033[H");
    add_title(&frame, view);
    int below = add_texts(&frame, view);
    add_keys(&frame, view, below);
    buffer_append_text(&frame, "\033[J");
    (void)style_put(&frame, stdout);
    fflush(stdout);
    buffer_deinit(&frame);
    return below;
}
