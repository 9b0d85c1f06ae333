/* SPDX-License-Identifier: MIT */
#include "base/answer.h"

#include "base/buffer_stream.h"
#include "base/write_all.h"

#include <errno.h>
#include <unistd.h>

static int print_into(struct buffer *text,
                      void (*print)(void *context, FILE *out), void *context)
{
    FILE *out = buffer_stream_open(text);
    if (!out)
        return -ENOMEM;
    print(context, out);
    return buffer_stream_close(out);
}

void answer_write(void (*print)(void *context, FILE *out), void *context)
{
    struct buffer text = {0};
    struct slice whole = slice_of("out of memory for an answer\n");
    if (!print_into(&text, print, context))
        whole = buffer_slice(&text);
    (void)write_all(STDERR_FILENO, whole);
    buffer_deinit(&text);
}
