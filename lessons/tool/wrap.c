/* SPDX-License-Identifier: MIT */
#include "lessons/tool/wrap.h"

/* Characters, not bytes: those of UTF-8 that continue one do not count. */
static int width_of(const char *text, size_t size)
{
    int width = 0;
    for (size_t i = 0; i < size; i++)
        width += (text[i] & 0xc0) != 0x80;
    return width;
}

static void wrap_line(struct buffer *out, const char *line, size_t size,
                      int indent, int columns)
{
    const char *end = line + size;
    int column = 0;
    for (; line < end && *line == ' '; line++)
        indent++;
    while (line < end) {
        const char *space = memchr(line, ' ', (size_t)(end - line));
        size_t word = (size_t)((space ? space : end) - line);
        int width = width_of(line, word);
        if (column && column + 1 + width > columns) {
            buffer_append(out, "\n", 1);
            column = 0;
        }
        buffer_print(out, "%*s%.*s", column ? 1 : indent, "", (int)word, line);
        column += (column ? 1 : indent) + width;
        line += word + (space != NULL);
    }
    buffer_append(out, "\n", 1);
}

void wrap_text(struct buffer *out, const char *text, int indent, int columns)
{
    while (*text) {
        size_t size = strcspn(text, "\n");
        if (size)
            wrap_line(out, text, size, indent, columns);
        text += size + (text[size] == '\n');
    }
}

void wrap_buffer(struct buffer *out, struct buffer *text, int indent,
                 int columns)
{
    if (!buffer_terminate(text))
        wrap_text(out, text->data, indent, columns);
    buffer_lack(out, text);
}
