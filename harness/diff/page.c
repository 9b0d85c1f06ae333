/* SPDX-License-Identifier: MIT */
#include "harness/diff/columns.h"

#include "base/text.h"

static const char style[] =
    "body { font-family: sans-serif; margin: 1em; }\n"
    "table { border-collapse: collapse; width: 100%; table-layout: fixed; }\n"
    "th, td { vertical-align: top; text-align: left; padding: 0 .7em; }\n"
    "td + td, th + th { border-left: 1px solid #999; }\n"
    "th.part { border-left: none; padding-top: 1em; "
    "border-bottom: 1px solid #999; }\n"
    "pre { font-size: .8em; white-space: pre-wrap; margin: .4em 0; }\n"
    "mark { background: #ffe9a8; color: inherit; }\n"
    "p { max-width: 50em; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  body { background: #181818; color: #ddd; }\n"
    "  mark { background: #554400; }\n"
    "}\n";

static void print_code(const struct hop_lines *lines, struct buffer *out)
{
    buffer_append_text(out, "<td><pre>");
    for (size_t i = 0; i < lines->count; i++) {
        const struct hop_line *line = &lines->list[i];
        buffer_append_text(out, line->waits ? "<mark>" : "");
        text_append_markup(out, line->text);
        buffer_append_text(out, line->waits ? "</mark>\n" : "\n");
    }
    buffer_append_text(out, "</pre></td>\n");
}

static void print_part(const struct column columns[2], int part,
                       struct buffer *out)
{
    const struct hop_lines *left = &columns[0].hops.parts[part];
    const struct hop_lines *right = &columns[1].hops.parts[part];
    if (!left->count && !right->count)
        return;
    buffer_print(
        out,
        "<tr><th class=\"part\" colspan=\"2\">%s (%zu and %zu lines)</th>"
        "</tr>\n<tr>\n",
        hop_part_names[part], hop_lines_count(left), hop_lines_count(right));
    print_code(left, out);
    print_code(right, out);
    buffer_append_text(out, "</tr>\n");
}

void columns_print_html(const struct column columns[2], bool all,
                        struct buffer *out)
{
    buffer_print(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
        "<meta charset=\"utf-8\">\n<title>%s and %s</title>\n"
        "<style>\n%s</style>\n</head>\n<body>\n"
        "<p>Two clients, part by part of a hop. Marked is where the "
        "program waits, or says what is called then.</p>\n<table>\n<tr>",
        columns[0].model, columns[1].model, style);
    for (int i = 0; i < 2; i++)
        buffer_print(out, "<th>%s<br><small>%s</small></th>", columns[i].model,
                     columns[i].files);
    buffer_append_text(out, "</tr>\n");
    for (int i = 0; i < HOP_PARTS; i++)
        if (i != HOP_REST || all)
            print_part(columns, i, out);
    buffer_append_text(out, "</table>\n</body>\n</html>\n");
}
