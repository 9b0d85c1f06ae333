/* SPDX-License-Identifier: MIT */
#include "talks/talk.h"

#include "base/contract.h"
#include "base/output.h"
#include "base/wakeup.h"
#include "talks/draw.h"
#include "talks/page.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* ---- time ---- */

nanos talk_second(int seconds)
{
    struct virtual_clock beginning;
    virtual_clock_init(&beginning);
    return nanos_after(beginning.now, seconds * NANOS_PER_SECOND);
}

void talk_say(const struct talk *talk, const char *what)
{
    nanos passed = talk->clock.now - talk_second(0);
    printf("%.1f s  %s\n", nanos_as_seconds(passed), what);
}

static void run_call(struct handle *handle)
{
    struct talk_call *call = container_of(handle, struct talk_call, handle);
    talk_say(call->talk, call->name);
    if (call->fd >= 0)
        wakeup_clear(call->fd);
}

struct handle *talk_call(struct talk *talk, const char *name)
{
    REQUIRE(talk->call_count < TALK_CALLS_MAX,
            "talk_call: at most TALK_CALLS_MAX calls");
    struct talk_call *call = &talk->calls[talk->call_count++];
    *call = (struct talk_call){{.run = run_call}, talk, name, -1};
    return &call->handle;
}

int talk_event(struct talk *talk, const char *name)
{
    struct handle *handle = talk_call(talk, name);
    int fd = wakeup_open();
    if (fd < 0)
        return fd;
    wakeup_set(fd);
    container_of(handle, struct talk_call, handle)->fd = fd;
    return selector_add(talk->selector, fd, SELECT_READ, handle);
}

static int begin_time(struct talk *talk)
{
    virtual_clock_init(&talk->clock);
    script_init(&talk->script, &talk->clock);
    int error = virtual_time_selector.open(&talk->selector);
    if (error)
        return error;
    error =
        talk->stays
            ? loop_new(&talk->loop, &epoll_selector, &monotonic_clock)
            : loop_new(&talk->loop, &virtual_time_selector, &talk->clock.clock);
    if (error)
        selector_close(talk->selector);
    return error;
}

static void end_time(struct talk *talk)
{
    for (int i = 0; i < talk->call_count; i++)
        if (talk->calls[i].fd >= 0)
            close(talk->calls[i].fd);
    selector_close(talk->selector);
    loop_free(talk->loop);
}

/* ---- the program ---- */

static int run_with_server(struct talk *talk)
{
    const struct origin_options options = {0};
    int error = origin_process_start(&talk->origin, &options);
    if (error)
        return error;
    error = talk_pages_init(talk);
    if (!error)
        error = talk_run(talk);
    if (!error)
        talk_pages_print(talk);
    talk_pages_deinit(talk);
    origin_process_stop(&talk->origin);
    return error;
}

static int run_in_time(struct talk *talk)
{
    int error = begin_time(talk);
    if (error)
        return error;
    error = talk_sites[0] ? run_with_server(talk) : talk_run(talk);
    end_time(talk);
    return error;
}

/* --draw, or --draw=FILE for an SVG file; --stay, for a server. */
int main(int argc, char **argv)
{
    struct talk talk = {.stays = argc == 2 && !strcmp(argv[1], "--stay")};
    struct talk_drawing *drawing = NULL;
    const char *path = NULL;
    int error = output_init(), undrawn = 0;
    if (error) {
        fprintf(stderr, "talk: nothing can be printed: %s\n",
                strerrordesc_np(-error));
        return 1;
    }
    if (argc == 2 && !strncmp(argv[1], "--draw=", 7))
        path = argv[1] + 7;
    if (argc == 2 && !strncmp(argv[1], "--draw", 6))
        undrawn = talk_draw_begin(&drawing, path);
    error = undrawn ? 0 : run_in_time(&talk);
    int late = talk_draw_end(drawing);
    undrawn = undrawn ? undrawn : late;
    int lost = output_check("talk");
    if (undrawn)
        fprintf(stderr, "talk: %s: %s\n", path ? path : "--draw",
                strerrordesc_np(-undrawn));
    if (error && error != lost)
        fprintf(stderr, "talk: %s\n", strerrordesc_np(-error));
    return lost || error || undrawn;
}
