/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/play_script.h"

#include "base/ascii.h"
#include "base/line.h"
#include "lessons/tool/files.h"

#include <errno.h>
#include <stdio.h>

struct slice play_word(struct slice *text)
{
    *text = slice_trim(*text);
    size_t size = 0;
    while (size < text->size && text->data[size] != ' ' &&
           text->data[size] != '\t')
        size++;
    struct slice word = {text->data, size};
    *text = slice_behind(*text, size);
    return word;
}

/* ---- one line after another ---- */

struct reader {
    struct play *play;
    const struct lesson *lesson;
    struct buffer *why;
    int line;
    bool goes_on; /* the line before was told, too */
};

static int refuse(const struct reader *reader, const char *what)
{
    buffer_print(reader->why, "%s/" PLAY_FILE ":%d: %s", reader->lesson->name,
                 reader->line, what);
    return -EBADMSG;
}

static struct play_step *begin(struct reader *reader, struct slice title)
{
    struct play *play = reader->play;
    if (play->count == PLAY_STEPS_MAX)
        return NULL;
    struct play_step *step = &play->steps[play->count++];
    *step = (struct play_step){.line = reader->line, .title = title};
    return step;
}

/* What comes before the first heading makes a step of its own. */
static struct play_step *current(struct reader *reader)
{
    if (!reader->play->count)
        return begin(reader, slice_of(reader->lesson->title));
    return &reader->play->steps[reader->play->count - 1];
}

static int read_predict(struct reader *reader, struct play_step *step,
                        struct slice text)
{
    struct slice word = play_word(&text);
    uint64_t number = 0;
    if (ascii_take_decimal(&word, &number) || number < 1 ||
        number > (uint64_t)reader->lesson->count ||
        !reader->lesson->steps[number].predict.question)
        return refuse(reader, "the lesson has no such question to predict");
    step->predict = (int)number;
    return 0;
}

static int read_start(struct reader *reader, struct play_step *step,
                      struct slice text)
{
    if (!slice_equal(play_word(&text), slice_of("./lab")))
        return refuse(reader, "start is followed by ./lab and a command");
    if (step->start_count == PLAY_STARTS_MAX)
        return refuse(reader, "a step starts no more than three programs");
    step->starts[step->start_count++] = slice_trim(text);
    return 0;
}

static int read_action(struct reader *reader, struct slice text)
{
    struct play_step *step = current(reader);
    struct slice word = play_word(&text);
    bool predicts = slice_equal(word, slice_of("predict"));
    bool runs = slice_equal(word, slice_of("./lab"));
    if ((predicts || runs) && play_step_acts(step))
        return refuse(reader, "a step does one thing: begin another one with "
                              "## and its title");
    if (predicts)
        return read_predict(reader, step, text);
    if (slice_equal(word, slice_of("start")))
        return read_start(reader, step, text);
    if (runs)
        step->command = slice_trim(text);
    else if (slice_equal(word, slice_of("source")))
        step->source = slice_trim(text);
    else if (slice_equal(word, slice_of("open")))
        step->open = slice_trim(text);
    else
        return refuse(reader, "what is indented begins with predict, source, "
                              "start, open or ./lab");
    return 0;
}

static void read_told(struct reader *reader, struct slice line)
{
    struct buffer *told = &current(reader)->told;
    if (told->size)
        buffer_append_text(told, reader->goes_on ? " " : "\n");
    buffer_append(told, line.data, line.size);
}

/* A heading of the first order is the page's own. */
static int read_line(struct reader *reader, struct slice line)
{
    struct slice words = slice_trim(line);
    bool heads = line.size > 1 && line.data[0] == '#';
    bool indented = line.size > 4 && !memcmp(line.data, "    ", 4);
    bool told = words.size && !heads && !indented && line.data[0] != '\t';
    int error = 0;
    if (heads && line.data[1] == '#') {
        if (!begin(reader, slice_trim(slice_behind(line, 2))))
            error = refuse(reader, "these are more steps than a play can have");
    } else if (told) {
        read_told(reader, words);
    } else if (words.size && !heads) {
        error = read_action(reader, words);
    }
    reader->goes_on = told;
    return error;
}

/* Whichever end it has, LF or CRLF. */
static bool take_line(struct slice *rest, struct slice *line)
{
    if (!line_take(rest, line))
        return false;
    if (line->size && line->data[line->size - 1] == '\r')
        line->size--;
    return true;
}

static int read_all(struct reader *reader)
{
    struct slice rest = buffer_slice(&reader->play->text), line;
    int error = 0;
    while (!error && take_line(&rest, &line)) {
        reader->line++;
        error = read_line(reader, line);
    }
    if (!error && !reader->play->count)
        error = refuse(reader, "there is nothing in it");
    for (int i = 0; i < reader->play->count; i++)
        if (!error && buffer_lacks(&reader->play->steps[i].told))
            error = -ENOMEM;
    return error;
}

/* ---- the whole ---- */

static int parse(struct play *play, const struct lesson *lesson,
                 struct buffer *why)
{
    struct reader reader = {.play = play, .lesson = lesson, .why = why};
    int error = buffer_lacks(&play->text) ? -ENOMEM : read_all(&reader);
    if (error)
        play_deinit(play);
    return error;
}

int play_parse(struct play *play, const struct lesson *lesson,
               struct slice text, struct buffer *why)
{
    *play = (struct play){0};
    buffer_append(&play->text, text.data, text.size);
    return parse(play, lesson, why);
}

int play_load(struct play *play, const struct lesson *lesson,
              struct buffer *why)
{
    *play = (struct play){0};
    int error = file_read(&play->text, "%s/" PLAY_FILE, lesson->folder);
    if (!error)
        return parse(play, lesson, why);
    buffer_deinit(&play->text);
    if (error == -ENOENT)
        buffer_print(why, "lesson %s has no " PLAY_FILE " to be played",
                     lesson->name);
    else
        buffer_print(why, "%s/" PLAY_FILE ": %s", lesson->folder,
                     strerrordesc_np(-error));
    return error;
}

void play_deinit(struct play *play)
{
    for (int i = 0; i < play->count; i++)
        buffer_deinit(&play->steps[i].told);
    buffer_deinit(&play->text);
    play->count = 0;
}
