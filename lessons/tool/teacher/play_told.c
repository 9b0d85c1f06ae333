/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/play_told.h"

#include "base/line.h"
#include "lessons/tool/style.h"
#include "lessons/tool/teacher/play_source.h"
#include "lessons/tool/wrap.h"

#include <errno.h>

static void append_paragraphs(struct buffer *text, struct slice told,
                              int columns)
{
    struct slice line;
    while (line_take(&told, &line)) {
        struct buffer paragraph = {0};
        buffer_append(&paragraph, line.data, line.size);
        wrap_buffer(text, &paragraph, 0, columns);
        buffer_append(text, "\n", 1);
        buffer_deinit(&paragraph);
    }
}

static void append_command(struct buffer *text, struct slice command,
                           const char *end)
{
    buffer_print(text, "%s$ ./lab %.*s%s%s\n", style_on(STYLE_STRONG),
                 (int)command.size, command.data, end, style_off());
}

void play_append_commands(struct buffer *text, const struct play_step *step)
{
    for (int i = 0; i < step->start_count; i++)
        append_command(text, step->starts[i], " &");
    if (step->command.size)
        append_command(text, step->command, "");
}

static void append_question(struct buffer *text, const char *question,
                            int columns)
{
    buffer_append_text(text, style_on(STYLE_STRONG));
    wrap_text(text, question, 0, columns);
    buffer_print(text, "%s\n", style_off());
}

void play_append_told(struct buffer *text, const struct lesson *lesson,
                      const struct play_step *step, int columns)
{
    append_paragraphs(text, buffer_slice(&step->told), columns);
    if (step->predict)
        append_question(text, lesson->steps[step->predict].predict.question,
                        columns);
    play_append_commands(text, step);
}

void play_append_source(struct buffer *text, const struct lesson *lesson,
                        const struct play_step *step)
{
    struct buffer why = {0};
    int error =
        step->source.size ? play_source(lesson, step->source, text, &why) : 0;
    struct slice reason = buffer_reason(&why);
    if (error)
        buffer_print(text, "The source cannot be shown: %.*s\n",
                     (int)reason.size, reason.data);
    if (error == -ENOMEM)
        buffer_starve(text);
    buffer_lack(text, &why);
    buffer_deinit(&why);
}
