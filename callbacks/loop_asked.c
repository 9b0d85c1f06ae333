/* SPDX-License-Identifier: MIT */
#include "callbacks/loop_asked.h"

#include "base/answer.h"
#include "base/wakeup.h"
#include "callbacks/handle_name.h"
#include "callbacks/loop_dump.h"

static void answer_loop_dump(void *context, FILE *out)
{
    const struct loop_asked *asked = context;
    fprintf(out, "%s: ", asked->who);
    loop_dump(asked->loop, out);
}

static void on_asked(struct handle *handle)
{
    struct loop_asked *asked =
        container_of(handle, struct loop_asked, watch.handle);
    wakeup_clear(asked->watch.fd);
    answer_write(answer_loop_dump, asked);
}
HANDLE_NAME(on_asked, "questions like this one", NULL);

int loop_asked_start(struct loop_asked *asked, struct loop *loop, int fd,
                     const char *who)
{
    *asked = (struct loop_asked){
        .watch = {.handle.run = on_asked, .fd = fd}, .loop = loop, .who = who};
    return loop_watch(loop, &asked->watch, SELECT_READ);
}

void loop_asked_stop(struct loop_asked *asked)
{
    if (asked->loop)
        loop_watch(asked->loop, &asked->watch, 0);
}
