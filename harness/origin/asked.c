/* SPDX-License-Identifier: MIT */
#include "harness/origin/asked.h"

#include "base/ascii.h"
#include "harness/origin/stats.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- numbers and times ---- */

bool asked_number(struct slice text, uint64_t *number)
{
    return !ascii_take_decimal(&text, number) && text.size == 0;
}

bool asked_span(struct slice text, nanos *span)
{
    nanos value;
    if (!nanos_parse(text, &value) || value > ASKED_SPAN_MAX)
        return false;
    *span = value;
    return true;
}

int asked_decode(struct slice text, struct buffer *out)
{
    int error = 0;
    for (size_t i = 0; i < text.size && !error; i++) {
        char c = text.data[i];
        if (c == '%') {
            int high =
                i + 2 < text.size ? ascii_hex_value(text.data[i + 1]) : -1;
            int low = high >= 0 ? ascii_hex_value(text.data[i + 2]) : -1;
            if (low < 0)
                return -EINVAL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if ((unsigned char)c < ' ' || c == 0x7f)
            return -EINVAL;
        error = buffer_append(out, &c, 1);
    }
    return error;
}

/* ---- parameters ---- */

enum parameter_kind { TAKES_NUMBER, TAKES_SPAN, TAKES_FRAMING, TAKES_TEXT };

/* TAKES_TEXT without a place: the parameter is accepted and ignored. */
static const struct parameter {
    const char *name;
    enum parameter_kind kind;
    uint64_t least, most;
    size_t place;
    const char *expects;
} parameters[] = {
    {"delay", TAKES_SPAN, 0, 0, offsetof(struct asked, delay),
     "a time of at most 600 s, such as 20ms or 1.5"},
    {"work", TAKES_SPAN, 0, NANOS_PER_SECOND, offsetof(struct asked, work),
     "a time of at most 1 s, such as 2ms"},
    {"status", TAKES_NUMBER, 200, 599, offsetof(struct asked, status),
     "a number from 200 to 599"},
    {"length", TAKES_FRAMING, 0, 0, offsetof(struct asked, framing),
     "close, chunked or length"},
    {"bytes", TAKES_NUMBER, 0, ASKED_BYTES_MAX, offsetof(struct asked, bytes),
     "a number up to 2^50"},
    {"seed", TAKES_NUMBER, 0, UINT64_MAX - 1, offsetof(struct asked, seed),
     "a number"},
    {"run", TAKES_TEXT, 0, 0, offsetof(struct asked, run),
     "up to 40 letters, digits, '.', '_' and '-'"},
    {"after", TAKES_NUMBER, 0, ASKED_BYTES_MAX, offsetof(struct asked, after),
     "a number of bytes"},
    {"until", TAKES_NUMBER, 1, 1000000, offsetof(struct asked, until),
     "a number of requests, 1 or more"},
    {"every", TAKES_SPAN, 0, 0, offsetof(struct asked, every),
     "a time of at most 600 s, such as 20ms"},
    {"for", TAKES_SPAN, 0, 0, offsetof(struct asked, give_up),
     "a time of at most 600 s, such as 2s"},
    {"to", TAKES_TEXT, 0, 0, offsetof(struct asked, to), "a URL"},
    {"when", TAKES_TEXT, 0, 0, offsetof(struct asked, when), "next"},
    {"reset", TAKES_NUMBER, 0, 1, offsetof(struct asked, reset), "0 or 1"},
    {"i", TAKES_TEXT, 0, 0, SIZE_MAX, "anything"},
};

enum { PARAMETERS = sizeof parameters / sizeof *parameters };

void asked_refuse(struct asked *asked, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(asked->sentence, sizeof asked->sentence, format, arguments);
    va_end(arguments);
    asked->refused = 400;
}

static bool parse_framing(struct asked *asked, struct slice text)
{
    asked->framing_said = true;
    if (slice_equal(text, slice_of("close")))
        asked->framing = RESPONSE_UNTIL_CLOSE;
    else if (slice_equal(text, slice_of("chunked")))
        asked->framing = RESPONSE_CHUNKED;
    else
        return slice_equal(text, slice_of("length"));
    return true;
}

static bool parse_number(const struct parameter *parameter, struct slice text,
                         uint64_t *number)
{
    return asked_number(text, number) && *number >= parameter->least &&
           *number <= parameter->most;
}

static bool parse_value(struct asked *asked, const struct parameter *parameter,
                        struct slice value)
{
    if (parameter->place == SIZE_MAX)
        return true;
    void *place = (char *)asked + parameter->place;
    switch (parameter->kind) {
    case TAKES_NUMBER:
        return parse_number(parameter, value, place);
    case TAKES_SPAN:
        return asked_span(value, place) &&
               (!parameter->most || *(nanos *)place <= (nanos)parameter->most);
    case TAKES_FRAMING:
        return parse_framing(asked, value);
    case TAKES_TEXT:
        *(struct slice *)place = value;
        return true;
    }
    return false;
}

static const struct parameter *find_parameter(struct slice name)
{
    for (int i = 0; i < PARAMETERS; i++)
        if (slice_equal(slice_of(parameters[i].name), name))
            return &parameters[i];
    return NULL;
}

/* Cuts `text` at the first `c`, and returns what is behind it, or nothing. */
static struct slice cut_at(struct slice *text, char c)
{
    const char *at = text->size ? memchr(text->data, c, text->size) : NULL;
    if (!at)
        return (struct slice){"", 0};
    size_t size = (size_t)(at - text->data);
    struct slice rest = {at + 1, text->size - size - 1};
    text->size = size;
    return rest;
}

static void parse_parameter(struct asked *asked, struct slice name)
{
    struct slice value = cut_at(&name, '=');
    const struct parameter *parameter = find_parameter(name);
    if (!parameter)
        asked_refuse(asked,
                     "There is a parameter that no path knows; see / for "
                     "those there are.");
    else if (!parse_value(asked, parameter, value))
        asked_refuse(asked, "The parameter %s expects %s.", parameter->name,
                     parameter->expects);
}

static void parse_parameters(struct asked *asked)
{
    struct slice rest = asked->query;
    while (rest.size && !asked->refused) {
        struct slice one = rest;
        rest = cut_at(&one, '&');
        if (one.size)
            parse_parameter(asked, one);
    }
    if (asked->run.size && !stats_is_id(asked->run) && !asked->refused) {
        const struct parameter *run = find_parameter(slice_of("run"));
        asked_refuse(asked, "The parameter run expects %s.", run->expects);
    }
    if (asked->refused)
        asked->run.size = 0;
}

/* ---- the whole ---- */

/* An absolute URL is as good as a path (RFC 9112, 3.2.2). */
static struct slice path_of(struct slice target)
{
    struct slice scheme = {target.data, target.size < 7 ? target.size : 7};
    if (!slice_equal_nocase(scheme, slice_of("http://")))
        return target;
    struct slice host = {target.data + 7, target.size - 7};
    struct slice path = cut_at(&host, '/');
    if (path.data == target.data + target.size || path.size == 0)
        return slice_of("/");
    return (struct slice){path.data - 1, path.size + 1};
}

static void check_method(struct asked *asked)
{
    if (!slice_equal(asked->method, slice_of("HEAD")) &&
        !slice_equal(asked->method, slice_of("GET")) &&
        !slice_equal(asked->method, slice_of("POST"))) {
        asked_refuse(asked, "The methods here are GET, HEAD and POST.");
        asked->refused = 405;
    }
}

void asked_start(struct asked *asked, const struct message *message)
{
    memset(asked, 0, sizeof *asked);
    asked->status = asked->bytes = asked->after = asked->until = ASKED_UNSAID;
    asked->seed = asked->reset = ASKED_UNSAID;
    asked->every = 20 * NANOS_PER_MILLISECOND;
    asked->give_up = 2 * NANOS_PER_SECOND;
    asked->method = message_method(message);
    asked->path = path_of(message_target(message));
    asked->query = cut_at(&asked->path, '?');
}

void asked_parse(struct asked *asked)
{
    parse_parameters(asked);
    if (!asked->refused)
        check_method(asked);
}
