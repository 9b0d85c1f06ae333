/* SPDX-License-Identifier: MIT */
/* Feeds a message to the parser in pieces, each of them flush against a page
 * that may not be touched, and writes down everything that came of it. */
#ifndef TESTS_HTTP_MESSAGE_FEEDING_H
#define TESTS_HTTP_MESSAGE_FEEDING_H

#include "http/message.h"

#include <strings.h>
#include <sys/mman.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

/* Memory behind whose end there is nothing. */
class guarded
{
  public:
    guarded()
    {
        void *pages = mmap(nullptr, size + page, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED)
            abort();
        start = static_cast<char *>(pages);
        if (mprotect(start + size, page, PROT_NONE))
            abort();
    }
    ~guarded()
    {
        munmap(start, size + page);
    }
    guarded(const guarded &) = delete;
    guarded &operator=(const guarded &) = delete;

    /* A copy that ends where the memory ends. */
    const char *put(std::string_view piece)
    {
        if (piece.size() > size)
            abort();
        char *to = start + size - piece.size();
        piece.copy(to, piece.size());
        return to;
    }

    static constexpr size_t size = 256 * 1024;

  private:
    static constexpr size_t page = 4096;
    char *start;
};

/* What a message came to. Two of them are compared as a whole. */
struct outcome {
    enum message_error error = MESSAGE_FINE;
    bool complete = false;
    bool by_end = false; /* it took message_end to complete it */
    bool keep_alive = false;
    size_t taken = 0;
    int status = 0, minor_version = 0;
    int lengths = 0;       /* how many content-length fields */
    bool trailers = false; /* trailers came */
    std::string headers, body, method, target;

    bool operator==(const outcome &other) const
    {
        if (error || other.error)
            return error == other.error; /* how far it came may differ */
        return complete == other.complete && by_end == other.by_end &&
               keep_alive == other.keep_alive && taken == other.taken &&
               status == other.status && minor_version == other.minor_version &&
               headers == other.headers && body == other.body &&
               method == other.method && target == other.target;
    }
};

inline std::string text_of(const struct buffer &buffer)
{
    return std::string(buffer.data ? buffer.data : "", buffer.size);
}

inline std::string text_of(struct slice slice)
{
    return std::string(slice.data ? slice.data : "", slice.size);
}

/* In the way of nothing but what is meant to be refused. */
inline const struct message_limits wide_limits = {1U << 15, 1U << 17, 1U << 30};

class feeder
{
  public:
    explicit feeder(enum message_kind kind,
                    const struct message_limits *limits = &wide_limits)
    {
        message_init(&message, kind, limits);
    }
    ~feeder()
    {
        message_deinit(&message);
        buffer_deinit(&body);
    }
    feeder(const feeder &) = delete;
    feeder &operator=(const feeder &) = delete;

    /* Feeds the text cut at these offsets, which rise; then the peer closes. */
    outcome feed(std::string_view text, const std::vector<size_t> &cuts,
                 bool to_head = false)
    {
        outcome outcome;
        buffer_clear(&body);
        message_reset(&message, to_head, &body);
        size_t at = 0;
        for (size_t i = 0; i <= cuts.size() && more(); i++) {
            size_t end = i < cuts.size() ? cuts[i] : text.size();
            std::string_view piece = text.substr(at, end - at);
            ssize_t n = message_feed(&message, memory.put(piece), piece.size());
            outcome.taken += n > 0 ? static_cast<size_t>(n) : 0;
            at = end;
        }
        outcome.by_end = more();
        message_end(&message);
        describe(&outcome);
        return outcome;
    }

    outcome feed_bytes(std::string_view text, bool to_head = false)
    {
        std::vector<size_t> cuts;
        for (size_t i = 1; i < text.size(); i++)
            cuts.push_back(i);
        return feed(text, cuts, to_head);
    }

    struct message message;

  private:
    bool more() const
    {
        return message.state < MESSAGE_COMPLETE;
    }

    int count_lengths() const
    {
        int count = 0;
        size_t cursor = 0;
        const char *name, *value;
        while (headers_next(&message.headers, &cursor, &name, &value))
            count += !strcasecmp(name, "content-length");
        return count;
    }

    void describe(outcome *outcome) const
    {
        outcome->error = message.error;
        outcome->complete = message_is_complete(&message);
        outcome->keep_alive = message.keep_alive;
        outcome->status = message.status;
        outcome->minor_version = message.minor_version;
        outcome->headers = text_of(message.headers.text);
        outcome->lengths = count_lengths();
        outcome->trailers = message.is_chunked && message.head_bytes > 2;
        outcome->body = text_of(body);
        outcome->method = text_of(message_method(&message));
        outcome->target = text_of(message_target(&message));
    }

    struct buffer body = {};
    guarded memory;
};

#endif
