/* SPDX-License-Identifier: MIT */
/* A request that was packed for a worker. */
#include "fuzz.h"
#include "packed.h"

#include "processes/pack.h"

#include <cerrno>

static std::string packed(const struct request &request)
{
    struct buffer out = {};
    fuzz_require(request_pack(&request, &out) == 0, "a request can be packed");
    std::string bytes(out.data, out.size);
    buffer_deinit(&out);
    return bytes;
}

static std::string sample()
{
    struct url url = {};
    struct headers extra = {};
    struct request request;
    fuzz_require(url_parse(&url, "http://host:81/a?b=c") == URL_OK &&
                     headers_add(&extra, slice_of("X"), slice_of("y")) == 0 &&
                     request_init(&request, METHOD_POST, &url, &extra,
                                  slice_of("body")) == 0,
                 "there is a request to begin with");
    std::string bytes = packed(request);
    request_deinit(&request);
    headers_deinit(&extra);
    url_deinit(&url);
    return bytes;
}

/* One line for each field and one for the request itself, whatever the texts
 * are: no more may be asked than what was asked for. */
static void check_wire(const struct request &request)
{
    for (const struct buffer &wire : request.wire) {
        std::string_view head(wire.data, wire.size);
        head = head.substr(0, head.find("\r\n\r\n"));
        fuzz_require(head.find('\0') == head.npos, "a head has no NUL");
        size_t lines = 1;
        for (char c : head)
            lines += c == '\n';
        fuzz_require(lines <= request.extra.count + 6,
                     "no text brings a line of its own");
    }
}

void fuzz_request(std::string_view input)
{
    std::string bytes = packed_bytes(input, sample());
    struct request request = {};
    int error = request_unpack(&request, {bytes.data(), bytes.size()});
    fuzz_require(error == 0 || error == -EBADMSG || error == -EINVAL,
                 "what is refused is not a request");
    if (error == 0) {
        fuzz_require(packed(request).size() == bytes.size(),
                     "a request that was unpacked is packed the same");
        check_wire(request);
    }
    request_deinit(&request);
}
