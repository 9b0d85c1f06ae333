/* SPDX-License-Identifier: MIT */
/* It runs on the lab's own event loop: the keys, what the step of the moment
 * prints, a timer while that runs, and the size of the screen. */
#include "lessons/tool/teacher/play_show.h"

#include "base/clock.h"
#include "callbacks/handle_name.h"
#include "callbacks/loop.h"
#include "callbacks/signal_handler.h"
#include "lessons/tool/shown_child.h"
#include "lessons/tool/style.h"
#include "lessons/tool/teacher/play_act.h"
#include "lessons/tool/teacher/play_screen.h"
#include "lessons/tool/teacher/play_told.h"
#include "lessons/tool/terminal_guard.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a step prints, and no more: the rest is dropped, and said to be. */
enum { SAID_MAX = 1 << 20 };

struct show {
    struct loop *loop;
    const struct play_showing *showing;
    struct watch keys, output;
    struct handle second; /* the next, while something runs */
    struct signal_handler resized;
    int at;               /* this step, from 0 on */
    struct buffer source; /* of the step */
    bool acted;           /* it has been run */
    bool told;            /* …and what was there before is looked at again */
    bool helps;
    int top, below;           /* rows above and below the screen */
    int beside_top;           /* rows of the source that are above it */
    struct shown_child child; /* what runs */
    nanos began;
    int status;         /* of what has run */
    struct buffer said; /* by it */
};

static const struct play_step *step_of(const struct show *show)
{
    return &show->showing->play->steps[show->at];
}

static bool is_last(const struct show *show)
{
    return show->at + 1 == show->showing->play->count;
}

static bool sees_output(const struct show *show)
{
    return show->acted && !show->told;
}

/* ---- the screen ---- */

static const char help[] =
    "space, enter, page down   more of it; then run it; then the next step\n"
    "b, page up                back: before it ran; then the step before\n"
    "n                         the next step, whatever runs\n"
    "r                         run it again\n"
    "s                         what was told, and the source; and back\n"
    "down, up, j, k            a row; J, K: of the source that is beside\n"
    "q                         quit\n"
    "\n"
    "What a step has started ends when the step is left. A presenter's remote\n"
    "has page down and page up: they lead on, and back.\n"
    "\n"
    "Any key leads back.\n";

static void append_output(const struct show *show, struct buffer *text)
{
    const struct play_step *step = step_of(show);
    play_append_commands(text, step);
    if (text->size)
        buffer_append(text, "\n", 1);
    buffer_append(text, show->said.data, show->said.size);
    if (show->said.size >= SAID_MAX)
        buffer_append_text(text, "\n(it has printed more than is kept)\n");
    if (!show->child.pid && show->status)
        buffer_print(text, "\n%sIt ended with exit code %d.%s\n",
                     style_on(STYLE_BAD), show->status, style_off());
    buffer_lack(text, &show->said);
}

static void append_text(const struct show *show, struct buffer *text,
                        int columns)
{
    if (show->helps) {
        buffer_append_text(text, help);
    } else if (sees_output(show)) {
        append_output(show, text);
    } else {
        play_append_told(text, show->showing->session->lesson, step_of(show),
                         columns);
        /* Where there is no room for it beside. */
        if (columns == style_columns() && show->source.size) {
            buffer_append(text, "\n", text->size > 0);
            buffer_append(text, show->source.data, show->source.size);
        }
    }
}

static const char *space_does(const struct show *show)
{
    if (show->child.pid)
        return "wait";
    if (play_step_acts(step_of(show)) && !show->acted)
        return step_of(show)->predict ? "answer" : "run";
    return is_last(show) ? "end" : "next";
}

