/* SPDX-License-Identifier: MIT */
#include "harness/race/complaint.h"

#include <stdarg.h>
#include <stdio.h>

bool race_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("race: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return false;
}
