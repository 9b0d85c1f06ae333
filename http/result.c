/* SPDX-License-Identifier: MIT */
#include "http/result.h"

#include "http/tls.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <string.h>

static const struct {
    const char *word;
    int exit_code;
    const char *sentence;
} errors[] = {
#define X(name, word, exit_code, sentence) {word, exit_code, sentence},
    FETCH_ERRORS(X)
#undef X
};

const char *fetch_error_word(enum fetch_error error)
{
    return errors[error].word;
}

const char *fetch_error_sentence(enum fetch_error error)
{
    return errors[error].sentence;
}

int fetch_error_exit_code(enum fetch_error error)
{
    return errors[error].exit_code;
}

const char *mark_name(enum mark mark)
{
    static const char *const names[MARK_COUNT] = {
        "start", "resolved",   "connected", "secured",
        "sent",  "first_byte", "done",
    };
    return names[mark];
}

static void forget_marks(struct result *result)
{
    for (int mark = 0; mark < MARK_COUNT; mark++)
        result->marks[mark] = NEVER;
}

void result_init(struct result *result)
{
    *result = (struct result){0};
    forget_marks(result);
}

void result_deinit(struct result *result)
{
    headers_deinit(&result->headers);
    buffer_deinit(&result->body);
}

enum fetch_error fetch_error_from_lookup(int code, int *detail)
{
    *detail = code;
    if (code <= 0 && code != EAI_MEMORY)
        return FETCH_NO_HOST;
    *detail = code > 0 ? -code : -ENOMEM;
    return fetch_error_from_errno(*detail);
}

void result_clear(struct result *result)
{
    result->error = FETCH_OK;
    result->detail = 0;
    result->status = 0;
    result->redirects = 0;
    result->reused = false;
    headers_clear(&result->headers);
    buffer_clear(&result->body);
    result->body_bytes = 0;
    forget_marks(result);
}

void result_move(struct result *to, struct result *from)
{
    result_deinit(to);
    *to = *from;
    result_init(from);
}

void result_fail(struct result *result, enum fetch_error error, int detail)
{
    result->error = error;
    result->detail = detail;
}

/* The detail of the error in words; NULL when the sentence says it all. */
static const char *explain_detail(const struct result *result)
{
    switch (result->error) {
    case FETCH_PROTOCOL:
    case FETCH_TOO_LARGE:
        return message_error_sentence((enum message_error)result->detail);
    case FETCH_TLS:
        return tls_error_sentence((enum tls_error)result->detail);
    case FETCH_BAD_URL:
    case FETCH_BAD_REDIRECT:
        return url_error_sentence((enum url_error)result->detail);
    case FETCH_NO_HOST:
        return gai_strerror(result->detail);
    case FETCH_UNREACHABLE:
    case FETCH_SYSTEM:
        /* -INT_MIN would overflow. */
        return result->detail < -INT_MAX ? NULL
                                         : strerrordesc_np(-result->detail);
    default:
        return NULL;
    }
}

/* Where a redirect leads, for a person at a terminal: what a server has sent is
 * escaped as it would be in a URL, and cut off where it gets long. */
static int print_location(const struct result *result, struct buffer *out)
{
    enum { LOCATION_SHOWN = 200 };
    const char *location = headers_find(&result->headers, "location");
    size_t size = location ? strnlen(location, LOCATION_SHOWN) : 0;
    int error = buffer_append_text(out, ": ");
    for (size_t i = 0; !error && i < size; i++) {
        bool plain = location[i] > ' ' && location[i] < 0x7f;
        error = buffer_print(out, plain ? "%c" : "%%%02X",
                             (unsigned char)location[i]);
    }
    if (!error && location && location[size])
        error = buffer_append_text(out, "...");
    return error;
}

int result_explain(const struct result *result, struct buffer *out)
{
    const char *sentence = fetch_error_sentence(result->error);
    const char *detail = explain_detail(result);
    if (result->error == FETCH_WORKER_DIED && result->detail > 0)
        return buffer_print(out, "%s: killed by signal %d", sentence,
                            result->detail);
    if (result->error == FETCH_WORKER_DIED && result->detail >= -255)
        return buffer_print(out, "%s: exit status %d", sentence,
                            -result->detail);
    int error = detail ? buffer_print(out, "%s: %s", sentence, detail)
                       : buffer_append_text(out, sentence);
    if (!error && result->error == FETCH_BAD_REDIRECT)
        error = print_location(result, out);
    return error;
}
