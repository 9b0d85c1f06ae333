/* SPDX-License-Identifier: MIT */
#include "callbacks/loop_asked.h"

#include "base/wakeup.h"
#include "base/write_all.h"
#include "callbacks/handle_name.h"
#include "callbacks/loop_dump.h"

#include <stdlib.h>
#include <unistd.h>

static void on_asked(struct handle *handle)
{
    struct loop_asked *asked =
        container_of(handle, struct loop_asked, watch.handle);
    char *text = NULL;
    size_t size = 0;
    wakeup_clear(asked->watch.fd);
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return;
    fprintf(out, "%s: ", asked->who);
    loop_dump(asked->loop, out);
    if (!fclose(out))
        (void)write_all(STDERR_FILENO, (struct slice){text, size});
    free(text);
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
