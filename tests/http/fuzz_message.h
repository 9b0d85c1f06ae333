/* SPDX-License-Identifier: MIT */
#ifndef TESTS_HTTP_FUZZ_MESSAGE_H
#define TESTS_HTTP_FUZZ_MESSAGE_H

#include <cstddef>
#include <cstdint>

/* One input of the fuzzer. The first byte says what it is: R a response, H one
 * to a HEAD request, Q a request; small letters set small limits. The second
 * seeds the cuts. The rest is the message. Aborts when something is wrong. */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