static void draw(struct show *show)
{
    struct buffer text = {0};
    char note[32];
    struct slice beside =
        show->helps ? (struct slice){0} : buffer_slice(&show->source);
    int columns = play_screen_columns(beside);
    append_text(show, &text, columns);
    snprintf(note, sizeof note, "runs, %d s",
             (int)((monotonic_now() - show->began) / NANOS_PER_SECOND));
    struct play_view view = {
        .lesson = show->showing->session->lesson->name,
        .title = step_of(show)->title,
        .step = show->at + 1,
        .steps = show->showing->play->count,
        .note = show->child.pid ? note : NULL,
        .space = space_does(show),
        .text = buffer_slice(&text),
        .beside = beside,
        .top = show->top,
        .beside_top = show->beside_top,
    };
    show->below = play_screen_draw(&view);
    buffer_deinit(&text);
}

/* ---- what runs ---- */

static void take_end(struct show *show, int status)
{
    show->status =
        WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void end_act(struct show *show, bool at_once)
{
    if (!show->child.pid)
        return;
    loop_cancel(show->loop, &show->second);
    loop_watch(show->loop, &show->output, 0);
    take_end(show, shown_child_end(&show->child, at_once));
}

static void act_said(struct handle *handle)
{
    struct show *show = container_of(handle, struct show, output.handle);
    if (!shown_child_read(&show->child, &show->said, SAID_MAX))
        end_act(show, false);
    draw(show);
}
HANDLE_NAME(act_said, "what a step prints", NULL);

static void second_passed(struct handle *handle)
{
    struct show *show = container_of(handle, struct show, second);
    loop_call_at(show->loop, handle, monotonic_now() + NANOS_PER_SECOND);
    draw(show);
}
HANDLE_NAME(second_passed, "the next second", NULL);

static int run_act(void *data)
{
    const struct show *show = data;
    return play_act(show->showing->session, step_of(show), style_columns());
}

static void act(struct show *show)
{
    end_act(show, true);
    buffer_clear(&show->said);
    show->acted = true;
    show->told = false;
    show->top = 0;
    show->status = 0;
    show->began = monotonic_now();
    int columns = play_screen_columns(buffer_slice(&show->source));
    int error = shown_child_start(&show->child, columns, run_act, show);
    if (!error) {
        show->output = (struct watch){.handle = {.run = act_said},
                                      .fd = show->child.output};
        error = loop_watch(show->loop, &show->output, SELECT_READ);
    }
    if (error) {
        end_act(show, true);
        buffer_print(&show->said, "It cannot be run: %s\n",
                     strerrordesc_np(-error));
        return;
    }
    loop_call_at(show->loop, &show->second, monotonic_now() + NANOS_PER_SECOND);
}

/* ---- the keys ---- */

static void go_to(struct show *show, int at)
{
    end_act(show, true);
    buffer_clear(&show->said);
    buffer_clear(&show->source);
    show->at = at;
    show->acted = show->told = false;
    show->top = show->beside_top = 0;
    play_append_source(&show->source, show->showing->session->lesson,
                       step_of(show));
}

static void go_on(struct show *show)
{
    if (is_last(show))
        loop_stop(show->loop);
    else
        go_to(show, show->at + 1);
}

static void forward(struct show *show)
{
    int page = play_screen_rows() - 1;
    if (show->below > 0)
        show->top += show->below < page ? show->below : page;
    else if (show->child.pid)
        show->told = false;
    else if (play_step_acts(step_of(show)) && !show->acted)
        act(show);
    else
        go_on(show);
}

static void backward(struct show *show)
{
    go_to(show, show->acted || !show->at ? show->at : show->at - 1);
}

static void scroll(struct show *show, int rows)
{
    show->top += rows;
    if (rows > show->below)
        show->top -= rows - (show->below > 0 ? show->below : 0);
    if (show->top < 0)
        show->top = 0;
}

/* Never behind its last row. */
static void scroll_beside(struct show *show, int rows)
{
    int top = show->beside_top + rows, count = 0;
    for (size_t i = 0; i < show->source.size; i++)
        count += show->source.data[i] == '\n';
    if (top >= 0 && top < count)
        show->beside_top = top;
}

static void take_key(struct show *show, char key)
{
    switch (show->helps ? '?' : key) {
    case ' ':
    case '\n':
    case '\r':
        forward(show);
        break;
    case 'b':
        backward(show);
        break;
    case 'n':
        go_on(show);
        break;
    case 'r':
        if (play_step_acts(step_of(show)))
            act(show);
        break;
    case 's':
        show->told = show->acted && !show->told;
        show->top = 0;
        break;
    case 'j':
        scroll(show, 1);
        break;
    case 'k':
        scroll(show, -1);
        break;
    case 'J':
        scroll_beside(show, 1);
        break;
    case 'K':
        scroll_beside(show, -1);
        break;
    case '?':
    case 'h':
        show->helps = !show->helps;
        show->top = 0;
        break;
    case 'q':
    case 3: /* Ctrl-C */
    case 4: /* Ctrl-D */
        loop_stop(show->loop);
        break;
    default:
        break;
    }
}

/* What keys without a letter send, as terminals have it. */
static const struct {
    const char *sent;
    char key;
} others[] = {
    {"\033[A", 'k'},  {"\033OA", 'k'},  {"\033[B", 'j'}, {"\033OB", 'j'},
    {"\033[C", ' '},  {"\033OC", ' '},  {"\033[D", 'b'}, {"\033OD", 'b'},
    {"\033[5~", 'b'}, {"\033[6~", ' '},
};

/* The key at the beginning; how many bytes it has sent. */
static size_t key_of(const char *bytes, size_t size, char *key)
{
    *key = bytes[0];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t sent = strlen(others[i].sent);
        if (size >= sent && !memcmp(bytes, others[i].sent, sent)) {
            *key = others[i].key;
            return sent;
        }
    }
    return *key == '\033' ? size : 1;
}

