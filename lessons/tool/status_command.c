/* SPDX-License-Identifier: MIT */
/* `status`: where the learner stands; as JSON for whoever collects that of a
 * whole room. */
#include "lessons/tool/commands.h"

#include "harness/json_write.h"
#include "lessons/tool/session.h"

#include <stdio.h>

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

/* {"at": {"lesson": "E0", "step": 2}, "lessons": […]}; at is null before the
 * first start. */
static void write_status(const struct session *session)
{
    const struct progress *progress = &session->progress;
    struct json_writer json = {.out = stdout};
    json_write_object(&json, NULL);
    if (progress->lesson[0]) {
        json_write_object(&json, "at");
        json_write_text(&json, "lesson", progress->lesson);
        json_write_count(&json, "step", (uint64_t)progress->step);
        json_write_end(&json);
    } else {
        json_write_null(&json, "at");
    }
    json_write_array(&json, "lessons");
    for (struct lesson **lesson = session->lessons; *lesson; lesson++)
        write_lesson(session, *lesson, &json);
    json_write_end(&json);
    json_write_end(&json);
}

int status_main(const struct place *place, int argc, char **argv)
{
    struct session session;
    if (argc == 1)
        return list_main(place, 2,
                         (char *[]){argv[0], (char[]){"--short"}, NULL});
    if (argc != 2 || strcmp(argv[1], "--json") != 0) {
        fputs("usage: ./lab status [--json]\n", stderr);
        return 2;
    }
    if (session_open(&session, place))
        return 1;
    write_status(&session);
    session_close(&session);
    return 0;
}
