/* SPDX-License-Identifier: MIT */
/* `learn`: waits for a save, checks, tells, and waits again; single keys for
 * the rest. It runs on the lab's own event loop: three watches and a timer.
 *
 *     the file     inotify, and once a second a look at its time stamp, for
 *                  file systems that do not tell (shared folders of a VM)
 *     the keys     the terminal, without waiting for a line
 *     the check    a child process, so that the keys work meanwhile and a
 *                  newer save can end it; its output is a pipe
 */
#include "lessons/tool/commands.h"

#include "base/clock.h"
#include "base/output.h"
#include "callbacks/handle_name.h"
#include "callbacks/loop.h"
#include "lessons/tool/files.h"
#include "lessons/tool/learner/fit.h"
#include "lessons/tool/session.h"
#include "lessons/tool/shown_child.h"
#include "lessons/tool/style.h"
#include "lessons/tool/terminal_guard.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* The file in which the check says what it is doing: findings.h. */
#define PROGRESS "%s/.check/progress"

struct learn {
    struct loop *loop;
    const struct place *place;
    char file[PATH_MAX];   /* what is watched */
    struct timespec stamp; /* of the file when it was checked last */
    struct watch saves, keys, check;
    struct handle look;         /* once a second */
    struct shown_child checker; /* the check */
    nanos began;                /* when it was started */
    struct buffer said; /* by it so far: shown when it has ended, all at once */
    bool passed;        /* of what is in the file now */
    bool wants_next;    /* once the check that runs has passed */
    int missing;        /* how many looks have found no file */
};

/* ---- the screen ---- */

/* What was printed is seen now. Without a screen there is nothing to wait for.
 */
static void show(struct learn *learn)
{
    if (output_flush())
        loop_stop(learn->loop);
}

/* How far the lesson is, as a bar as wide as the screen allows. */
static void print_bar(const struct session *session)
{
    const struct lesson *lesson = session->lesson;
    int passed = 0, width = style_columns() - 30;
    for (int i = 1; i <= lesson->count; i++)
        passed +=
            progress_count(&session->progress, "passed", lesson->name, i) > 0;
    width = width > 40 ? 40 : width < 10 ? 10 : width;
    int filled = width * passed / lesson->count;
    printf("\n%s [", lesson->name);
    for (int i = 0; i < width; i++)
        putchar(i < filled ? '#' : '.');
    printf("] %d of %d steps\n", passed, lesson->count);
}

static void print_keys(struct learn *learn)
{
    static const char *const keys[] = {
        "next", "predict", "hint", "list", "solution", "reset", "quit",
    };
    const char *gap = style_columns() < 64 ? " " : "  ";
    putchar('\n');
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        printf("%s%s%c%s %s", i ? gap : "", style_on(STYLE_STRONG), keys[i][0],
               style_off(), keys[i]);
    putchar('\n');
    show(learn);
}

static const char clear[] = "\033[H\033[2J\033[3J";

/* Writes at once, because standard error is not buffered. */
static void clear_screen(void)
{
    fputs(clear, stdout);
    fflush(stdout);
}

/* The test that runs; before the first of them it is compiled. */
static void read_progress(const struct learn *learn, struct buffer *text)
{
    size_t before = text->size;
    (void)file_read(text, PROGRESS, learn->place->work);
    if (text->size == before)
        (void)file_read(text, PROGRESS ".before", learn->place->work);
    if (text->size == before)
        buffer_append_text(text, "compiling");
}

/* The first line says what goes on; what was told before stays below it. */
static void print_checking(struct learn *learn)
{
    struct buffer text = {0};
    int seconds = (int)((monotonic_now() - learn->began) / NANOS_PER_SECOND);
    int room = style_columns() - (int)strlen(learn->file) - 2;
    buffer_append_text(&text, "checking");
    if (seconds > 1) {
        buffer_print(&text, ", %d s: ", seconds);
        read_progress(learn, &text);
    }
    if ((int)text.size < room)
        room = (int)text.size;
    printf("\033[H\033[K%s  %s%.*s%s", learn->file, style_on(STYLE_QUIET),
           room > 0 ? room : 0, text.data, style_off());
    show(learn);
    buffer_deinit(&text);
}

/* Reads the state anew: the commands that the keys run may have changed it. */
static int look_up_place(struct learn *learn, bool with_bar)
{
    struct session session;
    if (session_open(&session, learn->place))
        return -EIO;
    int error = session_choose(&session, NULL);
    if (!error) {
        snprintf(learn->file, sizeof learn->file, "%s", session.file);
        if (with_bar)
            print_bar(&session);
    }
    session_close(&session);
    return error;
}

/* ---- the check, in a child ---- */

/* How it has ended, as waitpid says it; -1 when none runs. */
static int end_check(struct learn *learn)
{
    buffer_clear(&learn->said);
    if (learn->checker.pid)
        loop_watch(learn->loop, &learn->check, 0);
    return shown_child_end(&learn->checker, true);
}

/* Rows of the screen that are not the check's: the file, the bar, the keys and
 * the cursor, with what is empty around them; and what is said of a step that
 * was to be left. */
