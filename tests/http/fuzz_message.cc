/* SPDX-License-Identifier: MIT */
/* The parser against anything at all: it stays within the memory that it was
 * given, and however the bytes are cut they come to the same. */
#include "fuzz_message.h"

#include "message_feeding.h"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <random>

static const struct message_limits small_limits = {40, 100, 50};

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "fuzz_message: %s\n", what);
    abort();
}

static feeder *feeder_for(enum message_kind kind, bool is_small)
{
    static feeder response(MESSAGE_RESPONSE), request(MESSAGE_REQUEST);
    static feeder small_response(MESSAGE_RESPONSE, &small_limits);
    static feeder small_request(MESSAGE_REQUEST, &small_limits);
    if (is_small)
        return kind == MESSAGE_REQUEST ? &small_request : &small_response;
    return kind == MESSAGE_REQUEST ? &request : &response;
}

static std::vector<size_t> random_cuts(size_t size, unsigned seed)
{
    std::minstd_rand random(seed + 1);
    std::vector<size_t> cuts;
    for (size_t at = random() % 20; at < size; at += random() % 20)
        cuts.push_back(at);
    return cuts;
}

static void check(feeder *feeder, std::string_view text, unsigned seed,
                  bool to_head)
{
    outcome whole = feeder->feed(text, {}, to_head);
    const struct message &message = feeder->message;
    require(whole.complete == (whole.error == MESSAGE_FINE),
            "neither complete nor refused");
    require(whole.taken <= text.size(), "more taken than given");
    if (whole.complete) {
        require(message.body_bytes == whole.body.size(), "body miscounted");
        require(message.body_bytes <= message.limits->body, "body too large");
        require(message.line.size == 0, "a line is left over");
        require(!whole.by_end || !whole.keep_alive, "kept, though closed");
    }
    outcome cut = feeder->feed(text, random_cuts(text.size(), seed), to_head);
    require(cut == whole, "cut at random it comes to something else");
    require(feeder->feed_bytes(text, to_head) == whole,
            "byte by byte it comes to something else");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > guarded::size)
        return 0;
    int what = toupper(data[0]);
    enum message_kind kind = what == 'Q' ? MESSAGE_REQUEST : MESSAGE_RESPONSE;
    std::string_view text(reinterpret_cast<const char *>(data) + 2, size - 2);
    check(feeder_for(kind, islower(data[0])), text, data[1], what == 'H');
    return 0;
}
