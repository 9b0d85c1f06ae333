/* SPDX-License-Identifier: MIT */
#include "harness/ps/look.h"

#include "deferreds/deferred.h"

#include <stdarg.h>
#include <string.h>

enum { RUNGS_MAX = 16, CHAIN_MAX = 8 };

__attribute__((format(printf, 2, 3))) static void
append(char text[SHOWN_TEXT], const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, SHOWN_TEXT - used, format, arguments);
    va_end(arguments);
}

/* "parse" for both lanes, "parse | give_up", "parse | " for one lane. */
static void append_rung(struct target *target, place at, char text[SHOWN_TEXT])
{
    struct rung rung;
    char callback[SHOWN_TEXT] = "", errback[SHOWN_TEXT] = "";
    if (!target_read(target, at, &rung, sizeof rung))
        return;
    if (rung.callback)
        look_function(target, (uintptr_t)rung.callback, 0, callback);
    if (rung.errback)
        look_function(target, (uintptr_t)rung.errback, 0, errback);
    if (rung.callback == rung.errback)
        append(text, "%.50s", callback);
    else
        append(text, "%.50s | %.50s", *callback ? callback : "pass",
               *errback ? errback : "pass");
}

const char *look_rungs(struct target *target, place deferred,
                       char text[SHOWN_TEXT])
{
    struct deferred read;
    *text = '\0';
    if (!target_read(target, deferred, &read, sizeof read))
        return text;
    for (uint32_t i = read.next; i < read.count && i < RUNGS_MAX; i++) {
        append(text, i == read.next ? "" : ", ");
        if (i < read.capacity)
            append_rung(target, (uintptr_t)read.rungs + i * sizeof(struct rung),
                        text);
        else
            append(text, "(cannot be seen)");
    }
    return text;
}

place look_chain(struct target *target, place deferred, char text[SHOWN_TEXT])
{
    char rungs[SHOWN_TEXT];
    place waiter = 0;
    snprintf(text, SHOWN_TEXT, "fires a Deferred");
    for (int i = 0; deferred && i < CHAIN_MAX; i++) {
        look_rungs(target, deferred, rungs);
        if (*rungs)
            append(text, "%s%s", i ? "; behind it " : ": ", rungs);
        waiter = target_pointer(target,
                                deferred + offsetof(struct deferred, waiter));
        deferred =
            target_pointer(target, deferred + offsetof(struct deferred, outer));
    }
    return waiter;
}