static void key_pressed(struct handle *handle)
{
    struct show *show = container_of(handle, struct show, keys.handle);
    char bytes[64], key;
    ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count <= 0)
        loop_stop(show->loop);
    for (size_t i = 0; count > 0 && i < (size_t)count;) {
        i += key_of(bytes + i, (size_t)count - i, &key);
        take_key(show, key);
    }
    draw(show);
}
HANDLE_NAME(key_pressed, "keys", NULL);

static void on_resize(struct signal_handler *handler)
{
    draw(container_of(handler, struct show, resized));
}

/* ---- all of it ---- */

static int begin(struct show *show)
{
    int error = terminal_take_keys();
    /* A key's call waits for what it ends, and for the source. */
    slow_call_set(0, &monotonic_clock);
    /* poll, because epoll refuses a terminal that is a file. */
    if (!error)
        error = loop_new(&show->loop, &poll_selector, &monotonic_clock);
    if (error)
        return error;
    show->keys =
        (struct watch){.handle = {.run = key_pressed}, .fd = STDIN_FILENO};
    show->second = (struct handle){.run = second_passed};
    show->resized = (struct signal_handler){.signalled = on_resize};
    error = loop_watch(show->loop, &show->keys, SELECT_READ);
    return error ? error
                 : signal_handler_add(&show->resized, show->loop, SIGWINCH);
}

static void end(struct show *show)
{
    end_act(show, true);
    if (show->resized.number)
        signal_handler_remove(&show->resized);
    loop_free(show->loop);
    buffer_deinit(&show->said);
    buffer_deinit(&show->source);
}

int play_show(const struct play_showing *showing)
{
    struct show show = {.showing = showing};
    /* A screen is written in one piece. */
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    int error = begin(&show);
    if (!error) {
        fputs("\033[H\033[2J", stdout);
        go_to(&show, showing->from);
        draw(&show);
        error = loop_run(show.loop);
    }
    end(&show);
    putchar('\n');
    fflush(stdout);
    if (error)
        fprintf(stderr, "lab: play: %s\n", strerrordesc_np(-error));
    return error ? 1 : 0;
}
