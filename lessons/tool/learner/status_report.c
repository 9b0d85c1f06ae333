/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/status_report.h"

#include "harness/json_write.h"
#include "lessons/tool/files.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/random.h>

/* ---- which laptop it is ---- */

bool status_is_laptop(struct slice text)
{
    size_t digits = 0;
    while (digits < text.size && strchr("0123456789abcdef", text.data[digits]))
        digits++;
    return digits == LAPTOP_SIZE && text.size == LAPTOP_SIZE;
}

static int make_number(const struct place *place, char laptop[LAPTOP_SIZE + 1])
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        return -errno;
    snprintf(laptop, LAPTOP_SIZE + 1, "%016" PRIx64, number);
    return file_write(slice_of(laptop), "%s/laptop", place->work);
}

int status_laptop(const struct place *place, char laptop[LAPTOP_SIZE + 1])
{
    struct buffer text = {0};
    int error = file_read(&text, "%s/laptop", place->work);
    struct slice number = slice_trim(buffer_slice(&text));
    bool known = !error && status_is_laptop(number);
    if (known)
        snprintf(laptop, LAPTOP_SIZE + 1, "%.*s", LAPTOP_SIZE, number.data);
    buffer_deinit(&text);
    if (error && error != -ENOENT)
        return error; /* there is one: a teacher would see two laptops */
    return known ? 0 : make_number(place, laptop);
}

/* ---- where it is ---- */

static void write_guess(const struct session *session, const char *lesson,
                        int step, struct json_writer *json)
{
    char guess[256];
    struct slice text =
        progress_text(&session->progress, "predicted", lesson, step);
    snprintf(guess, sizeof guess, "%.*s", (int)text.size, text.data);
    json_write_text(json, "guess", text.size ? guess : NULL);
}

static void write_step(const struct session *session,
                       const struct lesson *lesson, int step,
                       struct json_writer *json)
{
    const struct progress *progress = &session->progress;
    const char *name = lesson->name;
    json_write_object(json, NULL);
    json_write_count(json, "step", (uint64_t)step);
    json_write_text(json, "name", lesson->steps[step].name);
    json_write_bool(json, "passed",
                    progress_count(progress, "passed", name, step) > 0);
    json_write_count(json, "hints",
                     (uint64_t)progress_count(progress, "hint", name, step));
    json_write_bool(json, "asked_for_solution",
                    progress_count(progress, "asked", name, step) > 0);
    json_write_bool(json, "predicted",
                    progress_count(progress, "predicted", name, step) > 0);
    write_guess(session, name, step, json);
    json_write_end(json);
}

static void write_lesson(const struct session *session,
                         const struct lesson *lesson, struct json_writer *json)
{
    json_write_object(json, NULL);
    json_write_text(json, "name", lesson->name);
    json_write_text(json, "title", lesson->title);
    json_write_array(json, "steps");
    for (int step = 1; step <= lesson->count; step++)
        write_step(session, lesson, step, json);
    json_write_end(json);
    json_write_end(json);
}

static void write_place(const struct session *session, struct json_writer *json)
{
    const struct progress *progress = &session->progress;
    if (!progress->lesson[0]) {
        json_write_null(json, "at");
        return;
    }
    int64_t since = progress_since(progress, progress->lesson, progress->step);
    json_write_object(json, "at");
    json_write_text(json, "lesson", progress->lesson);
    json_write_count(json, "step", (uint64_t)progress->step);
    if (since < 0)
        json_write_null(json, "seconds");
    else
        json_write_count(json, "seconds", (uint64_t)since);
    json_write_end(json);
}

void status_write(const struct session *session, const char *laptop,
                  const char *name, FILE *out)
{
    struct json_writer json = {.out = out};
    json_write_object(&json, NULL);
    if (laptop)
        json_write_text(&json, "laptop", laptop);
    if (name)
        json_write_text(&json, "name", name);
    write_place(session, &json);
    json_write_array(&json, "lessons");
    for (struct lesson **lesson = session->lessons; *lesson; lesson++)
        write_lesson(session, *lesson, &json);
    json_write_end(&json);
    json_write_end(&json);
}
