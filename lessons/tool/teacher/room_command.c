/* SPDX-License-Identifier: MIT */
/* `room`: where all learners in a room are, from a folder that all laptops
 * write into, or from what they send. On a terminal it looks again and again,
 * until Ctrl-C. */
#include "lessons/tool/commands.h"

#include "base/clock.h"
#include "base/output.h"
#include "callbacks/handle_name.h"
#include "callbacks/loop.h"
#include "callbacks/signal_handler.h"
#include "harness/arguments.h"
#include "harness/interrupt.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"
#include "lessons/tool/teacher/play_page.h"
#include "lessons/tool/teacher/room_folder.h"
#include "lessons/tool/teacher/room_serve.h"
#include "lessons/tool/teacher/room_table.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const char usage[] =
    "usage: ./lab room DIR [--once] [--predict STEP]\n"
    "       ./lab room --serve [--host ADDRESS] [--port N] [--predict STEP]\n";

struct room_options {
    const char *folder; /* NULL: a server */
    const char *host;
    size_t port;
    const char *predict; /* whose guesses; NULL */
    bool once, serves;
};

struct watched_room {
    struct room room;
    struct room_view view;
    const struct room_options *options;
    char folder[PATH_MAX];
    bool terminal;
    struct loop *loop;
    struct handle look; /* the next one */
    struct signal_handler interrupt, terminate, resized;
    struct room_server server;
    char url[128];
    int error; /* why the folder cannot be read any more */
};

/* ---- the screen ---- */

static void append_footer(const struct watched_room *watched,
                          struct buffer *text)
{
    if (!watched->options->serves) {
        buffer_print(text, "%s   Ctrl-C ends it", watched->options->folder);
        return;
    }
    buffer_print(text, "./lab status --every 30 --send %s\n(heard %s)",
                 watched->url, room_server_heard(&watched->server));
}

/* The screen is drawn over, row by row: nothing flickers. */
static void draw(struct watched_room *watched)
{
    struct buffer text = {0}, rows = {0}, footer = {0};
    struct room_view *view = &watched->view;
    view->now = monotonic_now();
    view->columns = style_columns();
    append_footer(watched, &footer);
    struct buffer below = {0};
    int foot = page_append_rows(&below, buffer_slice(&footer), view->columns);
    view->rows = style_rows() - foot + 1;
    room_append(view, &text);
    page_append_rows(&rows, buffer_slice(&text), view->columns);
    struct slice rest = buffer_slice(&rows), last = buffer_slice(&below);
    fputs("\033[H", stdout);
    for (int i = 0; i < style_rows() - foot - 1; i++) {
        struct slice row = page_take_row(&rest);
        printf("%.*s%s\033[K\n", (int)row.size, row.data, style_off());
    }
    for (int i = 0; i < foot; i++) {
        struct slice row = page_take_row(&last);
        printf("%s%.*s%s\033[K\n", style_on(STYLE_QUIET), (int)row.size,
               row.data, style_off());
    }
    fputs("\033[J", stdout);
    buffer_deinit(&below);
    buffer_deinit(&footer);
    buffer_deinit(&rows);
    buffer_deinit(&text);
}

static int print(struct watched_room *watched)
{
    struct buffer text = {0};
    watched->view.now = monotonic_now();
    watched->view.columns = style_columns();
    watched->view.rows = 0;
    room_append(&watched->view, &text);
    int status = style_put(&text, stdout) ? 0 : 1;
    buffer_deinit(&text);
    return status;
}

/* ---- again and again ---- */

static void look_again(struct handle *handle)
{
    struct watched_room *watched =
        container_of(handle, struct watched_room, look);
    if (watched->options->folder)
        watched->error = room_read_folder(&watched->room, watched->folder);
    if (watched->terminal)
        draw(watched);
    if (watched->error || output_flush())
        loop_stop(watched->loop);
    else
        loop_call_at(watched->loop, handle, monotonic_now() + NANOS_PER_SECOND);
}
HANDLE_NAME(look_again, "the next look at the room", NULL);

static void on_interrupt(struct signal_handler *handler)
{
    loop_stop(container_of(handler, struct watched_room, interrupt)->loop);
}

static void on_terminate(struct signal_handler *handler)
{
    loop_stop(container_of(handler, struct watched_room, terminate)->loop);
}

static void on_resize(struct signal_handler *handler)
{
    draw(container_of(handler, struct watched_room, resized));
}

static int hear_signals(struct watched_room *watched)
{
    watched->interrupt = (struct signal_handler){.signalled = on_interrupt};
    watched->terminate = (struct signal_handler){.signalled = on_terminate};
    watched->resized = (struct signal_handler){.signalled = on_resize};
    int error = 0;
    if (!interrupt_is_ignored(SIGINT))
        error = signal_handler_add(&watched->interrupt, watched->loop, SIGINT);
    if (!error && !interrupt_is_ignored(SIGTERM))
        error = signal_handler_add(&watched->terminate, watched->loop, SIGTERM);
    if (!error && watched->terminal)
        error = signal_handler_add(&watched->resized, watched->loop, SIGWINCH);
    return error;
}

