/* SPDX-License-Identifier: MIT */
#include "base/contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A sanitizer's function, where there is one: it can print the callers. */
extern void __sanitizer_print_stack_trace(void) __attribute__((weak));

/* One write, so that threads and processes do not mix their sentences. And no
 * stdio buffer, for the mistake may have been made while one was locked. */
void contract_broken(const char *file, int line, const char *sentence)
{
    char text[512];
    int size = snprintf(text, sizeof text, "%s:%d: contract broken: %s\n", file,
                        line, sentence);
    if (size > 0 && size < (int)sizeof text) {
        ssize_t written = write(STDERR_FILENO, text, (size_t)size);
        (void)written;
    }
    if (__sanitizer_print_stack_trace)
        __sanitizer_print_stack_trace();
    abort();
}
