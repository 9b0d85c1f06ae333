/* SPDX-License-Identifier: MIT */
#include "harness/system_call.h"

#include <stddef.h>
#include <sys/syscall.h>

/* All of them, made of the system's headers by CMakeLists.txt. */
static const struct {
    long call;
    const char *word;
} calls[] = {
#define CALL(name) {SYS_##name, #name},
#include "made/system_calls.def"
#undef CALL
};

const char *system_call_word(long call)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].call == call)
            return calls[i].word;
    return NULL;
}
