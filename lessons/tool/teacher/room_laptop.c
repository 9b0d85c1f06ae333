/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/room_laptop.h"

#include "base/line.h"
#include "base/text.h"
#include "harness/json.h"
#include "lessons/tool/learner/status_report.h"
#include "lessons/tool/lesson.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

/* What is kept of each. */
enum { GUESS_MAX = 80, GUESSES_MAX = 8 * 1024 };

static const int64_t A_MONTH = 30 * 24 * 60 * 60;

/* ---- texts, as they can be shown ---- */

/* At most `most` columns of it, with nothing in it that a terminal would do;
 * cut between characters. Without memory for it the guesses lack something,
 * too: the whole is not read. */
static void print_shown(struct laptop *laptop, char *to, size_t size,
                        const char *text, size_t most)
{
    struct buffer shown = {0};
    struct slice whole = {text, strnlen(text, most * 4)};
    text_append_printable(&shown, whole, "");
    size_t end = 0, columns = 0;
    while (end < shown.size && end + 5 < size) {
        uint32_t point = 0;
        size_t bytes =
            text_character(slice_behind(buffer_slice(&shown), end), &point);
        columns += (size_t)text_columns(point);
        if (columns > most)
            break;
        end += bytes ? bytes : 1;
    }
    snprintf(to, size, "%.*s", (int)end, shown.data ? shown.data : "");
    buffer_lack(&laptop->guesses, &shown);
    buffer_deinit(&shown);
}

/* ---- where it is ---- */

static int count_of(const cJSON *object, const char *name, int most)
{
    int count = json_int(object, name, 0, INT_MAX, 0);
    return count > most ? most : count;
}

static bool is_true(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static int read_place(struct laptop *laptop, const cJSON *json,
                      const char **why)
{
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(json, "at");
    laptop->seconds = -1;
    if (cJSON_IsNull(at))
        return 0;
    const char *lesson = json_text(at, "lesson");
    int step = json_int(at, "step", 1, STEPS_MAX, 0);
    if (!lesson || !*lesson || !step) {
        *why = "it does not say where it is";
        return -EBADMSG;
    }
    print_shown(laptop, laptop->lesson, sizeof laptop->lesson, lesson, 8);
    laptop->step = step;
    double seconds = json_number(at, "seconds", -1);
    if (seconds >= 0)
        laptop->seconds =
            seconds > (double)A_MONTH ? A_MONTH : (int64_t)seconds;
    return 0;
}

static void read_step(struct laptop *laptop, const char *lesson,
                      const cJSON *json)
{
    char guess[GUESS_MAX * 4];
    int step = json_int(json, "step", 1, STEPS_MAX, 0);
    const char *text = json_text(json, "guess");
    if (!strcmp(lesson, laptop->lesson)) {
        laptop->passed += is_true(json, "passed");
        if (step == laptop->step) {
            laptop->hints = count_of(json, "hints", 99);
            laptop->solution = is_true(json, "asked_for_solution");
        }
    }
    if (!text || !step || laptop->guesses.size > GUESSES_MAX)
        return;
    print_shown(laptop, guess, sizeof guess, text, GUESS_MAX);
    buffer_print(&laptop->guesses, "%s %d %s\n", lesson, step, guess);
}

static void read_steps(struct laptop *laptop, const cJSON *json)
{
    char lesson[32];
    const char *name = json_text(json, "name");
    const cJSON *step, *steps = cJSON_GetObjectItemCaseSensitive(json, "steps");
    int count = 0;
    if (!name)
        return;
    print_shown(laptop, lesson, sizeof lesson, name, 8);
    cJSON_ArrayForEach(step, steps)
    {
        if (count++ < STEPS_MAX)
            read_step(laptop, lesson, step);
    }
}

/* ---- the whole ---- */

static int parse(cJSON **json, struct slice text, const char **why)
{
    int error = 0;
    *why = "out of memory";
    if (text.size > LAPTOP_TEXT_MAX) {
        *why = "it is too large";
        return -EBADMSG;
    }
    error = json_parse(json, text);
    if (error == -EBADMSG)
        *why = "it is not JSON, or only half of it";
    if (!error && !cJSON_IsObject(*json)) {
        *why = "it is not what ./lab status --json prints";
        cJSON_Delete(*json);
        error = -EBADMSG;
    }
    return error;
}

int laptop_read(struct laptop *laptop, struct slice text, const char **why)
{
    cJSON *json;
    *laptop = (struct laptop){0};
    int error = parse(&json, text, why);
    if (error)
        return error;
    const char *name = json_text(json, "name");
    const cJSON *lesson,
        *lessons = cJSON_GetObjectItemCaseSensitive(json, "lessons");
    error = read_place(laptop, json, why);
    if (!error && name && slice_trim(slice_of(name)).size)
        print_shown(laptop, laptop->name, sizeof laptop->name, name,
                    LAPTOP_NAME);
    if (!error)
        cJSON_ArrayForEach(lesson, lessons)
        {
            read_steps(laptop, lesson);
        }
    cJSON_Delete(json);
    if (!error && buffer_lacks(&laptop->guesses))
        error = -ENOMEM;
    if (error)
        laptop_deinit(laptop);
    return error;
}

int laptop_number(struct slice text, char *number, size_t size)
{
    cJSON *json;
    const char *why;
    int error = parse(&json, text, &why);
    if (error)
        return error;
    const char *said = json_text(json, "laptop");
    bool usable =
        said && strlen(said) < size && status_is_laptop(slice_of(said));
    if (usable)
        snprintf(number, size, "%s", said);
    cJSON_Delete(json);
    return usable ? 0 : -EBADMSG;
}

void laptop_deinit(struct laptop *laptop)
{
    buffer_deinit(&laptop->guesses);
}

struct slice laptop_guess(const struct laptop *laptop, const char *lesson,
                          int step)
{
    char wanted[64];
    size_t size =
        (size_t)snprintf(wanted, sizeof wanted, "%s %d ", lesson, step);
    struct slice rest = buffer_slice(&laptop->guesses), line;
    while (line_take(&rest, &line))
        if (line.size > size && !memcmp(line.data, wanted, size))
            return slice_trim(slice_behind(line, size));
    return (struct slice){0};
}

int64_t laptop_seconds(const struct laptop *laptop, nanos now)
{
    nanos since = now > laptop->said ? now - laptop->said : 0;
    return laptop->seconds < 0 ? -1
                               : laptop->seconds + since / NANOS_PER_SECOND;
}