static void forget_signals(struct watched_room *watched)
{
    struct signal_handler *const all[] = {
        &watched->interrupt, &watched->terminate, &watched->resized};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i]->number)
            signal_handler_remove(all[i]);
}

static int run_loop(struct watched_room *watched)
{
    int error = hear_signals(watched);
    watched->look = (struct handle){.run = look_again};
    loop_call_soon(watched->loop, &watched->look);
    if (watched->terminal)
        fputs("\033[H\033[2J", stdout);
    if (!error)
        error = loop_run(watched->loop);
    loop_cancel(watched->loop, &watched->look);
    forget_signals(watched);
    if (watched->terminal)
        putchar('\n');
    return error;
}

/* ---- where it comes from ---- */

static int complain(const char *what, int error)
{
    fprintf(stderr, "lab: room: %s: %s\n", what, strerrordesc_np(-error));
    return 1;
}

static int read_once(struct watched_room *watched)
{
    int error = room_read_folder(&watched->room, watched->folder);
    return error ? complain(watched->options->folder, error) : print(watched);
}

static int watch_folder(struct watched_room *watched)
{
    int error = loop_new(&watched->loop, &poll_selector, &monotonic_clock);
    if (!error)
        error = run_loop(watched);
    loop_free(watched->loop);
    if (error)
        return complain("it cannot be watched", error);
    return watched->error ? complain(watched->options->folder, watched->error)
                          : 0;
}

static void say_where(const struct watched_room *watched)
{
    struct buffer text = {0};
    append_footer(watched, &text);
    printf("%.*s\nCtrl-C ends it, and shows the room.\n", (int)text.size,
           text.data);
    buffer_deinit(&text);
}

static int serve_until_the_end(struct watched_room *watched)
{
    room_server_url(&watched->server, watched->url, sizeof watched->url);
    if (!watched->terminal)
        say_where(watched);
    int error = run_loop(watched);
    if (!watched->terminal)
        print(watched);
    room_server_close(&watched->server, watched->loop);
    return error ? complain("it cannot serve", error) : 0;
}

static int serve(struct watched_room *watched)
{
    const struct room_options *options = watched->options;
    int error = loop_new(&watched->loop, &poll_selector, &monotonic_clock);
    if (error)
        return complain("it cannot serve", error);
    error = room_server_open(&watched->server, &watched->room, watched->loop,
                             options->host, (uint16_t)options->port);
    int status = 1;
    if (error == -EINVAL)
        fprintf(stderr, "lab: room: '%s' is not an address\n", options->host);
    else if (error)
        fprintf(stderr, "lab: room: cannot listen on %s port %zu: %s\n",
                options->host, options->port, strerrordesc_np(-error));
    else
        status = serve_until_the_end(watched);
    loop_free(watched->loop);
    return error == -EINVAL ? 2 : status;
}

/* ---- the command ---- */

static int read_options(struct room_options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (!strcmp(argv[i], "--once"))
            options->once = true;
        else if (!strcmp(argv[i], "--serve"))
            options->serves = true;
        else if (argv[i][0] != '-' && !options->folder)
            options->folder = argv[i];
        else if (!value)
            return -EINVAL;
        else if (!strcmp(argv[i], "--predict"))
            options->predict = argv[++i];
        else if (!strcmp(argv[i], "--host"))
            options->host = argv[++i];
        else if (!strcmp(argv[i], "--port") &&
                 argument_count(value, 0, UINT16_MAX, &options->port))
            i++;
        else
            return -EINVAL;
    }
    bool listens = options->host || options->port;
    bool both = options->serves && (options->folder || options->once);
    if (!options->host)
        options->host = "127.0.0.1";
    return both || (listens && !options->serves) ||
                   (!options->serves && !options->folder)
               ? -EINVAL
               : 0;
}

static int run(struct session *session, const struct room_options *options)
{
    struct watched_room watched = {
        .options = options,
        .terminal = isatty(STDOUT_FILENO) && !options->once,
        .view = {.lessons = session->lessons,
                 .predicted = options->predict ? session->lesson : NULL,
                 .step = session->step},
    };
    watched.view.room = &watched.room;
    /* A look at a thousand files on a slow disk is a slow call. */
    slow_call_set(0, &monotonic_clock);
    if (options->folder) {
        char absolute[PATH_MAX];
        snprintf(watched.folder, sizeof watched.folder, "%s",
                 place_path(session->place, options->folder, absolute));
    }
    int status = options->serves    ? serve(&watched)
                 : watched.terminal ? watch_folder(&watched)
                                    : read_once(&watched);
    room_deinit(&watched.room);
    return status;
}

int room_main(const struct place *place, int argc, char **argv)
{
    struct session session;
    struct room_options options = {0};
    if (read_options(&options, argc, argv)) {
        fputs(usage, stderr);
        return 2;
    }
    if (session_open(&session, place))
        return 1;
    int status = options.predict && session_choose(&session, options.predict)
                     ? 2
                     : run(&session, &options);
    session_close(&session);
    return status;
}
