/* SPDX-License-Identifier: MIT */
/* Responses as they are given to the writer, and how they are drained. Its own
 * tests compare the wire, the oracle's test has a second parser read it. */
#ifndef TESTS_HTTP_RESPONSE_ROWS_H
#define TESTS_HTTP_RESPONSE_ROWS_H

#include "http/response.h"

#include <algorithm>
#include <string>
#include <vector>

/* One response: its terms, its head, its body in pieces. */
struct given_response {
    response_terms terms = {1, false, true, false};
    response_head head = {200, nullptr, nullptr, RESPONSE_BY_LENGTH, 0, false};
    std::vector<std::string> pieces;

    std::string body() const
    {
        std::string all;
        for (const std::string &piece : pieces)
            all += piece;
        return all;
    }

    /* Is anything of the body on the wire? */
    bool has_body() const
    {
        return !terms.head_only && response_status_has_body(head.status);
    }
};

/* How the wire is drained: `step` bytes are taken at a time, of a piece of
 * which `window` bytes are shown at a time. */
struct draining {
    bool copied = false;
    size_t step = SIZE_MAX, window = SIZE_MAX;
};

/* One send of at most `step` bytes. */
inline void send_some(response *response, slice piece, size_t step,
                      std::string *wire)
{
    slice parts[RESPONSE_PARTS];
    size_t count = response_output(response, piece, parts), sent = 0;
    for (size_t i = 0; i < count && sent < step; i++) {
        size_t size = std::min(parts[i].size, step - sent);
        wire->append(parts[i].data, size);
        sent += size;
    }
    response_sent(response, sent);
}

inline void drain(response *response, const std::string &piece,
                  const draining &how, std::string *wire)
{
    while (response_wants_write(response)) {
        size_t left = (size_t)response_piece_left(response);
        slice rest = {piece.data() + (piece.size() - left),
                      std::min(left, how.window)};
        send_some(response, rest, how.step, wire);
    }
}

/* The wire of a response that has been initialised. Pieces are announced and
 * drained one by one, or all of them are copied before anything is sent. */
inline int write_response(response *response, const given_response &given,
                          const draining &how, std::string *wire)
{
    int error = response_start(response, &given.terms, &given.head);
    for (const std::string &piece : given.pieces) {
        if (error)
            return error;
        error = how.copied
                    ? response_append(response, {piece.data(), piece.size()})
                    : response_frame(response, piece.size());
        if (!how.copied)
            drain(response, piece, how, wire);
    }
    if (!error)
        error = response_end(response);
    drain(response, "", how, wire);
    return error;
}

/* Everything that a server may answer, in every combination. */
inline std::vector<given_response> all_responses()
{
    const std::vector<std::vector<std::string>> bodies = {
        {},
        {"hello"},
        {"", "h", "", std::string(300, 'x'), "\r\n0\r\n\r\n"},
    };
    std::vector<given_response> all;
    for (int status : {200, 204, 205, 304, 404, 599})
        for (response_framing framing :
             {RESPONSE_BY_LENGTH, RESPONSE_CHUNKED, RESPONSE_UNTIL_CLOSE})
            for (unsigned bits = 0; bits < 16; bits++)
                for (const auto &pieces : bodies) {
                    given_response given;
                    given.terms = {bits & 1 ? 0 : 1, (bits & 2) != 0,
                                   (bits & 4) != 0, false};
                    given.head.status = status;
                    given.head.framing = framing;
                    given.head.close = bits & 8;
                    given.pieces = pieces;
                    given.head.length = given.body().size();
                    all.push_back(given);
                }
    return all;
}

#endif
