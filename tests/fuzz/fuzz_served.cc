/* SPDX-License-Identifier: MIT */
/* What clients send to a server, one request after another: however it is cut,
 * the server reads the same. The first byte seeds the cuts. */
#include "fuzz.h"

#include "http/server_request.h"

#include <algorithm>
#include <random>

static const struct message_limits limits = {64, 200, 100};
static const uint64_t most = 60; /* of a body, of which the server says so */

class Server
{
  public:
    Server()
    {
        server_request_init(&request, &limits);
    }
    ~Server()
    {
        server_request_deinit(&request);
        response_deinit(&response);
        buffer_deinit(&body);
    }
    Server(const Server &) = delete;

    /* False: nothing more is read on this connection. */
    bool feed(std::string_view piece)
    {
        do {
            size_t taken =
                server_request_feed(&request, piece.data(), piece.size());
            fuzz_require(taken <= piece.size(), "more taken than given");
            piece.remove_prefix(taken);
            fuzz_require(request.state != SERVER_REQUEST_NEEDS_BYTES ||
                             piece.empty(),
                         "what needs bytes takes them");
            look();
            if (request.state == SERVER_REQUEST_IS_REFUSED)
                return false;
        } while (!piece.empty());
        return true;
    }

    std::string diary;

  private:
    void look()
    {
        if (request.state == SERVER_REQUEST_NEEDS_CONSENT) {
            body.size = 0;
            fuzz_require(
                server_request_accept(&request, &body, most, &response) == 0,
                "a body may come");
        }
        if (request.state == SERVER_REQUEST_IS_REFUSED)
            refused();
        if (request.state == SERVER_REQUEST_IS_WHOLE)
            whole();
    }
    void refused()
    {
        struct response_terms terms = server_request_terms(&request);
        fuzz_require(request.refusal >= 400 && request.refusal <= 599,
                     "a refusal is a status");
        fuzz_require(terms.unread && !terms.keep_alive,
                     "what is refused ends the connection");
        answer(
            {request.refusal, nullptr, nullptr, RESPONSE_BY_LENGTH, 0, true});
        fuzz_require(!response.keep_alive, "what is refused is not kept");
    }
    void whole()
    {
        struct slice target = message_target(&request.message);
        struct slice method = message_method(&request.message);
        fuzz_require(method.size && target.size, "a request asks for a target");
        fuzz_require(body.size <= most, "a body is not too large");
        fuzz_require(request.message.body_bytes == body.size,
                     "a body is counted");
        diary.append(method.data, method.size) += ' ';
        diary.append(target.data, target.size) += ' ';
        diary.append(body.data ? body.data : "", body.size) += '\n';
        answer({200, nullptr, nullptr, RESPONSE_BY_LENGTH, 0, false});
        body.size = 0;
        server_request_reset(&request);
    }
    /* As the client sees it, with the 100 before. */
    void answer(const struct response_head &head)
    {
        struct response_terms terms = server_request_terms(&request);
        fuzz_require(response_start(&response, &terms, &head) == 0 &&
                         response_end(&response) == 0,
                     "there is an answer");
        diary.append(response.out.data, response.out.size);
        bool kept = response.keep_alive;
        response_deinit(&response);
        response = {};
        response.keep_alive = kept;
    }

    struct server_request request;
    struct response response = {};
    struct buffer body = {};
};

void fuzz_served(std::string_view input)
{
    if (input.empty())
        return;
    std::minstd_rand random(static_cast<unsigned char>(input[0]) + 1U);
    input.remove_prefix(1);
    Server whole, cut, bytes;
    whole.feed(input);
    for (std::string_view rest = input; !rest.empty();) {
        size_t size = std::min<size_t>(rest.size(), 1 + random() % 20);
        if (!cut.feed(rest.substr(0, size)))
            break;
        rest.remove_prefix(size);
    }
    for (size_t i = 0; i < input.size() && bytes.feed(input.substr(i, 1)); i++)
        ;
    fuzz_require(cut.diary == whole.diary, "cut at random it is the same");
    fuzz_require(bytes.diary == whole.diary, "byte by byte it is the same");
}
