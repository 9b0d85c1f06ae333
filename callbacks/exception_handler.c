/* SPDX-License-Identifier: MIT */
#include "callbacks/exception_handler.h"

#include "callbacks/handle_name.h"

#include <stdio.h>
#include <string.h>

static _Thread_local struct {
    struct exception_handler *handler; /* NULL: the default */
    unsigned shown;
} mine;

struct exception_handler *
exception_handler_set(struct exception_handler *handler)
{
    struct exception_handler *before = mine.handler;
    mine.handler = handler;
    mine.shown = 0;
    return before;
}

static void print_error(int error)
{
    const char *words = strerrordesc_np(-error);
    fprintf(stderr, "  error: %s\n", words ? words : "unknown error");
}

/* Prints in pieces, so that the message appears even without memory for the
 * text of the failure. */
static void print(const struct exception_context *context)
{
    struct buffer text = {0};
    char name[HANDLE_NAME_MAX];
    fprintf(stderr, "%s\n", context->message);
    if (context->call)
        fprintf(stderr, "  call: %s\n", handle_name_text(context->call, name));
    if (context->failure)
        failure_print(context->failure, &text);
    else if (context->error)
        print_error(context->error);
    fprintf(stderr, "%.*s", (int)text.size, text.data ? text.data : "");
    buffer_deinit(&text);
}

void exception_handler_default(const struct exception_context *context)
{
    if (mine.shown > EXCEPTIONS_SHOWN)
        return;
    if (mine.shown++ == EXCEPTIONS_SHOWN)
        fprintf(stderr, "There are more messages, which are not shown.\n");
    else
        print(context);
}

void exception_handler_call(const struct exception_context *context)
{
    struct exception_handler *handler = mine.handler;
    int error = handler ? handler->handle(handler, context) : 0;
    if (error)
        exception_handler_default(&(struct exception_context){
            .message = "the exception handler failed", .error = error});
    if (error || !handler)
        exception_handler_default(context);
}
