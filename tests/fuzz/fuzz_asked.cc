/* SPDX-License-Identifier: MIT */
/* The first line is a method, the rest the target of a request: what the lab's
 * server takes apart. */
#include "fuzz.h"

#include "harness/origin/asked.h"

#include <cstring>

static bool is_within(struct slice part, struct slice whole)
{
    return part.size == 0 || (part.data >= whole.data &&
                              part.data + part.size <= whole.data + whole.size);
}

static bool is_span(nanos span)
{
    return span >= 0 && span <= ASKED_SPAN_MAX;
}

static void check(const struct asked &asked, struct slice target)
{
    fuzz_require(
        is_within(asked.query, target) && is_within(asked.run, target) &&
            is_within(asked.to, target) && is_within(asked.when, target),
        "slices point into the request");
    fuzz_require(is_span(asked.delay) && is_span(asked.every) &&
                     is_span(asked.give_up),
                 "no time is longer than the longest");
    fuzz_require(asked.refused == 0 || asked.refused == 400 ||
                     asked.refused == 405,
                 "refused for what the request says");
    fuzz_require(!asked.refused || asked.sentence[0],
                 "a refusal has its sentence");
    fuzz_require(memchr(asked.sentence, 0, sizeof asked.sentence),
                 "a sentence ends");
    fuzz_require(asked.refused || asked.status == ASKED_UNSAID ||
                     (asked.status >= 200 && asked.status <= 599),
                 "a status is one");
}

static void check_decode(struct slice text)
{
    struct buffer out = {};
    if (asked_decode(text, &out) == 0) {
        fuzz_require(out.size <= text.size, "decoded it is no longer");
        for (size_t i = 0; i < out.size; i++)
            fuzz_require((unsigned char)out.data[i] >= ' ' &&
                             out.data[i] != 0x7f,
                         "no control character gets into a header");
    }
    buffer_deinit(&out);
}

void fuzz_asked(std::string_view input)
{
    std::string method = fuzz_line(&input);
    struct message message = {};
    buffer_append(&message.start, method.data(), method.size());
    buffer_append(&message.start, " ", 1);
    buffer_append(&message.start, input.data(), input.size());
    message.method_size = method.size();
    struct asked asked;
    asked_start(&asked, &message);
    asked_parse(&asked);
    check(asked, message_target(&message));
    check_decode(asked.to);
    check_decode({input.data(), input.size()});
    buffer_deinit(&message.start);
}
