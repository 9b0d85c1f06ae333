/* SPDX-License-Identifier: MIT */
/* A result that a worker has packed: the worker runs what it is given, and may
 * have died in between. */
#include "fuzz.h"
#include "packed.h"

#include "processes/pack.h"

#include <cerrno>
#include <cstring>

static std::string packed(const struct result &result)
{
    struct buffer out = {};
    fuzz_require(result_pack(&result, &out) == 0, "a result can be packed");
    std::string bytes(out.data, out.size);
    buffer_deinit(&out);
    return bytes;
}

static std::string sample()
{
    struct result result;
    result_init(&result);
    result.error = FETCH_BAD_REDIRECT;
    result.status = 302;
    result.body_bytes = 3;
    headers_add(&result.headers, slice_of("Location"), slice_of("http://b/"));
    headers_add(&result.headers, slice_of("A"), slice_of(""));
    buffer_append_text(&result.body, "xyz");
    std::string bytes = packed(result);
    result_deinit(&result);
    return bytes;
}

/* Everything that a client does with it. */
static void use(const struct result &result)
{
    struct buffer out = {};
    size_t cursor = 0, count = 0;
    const char *name, *value;
    while (headers_next(&result.headers, &cursor, &name, &value)) {
        fuzz_require(headers_find(&result.headers, name), "a field is found");
        count++;
    }
    fuzz_require(count == result.headers.count, "fields are counted");
    fuzz_require(result_explain(&result, &out) == 0, "it can be explained");
    fuzz_require(fetch_error_word(result.error) != nullptr, "its error exists");
    buffer_deinit(&out);
}

static void check(const struct result &result)
{
    std::string bytes = packed(result);
    struct result again;
    result_init(&again);
    fuzz_require(result_unpack(&again, {bytes.data(), bytes.size()}) ==
                     static_cast<ssize_t>(bytes.size()),
                 "what is packed can be unpacked");
    fuzz_require(packed(again) == bytes, "and is the same");
    for (size_t cut = 1; cut <= bytes.size(); cut += 1 + cut / 8)
        fuzz_require(
            result_unpack(&again, {bytes.data(), bytes.size() - cut}) == 0,
            "a part of it waits for the rest");
    result_deinit(&again);
}

void fuzz_result(std::string_view input)
{
    std::string bytes = packed_bytes(input, sample());
    struct result result;
    result_init(&result);
    ssize_t size = result_unpack(&result, {bytes.data(), bytes.size()});
    fuzz_require(size <= static_cast<ssize_t>(bytes.size()),
                 "no more is taken than there is");
    fuzz_require(size >= 0 || size == -EBADMSG,
                 "what is refused is not a result");
    if (size > 0) {
        use(result);
        check(result);
    }
    result_deinit(&result);
}
