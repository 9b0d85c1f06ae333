/* SPDX-License-Identifier: MIT */
#include "lessons/tool/author/race_try.h"

#include "base/program.h"
#include "harness/json.h"
#include "harness/origin/origin.h"

#include <errno.h>
#include <stdio.h>

enum { PAGES = 12, IN_FLIGHT = 3, BODY_BYTES = 5000, SECONDS = 30 };

/* Half of the pages say how long they are, the others end in chunks. */
static void compose(const struct lesson *lesson, const char *program,
                    uint16_t port, struct arguments *words)
{
    static const char *const endings[] = {"", "?length=chunked"};
    arguments_add(words, "timeout");
    arguments_add(words, "%d", SECONDS);
    arguments_add(words, "%s", program);
    arguments_add(words, "contestant");
    arguments_add(words, "--model=%s", lesson_contestant(lesson));
    arguments_add(words, "--concurrency=%d", IN_FLIGHT);
    arguments_add(words, "--requests=%d", PAGES);
    arguments_add(words, "--body-size=%d", BODY_BYTES);
    for (int i = 0; i < 2; i++)
        arguments_add(words, "--url=http://127.0.0.1:%d/bytes/%d%s", port,
                      BODY_BYTES, endings[i]);
}

static void read_report(struct raced *raced, const struct buffer *out,
                        const struct buffer *errors, int status)
{
    cJSON *json;
    int no_json = json_parse(&json, buffer_slice(out));
    const char *error = json_text(json, "error");
    raced->pages = json_int(json, "finished", 0, PAGES, 0) -
                   json_int(json, "errors", 0, PAGES, 0);
    if (status < 0)
        snprintf(raced->error, sizeof raced->error, "it could not be run: %s",
                 strerrordesc_np(-status));
    else if (no_json == -ENOMEM)
        snprintf(raced->error, sizeof raced->error, "out of memory");
    else if (error)
        snprintf(raced->error, sizeof raced->error, "%s", error);
    else if (!json)
        snprintf(raced->error, sizeof raced->error,
                 "it ended with status %d. %.*s", status, (int)errors->size,
                 errors->data);
    cJSON_Delete(json);
}

void race_try(const struct lesson *lesson, const char *program,
              struct raced *raced)
{
    static const struct origin_options options;
    struct origin_process origin;
    struct arguments words = {0};
    struct buffer out = {0}, errors = {0};
    *raced = (struct raced){.asked = PAGES};
    int status = origin_process_start(&origin, &options);
    if (status) {
        snprintf(raced->error, sizeof raced->error, "no origin: %s",
                 strerrordesc_np(-status));
        return;
    }
    compose(lesson, program, origin.port, &words);
    status = arguments_run(&words, &out, &errors);
    origin_process_stop(&origin);
    read_report(raced, &out, &errors, status);
    arguments_deinit(&words);
    buffer_deinit(&out);
    buffer_deinit(&errors);
}
