/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdbool.h>

/* What the first byte of a character says: how many bytes there are, and the
 * smallest number that needs as many. */
struct lead {
    size_t size;
    uint32_t bits, least;
};

static struct lead lead_of(unsigned char byte)
{
    if (byte < 0x80)
        return (struct lead){1, byte, 0};
    if (byte >= 0xC0 && byte < 0xE0)
        return (struct lead){2, byte & 0x1Fu, 0x80};
    if (byte >= 0xE0 && byte < 0xF0)
        return (struct lead){3, byte & 0x0Fu, 0x800};
    if (byte >= 0xF0 && byte < 0xF8)
        return (struct lead){4, byte & 0x07u, 0x10000};
    return (struct lead){0, 0, 0};
}

size_t text_character(struct slice text, uint32_t *point)
{
    struct lead lead = lead_of((unsigned char)text.data[0]);
    if (lead.size > text.size)
        return 0;
    for (size_t i = 1; i < lead.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if ((byte & 0xC0) != 0x80)
            return 0;
        lead.bits = lead.bits << 6 | (byte & 0x3Fu);
    }
    bool surrogate = lead.bits >= 0xD800 && lead.bits <= 0xDFFF;
    if (lead.bits < lead.least || lead.bits > 0x10FFFF || surrogate)
        return 0;
    *point = lead.bits;
    return lead.size;
}

/* U+FFFD, for a byte that belongs to no character. */
static const char replacement[] = "\xEF\xBF\xBD";

int text_append_utf8(struct buffer *out, struct slice text)
{
    int error = 0;
    while (!error && text.size > 0) {
        uint32_t point;
        size_t size = text_character(text, &point);
        error = size ? buffer_append(out, text.data, size)
                     : buffer_append_text(out, replacement);
        text.data += size ? size : 1;
        text.size -= size ? size : 1;
    }
    return error;
}

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

bool text_is_control(uint32_t point)
{
    static const struct range controls[] = {{0x00, 0x1F},     {0x7F, 0x9F},
                                            {0x061C, 0x061C}, {0x200E, 0x200F},
                                            {0x202A, 0x202E}, {0x2066, 0x2069}};
    return is_in(controls, sizeof controls / sizeof *controls, point);
}

int text_columns(uint32_t point)
{
    static const struct range marks[] = {
        {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},
        {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF},
        {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
    static const struct range wide[] = {
        {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x4DBF},
        {0x4E00, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
        {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
    if (is_in(marks, sizeof marks / sizeof *marks, point))
        return 0;
    return is_in(wide, sizeof wide / sizeof *wide, point) ? 2 : 1;
}

static int append_escaped(struct buffer *out, const char *bytes, size_t size)
{
    int error = 0;
    for (size_t i = 0; !error && i < size; i++)
        error = buffer_print(out, "\\x%02x", (unsigned char)bytes[i]);
    return error;
}

int text_append_printable(struct buffer *out, struct slice text,
                          const char *kept)
{
    int error = 0;
    while (!error && text.size > 0) {
        uint32_t point = 0;
        size_t size = text_character(text, &point);
        bool keep = size == 1 && point && strchr(kept, text.data[0]);
        size_t step = size ? size : 1;
        error = keep || (size && !text_is_control(point))
                    ? buffer_append(out, text.data, step)
                    : append_escaped(out, text.data, step);
        text.data += step;
        text.size -= step;
    }
    return error;
}

/* What is written in place of this character; NULL: the character itself. */
static const char *markup_for(uint32_t point)
{
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
    case '\t':
        return NULL;
    default:
        return point < 0x20 || point == 0xFFFE || point == 0xFFFF ? replacement
                                                                  : NULL;
    }
}

int text_append_markup(struct buffer *out, struct slice text)
{
    int error = 0;
    while (!error && text.size > 0) {
        uint32_t point = 0;
        size_t size = text_character(text, &point);
        const char *other = size ? markup_for(point) : replacement;
        size_t step = size ? size : 1;
        error = other ? buffer_append_text(out, other)
                      : buffer_append(out, text.data, step);
        text.data += step;
        text.size -= step;
    }
    return error;
}