enum { ROWS_AROUND = 7, ROWS_OF_NO_NEXT = 2 };

static void print_said(const struct learn *learn)
{
    struct buffer fitting = {0};
    int around = ROWS_AROUND + (learn->wants_next ? ROWS_OF_NO_NEXT : 0);
    fit_text(&fitting, buffer_slice(&learn->said), style_rows() - around,
             style_columns());
    buffer_lack(&fitting, &learn->said);
    printf("%s%s\n\n", clear, learn->file);
    (void)style_put(&fitting, stdout);
    buffer_deinit(&fitting);
}

static void go_on(struct learn *learn);

static void check_said(struct handle *handle)
{
    struct learn *learn = container_of(handle, struct learn, check.handle);
    if (shown_child_read(&learn->checker, &learn->said, SIZE_MAX))
        return;
    print_said(learn);
    learn->passed = end_check(learn) == 0;
    bool wants_next = learn->wants_next;
    learn->wants_next = false;
    if (wants_next && learn->passed) {
        go_on(learn);
        return;
    }
    if (wants_next)
        puts("\nIt has not passed yet, and so it does not go on.");
    look_up_place(learn, true);
    print_keys(learn);
}
HANDLE_NAME(check_said, "what the check says", NULL);

static int run_check(void *data)
{
    const struct learn *learn = data;
    char progress[PATH_MAX];
    snprintf(progress, sizeof progress, PROGRESS, learn->place->work);
    char *words[] = {(char[]){"check"}, (char[]){"--progress"}, progress, NULL};
    return check_main(learn->place, 3, words);
}

static void start_check(struct learn *learn)
{
    end_check(learn);
    learn->passed = false;
    learn->began = monotonic_now();
    (void)file_write((struct slice){"", 0}, PROGRESS, learn->place->work);
    (void)file_write((struct slice){"", 0}, PROGRESS ".before",
                     learn->place->work);
    print_checking(learn);
    int error =
        shown_child_start(&learn->checker, style_columns(), run_check, learn);
    if (!error) {
        learn->check = (struct watch){.handle = {.run = check_said},
                                      .fd = learn->checker.output};
        error = loop_watch(learn->loop, &learn->check, SELECT_READ);
    }
    if (error) {
        end_check(learn);
        buffer_print(&learn->said, "It cannot be checked: %s\n",
                     strerrordesc_np(-error));
        print_said(learn);
        print_keys(learn);
    }
}

/* ---- the file ---- */

static bool has_changed(struct learn *learn)
{
    struct stat status;
    if (stat(learn->file, &status))
        return false; /* an editor may be between two names */
    bool same = status.st_mtim.tv_sec == learn->stamp.tv_sec &&
                status.st_mtim.tv_nsec == learn->stamp.tv_nsec;
    learn->stamp = status.st_mtim;
    return !same;
}

/* Is it gone, and not only between two names, or there again? */
static bool came_or_went(struct learn *learn)
{
    enum { LOOKS = 2 };
    struct stat status;
    bool gone = stat(learn->file, &status) != 0;
    bool news = gone ? ++learn->missing == LOOKS : learn->missing >= LOOKS;
    if (!gone)
        learn->missing = 0;
    return news;
}

static void file_saved(struct handle *handle)
{
    struct learn *learn = container_of(handle, struct learn, saves.handle);
    char events[4096];
    while (read(learn->saves.fd, events, sizeof events) > 0)
        ;
    if (has_changed(learn))
        start_check(learn);
}
HANDLE_NAME(file_saved, "saves of the file", NULL);

static void look_at_file(struct handle *handle)
{
    struct learn *learn = container_of(handle, struct learn, look);
    bool news = came_or_went(learn);
    if (has_changed(learn) || news)
        start_check(learn);
    else if (learn->checker.pid)
        print_checking(learn);
    loop_call_at(learn->loop, handle, monotonic_now() + NANOS_PER_SECOND);
}
HANDLE_NAME(look_at_file, "the next look at the file", NULL);

/* The folder and not the file: many editors write a new file and rename it. */
static void watch_folder(struct learn *learn)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", learn->file);
    *strrchr(folder, '/') = '\0';
    inotify_add_watch(learn->saves.fd, folder, IN_CLOSE_WRITE | IN_MOVED_TO);
}

/* ---- the keys ---- */

/* Runs the command of a key, with an argument, or NULL. */
static void run_command(struct learn *learn, const char *name, const char *word,
                        int (*command)(const struct place *, int, char **))
{
    char words[2][16];
    snprintf(words[0], sizeof words[0], "%s", name);
    snprintf(words[1], sizeof words[1], "%s", word ? word : "");
    end_check(learn);
    learn->wants_next = learn->passed = false;
    clear_screen();
    command(learn->place, word ? 2 : 1,
            (char *[]){words[0], word ? words[1] : NULL, NULL});
    if (!look_up_place(learn, false))
        watch_folder(learn);
    has_changed(learn); /* what the command wrote is not a save */
    print_keys(learn);
}

static void go_on(struct learn *learn)
{
    run_command(learn, "next", "--checked", next_main);
}

