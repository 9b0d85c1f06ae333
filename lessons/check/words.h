/* SPDX-License-Identifier: MIT */
/* Values in words, for the messages of checks: an error has its name, a time
 * its unit. */
#ifndef LESSONS_CHECK_WORDS_H
#define LESSONS_CHECK_WORDS_H

#include "base/nanos.h"
#include "http/result.h"
#include "lessons/check/calls.h"

#include <cstring>
#include <string>

#include <poll.h>
#include <sys/types.h>

/* For what the check itself needs, and what is not the learner's. */
inline const char own_trouble[] =
    "That is the check's own trouble: is this machine short of something?";

/* What a function has returned: "7", or "-ECONNREFUSED". */
inline std::string returned(ssize_t value)
{
    if (value >= 0)
        return std::to_string(value);
    if (value == -CALLS_ERRNO)
        return "minus what errno was after a call that had worked";
    const char *name = strerrorname_np(static_cast<int>(-value));
    return name ? std::string("-") + name : std::to_string(value);
}

/* "30 ms", "1.5 ms", "for ever". */
inline std::string span(nanos time)
{
    if (time == NEVER)
        return "for ever";
    char text[64];
    snprintf(text, sizeof text, "%.10g ms", nanos_as_milliseconds(time));
    return text;
}

/* "POLLIN|POLLOUT", or "0". */
inline std::string poll_events(short events)
{
    std::string text = events & POLLIN ? "POLLIN" : "";
    if (events & POLLOUT)
        text += text.empty() ? "POLLOUT" : "|POLLOUT";
    return text.empty() ? "0" : text;
}

inline std::string body_of(const struct result &result)
{
    return std::string(result.body.data ? result.body.data : "",
                       result.body.size);
}

/* What became of a page, in a sentence. */
inline std::string explained(const struct result &result)
{
    struct buffer text = {};
    result_explain(&result, &text);
    std::string copy(text.data ? text.data : "", text.size);
    buffer_deinit(&text);
    return copy;
}

#endif
