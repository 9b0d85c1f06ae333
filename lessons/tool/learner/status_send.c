/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/status_send.h"

#include "base/text.h"
#include "blocking/worker.h"
#include "http/request.h"
#include "lessons/tool/files.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

/* ---- to a server ---- */

enum { PATIENCE_SECONDS = 15, ANSWER_MAX = 4096 };

/* What a server says is shown on one line, whatever it is. */
static void append_answer(struct buffer *why, const struct result *result)
{
    struct slice body = slice_trim(buffer_slice(&result->body));
    if (body.size > 120)
        body.size = 120;
    while (body.size && (body.data[body.size - 1] == '\n'))
        body.size--;
    buffer_print(why, "the room answers %d: ", result->status);
    text_append_printable(why, body, "");
}

static int judge(const struct result *result, struct buffer *why)
{
    if (result->error) {
        buffer_append_text(why, fetch_error_sentence(result->error));
        return 1;
    }
    if (result->status / 100 == 2)
        return 0;
    append_answer(why, result);
    return 1;
}

static int post(const struct request *request, struct buffer *why)
{
    struct call_options options = call_default_options;
    struct blocking_worker worker;
    options.total_timeout = PATIENCE_SECONDS * NANOS_PER_SECOND;
    options.limits.body = ANSWER_MAX;
    int error = blocking_worker_init(&worker, &options, NULL, 0);
    if (error) {
        buffer_append_text(why, strerrordesc_np(-error));
        return error;
    }
    struct job job = {.request = request};
    int status = judge(blocking_fetch(&worker, &job), why);
    blocking_worker_deinit(&worker);
    return status;
}

int status_post(const char *url, struct slice text, struct buffer *why)
{
    struct url where = {0};
    struct request request;
    /* A room has no certificate. */
    enum url_error wrong = url_without_tls(&where, url_parse(&where, url));
    if (wrong == URL_HTTP_ONLY)
        wrong = URL_NO_SCHEME;
    if (wrong) {
        url_deinit(&where);
        buffer_append_text(why, url_error_sentence(wrong));
        return -EINVAL;
    }
    int error = request_init(&request, METHOD_POST, &where, NULL, text);
    url_deinit(&where);
    if (error) {
        buffer_append_text(why, strerrordesc_np(-error));
        return error;
    }
    int status = post(&request, why);
    request_deinit(&request);
    return status;
}

/* ---- into a folder ---- */

int status_leave(const char *folder, const char *laptop, struct slice text,
                 struct buffer *why)
{
    struct stat status;
    int error = stat(folder, &status) ? -errno : 0;
    if (!error && !S_ISDIR(status.st_mode))
        error = -ENOTDIR;
    if (!error)
        error = file_write(text, "%s/%s.json", folder, laptop);
    if (error)
        buffer_print(why, "%s: %s%s", folder, strerrordesc_np(-error),
                     error == -ENOENT ? " (a URL begins with http://)" : "");
    return error;
}