/* Goes to the next step; checks the file first unless it has passed as it
 * is. */
static void go_on_or_check(struct learn *learn)
{
    if (has_changed(learn) || (!learn->passed && !learn->checker.pid))
        start_check(learn);
    learn->wants_next = !learn->passed;
    if (learn->passed)
        go_on(learn);
}

/* Runs a command that asks, with the terminal as others have it; but Ctrl-C
 * remains a character, with which a line ends: it is the question's, not ours.
 */
static int run_in_lines(const struct place *place, int argc, char **argv,
                        int (*command)(const struct place *, int, char **))
{
    enum { CTRL_C = 3 };
    struct termios keys, lines;
    tcgetattr(STDIN_FILENO, &keys);
    lines = keys;
    lines.c_lflag |= ICANON | ECHO;
    lines.c_cc[VEOL] = CTRL_C;
    tcsetattr(STDIN_FILENO, TCSANOW, &lines);
    int status = command(place, argc, argv);
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
    return status;
}

static int reset_in_lines(const struct place *place, int argc, char **argv)
{
    return run_in_lines(place, argc, argv, reset_main);
}

static bool has_predicted(const struct place *place)
{
    struct session session;
    if (session_open(&session, place))
        return false;
    int count = session_choose(&session, NULL)
                    ? 0
                    : progress_count(&session.progress, "predicted",
                                     session.lesson->name, session.step);
    session_close(&session);
    return count > 0;
}

/* Asks for a guess; the next time, shows the answer. */
static int predict_or_reveal(const struct place *place, int argc, char **argv)
{
    char reveal[] = "--reveal";
    char *words[] = {argv[0], reveal, NULL};
    return has_predicted(place) ? predict_main(place, 2, words)
                                : run_in_lines(place, argc, argv, predict_main);
}

static void key_pressed(struct handle *handle)
{
    struct learn *learn = container_of(handle, struct learn, keys.handle);
    char key;
    if (read(STDIN_FILENO, &key, 1) != 1)
        key = 'q';
    switch (key) {
    case 'n':
        go_on_or_check(learn);
        break;
    case 'p':
        run_command(learn, "predict", NULL, predict_or_reveal);
        break;
    case 'h':
        run_command(learn, "hint", NULL, hint_main);
        break;
    case 'l':
        run_command(learn, "list", "--short", list_main);
        break;
    case 's':
        run_command(learn, "solution", NULL, solution_main);
        break;
    case 'r':
        run_command(learn, "reset", NULL, reset_in_lines);
        break;
    case 'c':
    case '\n':
        start_check(learn);
        break;
    case 'q':
    case 3: /* Ctrl-C */
    case 4: /* Ctrl-D */
        loop_stop(learn->loop);
        break;
    default:
        break;
    }
}
HANDLE_NAME(key_pressed, "keys", NULL);

/* ---- all of it ---- */

static void watch_everything(struct learn *learn)
{
    learn->saves = (struct watch){
        .handle = {.run = file_saved},
        .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
    };
    learn->keys =
        (struct watch){.handle = {.run = key_pressed}, .fd = STDIN_FILENO};
    learn->look = (struct handle){.run = look_at_file};
    watch_folder(learn);
    /* Without one, as where editors have taken them all, the look once a second
     * finds what was saved. */
    if (learn->saves.fd >= 0)
        loop_watch(learn->loop, &learn->saves, SELECT_READ);
    loop_watch(learn->loop, &learn->keys, SELECT_READ);
    loop_call_at(learn->loop, &learn->look, monotonic_now() + NANOS_PER_SECOND);
}

static int learn_run(struct learn *learn)
{
    /* poll, because epoll refuses a terminal that is a file. */
    int error = terminal_take_keys();
    /* A key's call asks, and waits for the answer. */
    slow_call_set(0, &monotonic_clock);
    if (!error)
        error = loop_new(&learn->loop, &poll_selector, &monotonic_clock);
    if (error)
        return error;
    watch_everything(learn);
    has_changed(learn);
    clear_screen();
    start_check(learn);
    error = loop_run(learn->loop);
    end_check(learn);
    buffer_deinit(&learn->said);
    if (learn->saves.fd >= 0)
        close(learn->saves.fd);
    loop_free(learn->loop);
    return error;
}

static int complain(int error)
{
    if (error)
        fprintf(stderr, "lab: learn: %s\n", strerrordesc_np(-error));
    return error ? 1 : 0;
}

static int run_guarded(void *data)
{
    /* A screen is written in one piece. */
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    int error = learn_run(data);
    putchar('\n');
    return complain(error);
}

int learn_main(const struct place *place, int argc, char **argv)
{
    struct learn learn = {.place = place};
    (void)argv;
    if (argc > 1) {
        fputs("usage: ./lab learn\n", stderr);
        return 2;
    }
    if (look_up_place(&learn, false))
        return 2;
    if (!isatty(STDIN_FILENO)) {
        fputs("lab: learn wants a terminal. In scripts: ./lab check\n", stderr);
        return 2;
    }
    int status = terminal_guard(run_guarded, &learn);
    return status < 0 ? complain(status) : status;
}
