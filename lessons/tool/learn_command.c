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
#include "callbacks/handle_name.h"
#include "callbacks/loop.h"
#include "lessons/tool/session.h"
#include "lessons/tool/style.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

struct learn {
    struct loop *loop;
    const struct place *place;
    char file[PATH_MAX];   /* what is watched */
    struct timespec stamp; /* of the file when it was checked last */
    struct watch saves, keys, check;
    struct handle look; /* once a second */
    pid_t checker;      /* 0: none runs */
    nanos began;        /* when it was started */
    struct buffer said; /* by it so far: shown when it has ended, all at once */
    struct termios terminal;
};

/* ---- the screen ---- */

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

static void print_keys(void)
{
    static const char *const keys[] = {
        "next", "predict", "hint", "list", "solution", "reset", "quit",
    };
    putchar('\n');
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        printf("%s%s%c%s %s", i ? "  " : "", style_on(STYLE_STRONG), keys[i][0],
               style_off(), keys[i]);
    putchar('\n');
    fflush(stdout);
}

static const char clear[] = "\033[H\033[2J\033[3J";

/* At once: what goes to standard error does not wait. */
static void clear_screen(void)
{
    fputs(clear, stdout);
    fflush(stdout);
}

/* The first line says what goes on; what was told before stays below it. */
static void print_checking(const struct learn *learn)
{
    int seconds = (int)((monotonic_now() - learn->began) / NANOS_PER_SECOND);
    printf("\033[H\033[K%s  %schecking", learn->file, style_on(STYLE_QUIET));
    if (seconds > 1)
        printf(", %d s (a test may take 10)", seconds);
    fputs(style_off(), stdout);
    fflush(stdout);
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

static void end_check(struct learn *learn)
{
    buffer_clear(&learn->said);
    if (learn->checker <= 0)
        return;
    loop_watch(learn->loop, &learn->check, 0);
    close(learn->check.fd);
    kill(-learn->checker, SIGKILL); /* it and whoever it started */
    waitpid(learn->checker, NULL, 0);
    learn->checker = 0;
}

static void check_said(struct handle *handle)
{
    struct learn *learn = container_of(handle, struct learn, check.handle);
    char text[4096];
    ssize_t count = read(learn->check.fd, text, sizeof text);
    if (count > 0) {
        buffer_append(&learn->said, text, (size_t)count);
        return;
    }
    printf("%s%s\n\n%.*s", clear, learn->file, (int)learn->said.size,
           learn->said.data ? learn->said.data : "");
    end_check(learn);
    look_up_place(learn, true);
    print_keys();
}
HANDLE_NAME(check_said, "what the check says", NULL);

static void run_check(const struct place *place, int out)
{
    char width[16];
    setpgid(0, 0);
    snprintf(width, sizeof width, "%d", style_columns());
    setenv("COLUMNS", width, 1);
    setenv("CLICOLOR_FORCE", "1", 1);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    char *words[] = {(char[]){"check"}, NULL};
    int status = check_main(place, 1, words);
    fflush(stdout);
    _exit(status);
}

static void start_check(struct learn *learn)
{
    int ends[2];
    end_check(learn);
    learn->began = monotonic_now();
    print_checking(learn);
    if (pipe(ends))
        return;
    learn->checker = fork();
    if (learn->checker == 0) {
        close(ends[0]);
        run_check(learn->place, ends[1]);
    }
    close(ends[1]);
    if (learn->checker < 0) {
        close(ends[0]);
        learn->checker = 0;
        return;
    }
    setpgid(learn->checker, learn->checker);
    learn->check = (struct watch){.handle = {.run = check_said}, .fd = ends[0]};
    loop_watch(learn->loop, &learn->check, SELECT_READ);
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
    if (has_changed(learn))
        start_check(learn);
    else if (learn->checker)
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

static void run_command(struct learn *learn, const char *name,
                        int (*command)(const struct place *, int, char **))
{
    char word[16], briefly[] = "--short";
    bool list = command == list_main;
    snprintf(word, sizeof word, "%s", name);
    end_check(learn);
    clear_screen();
    command(learn->place, list ? 2 : 1,
            (char *[]){word, list ? briefly : NULL, NULL});
    if (!look_up_place(learn, false))
        watch_folder(learn);
    has_changed(learn); /* what the command wrote is no save */
    print_keys();
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

/* Asks, with the terminal as others have it; the next time it shows. */
static int predict_or_reveal(const struct place *place, int argc, char **argv)
{
    struct termios keys, lines;
    char reveal[] = "--reveal";
    char *words[] = {argv[0], reveal, NULL};
    if (has_predicted(place))
        return predict_main(place, 2, words);
    tcgetattr(STDIN_FILENO, &keys);
    lines = keys;
    lines.c_lflag |= ICANON | ECHO | ISIG;
    tcsetattr(STDIN_FILENO, TCSANOW, &lines);
    int status = predict_main(place, argc, argv);
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
    return status;
}

static void key_pressed(struct handle *handle)
{
    struct learn *learn = container_of(handle, struct learn, keys.handle);
    char key;
    if (read(STDIN_FILENO, &key, 1) != 1)
        key = 'q';
    switch (key) {
    case 'n':
        run_command(learn, "next", next_main);
        break;
    case 'p':
        run_command(learn, "predict", predict_or_reveal);
        break;
    case 'h':
        run_command(learn, "hint", hint_main);
        break;
    case 'l':
        run_command(learn, "list", list_main);
        break;
    case 's':
        run_command(learn, "solution", solution_main);
        break;
    case 'r':
        run_command(learn, "reset", reset_main);
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

static int take_terminal(struct learn *learn)
{
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &learn->terminal)) {
        fputs("lab: learn wants a terminal. In scripts: ./lab check\n", stderr);
        return -ENOTTY;
    }
    struct termios keys = learn->terminal;
    /* Ctrl-C is a key, too: whoever presses it gets the terminal back whole. */
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    return tcsetattr(STDIN_FILENO, TCSANOW, &keys) ? -errno : 0;
}

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
    loop_watch(learn->loop, &learn->saves, SELECT_READ);
    loop_watch(learn->loop, &learn->keys, SELECT_READ);
    loop_call_at(learn->loop, &learn->look, monotonic_now() + NANOS_PER_SECOND);
}

static int learn_run(struct learn *learn)
{
    /* poll, because epoll refuses a terminal that is a file. */
    int error = loop_new(&learn->loop, &poll_selector, &monotonic_clock);
    if (error)
        return error;
    watch_everything(learn);
    has_changed(learn);
    clear_screen();
    start_check(learn);
    error = loop_run(learn->loop);
    end_check(learn);
    buffer_deinit(&learn->said);
    close(learn->saves.fd);
    loop_free(learn->loop);
    return error;
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
    if (take_terminal(&learn))
        return 2;
    /* A screen is written in one piece. */
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    int error = learn_run(&learn);
    tcsetattr(STDIN_FILENO, TCSANOW, &learn.terminal);
    putchar('\n');
    if (error)
        fprintf(stderr, "lab: learn: %s\n", strerrordesc_np(-error));
    return error ? 1 : 0;
}
