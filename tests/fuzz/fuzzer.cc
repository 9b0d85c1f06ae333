/* SPDX-License-Identifier: MIT */
/* One target as a program of clang's fuzzer: FUZZ_THIS is its function. */
#include "fuzz.h"

#include <cstdio>
#include <cstdlib>

void fuzz_require(bool kept, const char *promise)
{
    if (kept)
        return;
    fprintf(stderr, "fuzz: broken promise: %s\n", promise);
    abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FUZZ_THIS({reinterpret_cast<const char *>(data), size});
    return 0;
}
