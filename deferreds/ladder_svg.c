/* SPDX-License-Identifier: MIT */
/* The same picture as a document that can be projected: boxes for functions,
 * and a line that goes down in the lane where the outcome is. */
#include "deferreds/ladder.h"

#include "base/text.h"

enum {
    LINE = 30,
    LEFT = 60,
    COLUMN = 260,
    BOX = 220,
    INDENT = 30,
    WIDTH = 720
};

static const char *const colours[] = {"#1a7f37", "#c62828"}; /* by lane */

static void write_text(int x, int y, const char *style, const char *text,
                       struct buffer *out)
{
    buffer_print(out, "<text x=\"%d\" y=\"%d\" %s>", x, y, style);
    text_append_markup(out, slice_of(text));
    buffer_append_text(out, "</text>\n");
}

/* Draws the lane that the outcome takes past this line. */
static void draw_lane(int x, int y, bool failed, struct buffer *out)
{
    buffer_print(out,
                 "<path d=\"M%d %dv%d\" stroke=\"%s\" stroke-width=\"3\"/>\n",
                 x + 12, y, LINE, colours[failed]);
}

static void draw_box(const struct ladder_line *line, int x, int y, bool right,
                     struct buffer *out)
{
    const char *name = right ? line->right : line->left;
    bool taken = line->passed && line->known && line->failed == right;
    if (!*name) {
        if (taken)
            draw_lane(x, y, right, out);
        return;
    }
    buffer_print(out,
                 "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" "
                 "fill=\"%s\" stroke=\"%s\"/>\n",
                 x, y + 2, BOX, LINE - 4, taken ? colours[right] : "white",
                 taken ? colours[right] : "#888");
    write_text(x + 8, y + 20,
               taken          ? "fill=\"white\""
               : line->passed ? "fill=\"#888\""
                              : "",
               name, out);
}

static void draw_rung(const struct ladder_line *line, int x, int y,
                      struct buffer *out)
{
    char number[16];
    snprintf(number, sizeof number, "%u", line->number);
    write_text(x - 30, y + 20, "fill=\"#888\"", number, out);
    draw_box(line, x, y, false, out);
    draw_box(line, x + COLUMN, y, true, out);
}

static void draw_value(const struct ladder_line *line, int x, int y,
                       struct buffer *out)
{
    x += line->failed ? COLUMN : 0;
    draw_lane(x, y, line->failed, out);
    write_text(x + 24, y + 20, line->failed ? "fill=\"#c62828\"" : "",
               line->left, out);
}

static void draw_line(const struct ladder_line *line, int y, struct buffer *out)
{
    int x = LEFT + (int)line->depth * INDENT;
    switch (line->kind) {
    case LADDER_TITLE:
        write_text(x - 30, y + 20, "font-weight=\"bold\"", line->left, out);
        break;
    case LADDER_HEAD:
        write_text(x, y + 20, "fill=\"#888\"", "callbacks", out);
        write_text(x + COLUMN, y + 20, "fill=\"#888\"", "errbacks", out);
        break;
    case LADDER_VALUE:
        draw_value(line, x, y, out);
        break;
    case LADDER_RUNG:
        draw_rung(line, x, y, out);
        break;
    case LADDER_NOTE:
        write_text(x, y + 20, "font-style=\"italic\"", line->left, out);
        break;
    }
}

void ladder_svg(const struct ladder *ladder, struct buffer *out)
{
    int height = (int)(ladder->count + 1) * LINE;
    buffer_print(out,
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
                 "height=\"%d\" font-family=\"monospace\" font-size=\"14\">\n"
                 "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
                 WIDTH, height);
    for (size_t i = 0; i < ladder->count; i++)
        draw_line(&ladder->lines[i], (int)i * LINE + LINE / 2, out);
    if (ladder->short_of_memory)
        write_text(LEFT, height - LINE / 3, "fill=\"#c62828\"",
                   "there is no memory to draw the rest", out);
    buffer_append_text(out, "</svg>\n");
}
