/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/play_check.h"

#include "base/ascii.h"
#include "harness/floors/floors.h"
#include "harness/models.h"
#include "lessons/tool/files.h"
#include "lessons/tool/teacher/play_source.h"

#include <ctype.h>
#include <stdio.h>

struct look {
    const struct session *session;
    const struct lesson *lesson;
    const struct play_step *step;
    struct buffer *why;
    int missing;
};

static void miss(struct look *look, const char *what, struct slice name)
{
    buffer_print(look->why, "%s/" PLAY_FILE ":%d: %s%.*s\n", look->lesson->name,
                 look->step->line, what, (int)name.size, name.data);
    look->missing++;
}

/* ---- what the commands name ---- */

/* A2's program is talks/A/A02-NAME.c. */
static bool find_talk(struct slice row, struct buffer *text)
{
    char folder[16], begins[32], letter[2] = {0};
    struct slice digits = slice_behind(row, 1);
    uint64_t number;
    struct file_list files;
    bool found = false;
    if (row.size < 2 || row.size > 3 || !isalpha((unsigned char)row.data[0]) ||
        ascii_take_decimal(&digits, &number) || digits.size)
        return false;
    letter[0] = (char)toupper((unsigned char)row.data[0]);
    snprintf(folder, sizeof folder, "talks/%s", letter);
    snprintf(begins, sizeof begins, "/%s%02d-", letter, (int)number);
    if (file_list_init(&files, folder, ".c"))
        return false;
    for (size_t i = 0; !found && i < files.count; i++)
        found = strstr(files.paths[i], begins) &&
                !file_read(text, "%s", files.paths[i]) &&
                !buffer_terminate(text);
    file_list_deinit(&files);
    return found;
}

static void look_at_talk(struct look *look, struct slice words)
{
    struct buffer text = {0};
    struct slice row = play_word(&words), option = play_word(&words);
    if (!find_talk(row, &text))
        miss(look, "no program of the talks has the row ", row);
    else if (slice_equal(option, slice_of("--draw")) &&
             !strstr(text.data, "See --draw"))
        miss(look, "nothing can be drawn of the row ", row);
    else if (option.size && !slice_equal(option, slice_of("--draw")) &&
             !slice_equal(option, slice_of("--source")))
        miss(look, "a talk that is played has no option ", option);
    buffer_deinit(&text);
}

static void look_at_wrong(struct look *look, struct slice words)
{
    struct slice name = play_word(&words);
    bool found = false;
    for (struct lesson **lesson = look->session->lessons; *lesson; lesson++)
        found = found || file_exists("%s/wrong/%.*s.c", (*lesson)->folder,
                                     (int)name.size, name.data);
    if (!name.size || !found)
        miss(look, "no mistake is called ", name);
}

static void look_at_model(struct look *look, struct slice name)
{
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)name.size, name.data);
    if (name.size >= sizeof text ||
        (!models_find(text) && !floors_find(text) && strcmp(text, "all") != 0))
        miss(look, "no model is called ", name);
}

/* A,B,C. */
static void look_at_models(struct look *look, struct slice names)
{
    for (;;) {
        const char *comma =
            names.size ? memchr(names.data, ',', names.size) : NULL;
        size_t size = comma ? (size_t)(comma - names.data) : names.size;
        look_at_model(look, (struct slice){names.data, size});
        if (!comma)
            return;
        names = slice_behind(names, size + 1);
    }
}

static bool names_models(struct slice option)
{
    return slice_equal(option, slice_of("--models")) ||
           slice_equal(option, slice_of("--model")) ||
           slice_equal(option, slice_of("--versus"));
}

/* Behind which options are models named? */
static void look_at_options(struct look *look, struct slice words)
{
    struct slice word;
    while ((word = play_word(&words)).size)
        if (names_models(word))
            look_at_models(look, play_word(&words));
}

static void look_at_diff(struct look *look, struct slice words)
{
    struct slice word;
    int count = 0;
    while ((word = play_word(&words)).size) {
        if (slice_equal(word, slice_of("--width"))) {
            play_word(&words);
        } else if (word.data[0] != '-') {
            look_at_model(look, word);
            count++;
        }
    }
    if (count != 2)
        miss(look, "diff wants two models", slice_of(""));
}

/* The talks claim twelve things: one of them is shown, for all take minutes. */
static void look_at_claims(struct look *look, struct slice words)
{
    enum { CLAIMS = 12 };
    struct slice name = play_word(&words);
    struct slice digits = slice_behind(name, name.size > 0);
    uint64_t number = 0;
    if (!name.size || name.data[0] != 'K' ||
        ascii_take_decimal(&digits, &number) || number < 1 || number > CLAIMS)
        miss(look, "the talks do not claim ", name);
}

static void look_at_ps(struct look *look, struct slice words)
{
    (void)words;
    if (!look->step->start_count)
        miss(look, "nothing is started whose $PID could be looked at",
             slice_of(""));
}

static void look_at_serve(struct look *look, struct slice words)
{
    (void)words;
    if (slice_equal(look->step->command, slice_of("serve")))
        miss(look, "serve never ends by itself: start it", slice_of(""));
}

static const struct {
    const char *name;
    void (*look)(struct look *look, struct slice words);
} commands[] = {
    {"talk", look_at_talk},        {"wrong", look_at_wrong},
    {"race", look_at_options},     {"chart", look_at_options},
    {"timeline", look_at_options}, {"claims", look_at_claims},
    {"fetch", look_at_options},    {"ps", look_at_ps},
    {"pstree", look_at_ps},        {"diff", look_at_diff},
    {"serve", look_at_serve},
};

static void look_at_command(struct look *look, struct slice words)
{
    struct slice name = play_word(&words);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (slice_equal(name, slice_of(commands[i].name))) {
            commands[i].look(look, words);
            return;
        }
    miss(look, "a play does not run ./lab ", name);
}

/* ---- all ---- */

static void look_at_source(struct look *look)
{
    struct buffer text = {0}, why = {0};
    if (play_source(look->lesson, look->step->source, &text, &why))
        miss(look, "", buffer_slice(&why));
    buffer_deinit(&text);
    buffer_deinit(&why);
}

/* The line that is told is the step's. */
int play_check(const struct session *session, const struct lesson *lesson,
               const struct play *play, struct buffer *why)
{
    struct look look = {.session = session, .lesson = lesson, .why = why};
    for (int i = 0; i < play->count; i++) {
        look.step = &play->steps[i];
        if (look.step->source.size)
            look_at_source(&look);
        if (look.step->command.size)
            look_at_command(&look, look.step->command);
        for (int n = 0; n < look.step->start_count; n++)
            look_at_command(&look, look.step->starts[n]);
    }
    return look.missing;
}
