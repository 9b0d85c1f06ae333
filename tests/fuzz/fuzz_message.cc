/* SPDX-License-Identifier: MIT */
/* The parser against anything at all: it stays within the memory that it was
 * given, and however the bytes are cut they come to the same. The first byte
 * says what they are: R a response, H one to a HEAD request, Q a request; small
 * letters set small limits. The second seeds the cuts. The rest is the message.
 */
#include "fuzz.h"

#include "message_feeding.h"

#include <cctype>
#include <random>

static const struct message_limits small_limits = {40, 100, 50};

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
    fuzz_require(whole.complete == (whole.error == MESSAGE_FINE),
                 "neither complete nor refused");
    fuzz_require(whole.taken <= text.size(), "more taken than given");
    if (whole.complete) {
        fuzz_require(message.body_bytes == whole.body.size(),
                     "body miscounted");
        fuzz_require(message.body_bytes <= message.limits->body,
                     "body too large");
        fuzz_require(message.line.size == 0, "a line is left over");
        fuzz_require(!whole.by_end || !whole.keep_alive, "kept, though closed");
    }
    outcome cut = feeder->feed(text, random_cuts(text.size(), seed), to_head);
    fuzz_require(cut == whole, "cut at random it comes to something else");
    fuzz_require(feeder->feed_bytes(text, to_head) == whole,
                 "byte by byte it comes to something else");
}

void fuzz_message(std::string_view input)
{
    if (input.size() < 2 || input.size() > guarded::size)
        return;
    int what = toupper(input[0]);
    enum message_kind kind = what == 'Q' ? MESSAGE_REQUEST : MESSAGE_RESPONSE;
    check(feeder_for(kind, islower(input[0])), input.substr(2),
          static_cast<unsigned char>(input[1]), what == 'H');
}
