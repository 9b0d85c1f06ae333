/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/play_act.h"

#include "base/nanos.h"
#include "base/program.h"
#include "lessons/tool/learner/show.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct act {
    pid_t started[PLAY_STARTS_MAX];
    int said[PLAY_STARTS_MAX]; /* what they print; -1: it is not read */
    int count;
    int columns;
    char url[256]; /* without a slash at its end; empty: nothing is served */
};

/* ---- words ---- */

/* What a program wants to know is put in its place, once a word. */
static void add_word(const struct act *act, struct slice word,
                     struct arguments *words)
{
    char pid[16], columns[16], text[1024];
    snprintf(text, sizeof text, "%.*s", (int)word.size, word.data);
    snprintf(pid, sizeof pid, "%ld",
             act->count ? (long)act->started[act->count - 1] : 0);
    snprintf(columns, sizeof columns, "%d", act->columns);
    const struct {
        const char *name, *value;
    } known[] = {{"$PID", pid}, {"$URL", act->url}, {"$COLUMNS", columns}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *at = strstr(text, known[i].name);
        if (at) {
            arguments_add(words, "%.*s%s%s", (int)(at - text), text,
                          known[i].value, at + strlen(known[i].name));
            return;
        }
    }
    arguments_add(words, "%s", text);
}

static void add_words(const struct act *act, const struct place *place,
                      struct slice text, struct arguments *words)
{
    arguments_add(words, "./lab");
    if (strcmp(place->lessons, "lessons") != 0) {
        arguments_add(words, "--lessons");
        arguments_add(words, "%s", place->lessons);
    }
    struct slice word;
    while ((word = play_word(&text)).size)
        add_word(act, word, words);
}

/* ---- processes ---- */

/* In the child. Where it prints to is `out`; -1: where we do. */
static void become(const struct arguments *words, int out)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    if (out >= 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    /* All else as where the teacher types it: ./lab itself leaves out what is
     * not for it. Nothing is installed while a room is watching. */
    setenv("WAITLAB_NO_INSTALL", "1", 1);
    execv(words->list[0], words->list);
    fprintf(stderr, "lab: %s: %s\n", words->list[0], strerrordesc_np(errno));
    _exit(127);
}

static pid_t start(const struct arguments *words, int out)
{
    if (words->incomplete)
        return -1;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        become(words, out);
    return pid;
}

static int end_of(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* ---- what is started beside it ---- */

enum { PATIENCE_MS = 60 * 1000, LOOK_MS = 50, SETTLE_MS = 400 };

static void nap(int milliseconds)
{
    struct timespec span = {.tv_nsec = milliseconds * 1000000L};
    nanosleep(&span, NULL);
}

/* Takes the URL out of what a server has said so far. */
static bool find_url(struct act *act, const char *said)
{
    const char *at = strstr(said, "http");
    size_t size = at ? strcspn(at, " \r\n") : 0;
    if (!at || !at[size])
        return false;
    while (size && at[size - 1] == '/')
        size--;
    snprintf(act->url, sizeof act->url, "%.*s", (int)size, at);
    return true;
}

static int await_url(struct act *act, int fd)
{
    char said[4096] = "";
    size_t size = 0;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    while (size + 1 < sizeof said && poll(&ready, 1, PATIENCE_MS) > 0) {
        ssize_t count = read(fd, said + size, sizeof said - 1 - size);
        if (count <= 0)
            break;
        size += (size_t)count;
        said[size] = '\0';
        if (find_url(act, said))
            return 0;
    }
    printf("lab: what was started says no URL%s%s\n", size ? ": " : "", said);
    return 1;
}

/* ./lab is a shell until all is built; then it becomes the program. */
static bool is_shell(pid_t pid)
{
    char link[64], program[512];
    snprintf(link, sizeof link, "/proc/%ld/exe", (long)pid);
    ssize_t size = readlink(link, program, sizeof program - 1);
    program[size > 0 ? size : 0] = '\0';
    const char *slash = strrchr(program, '/');
    return size <= 0 || !slash || strstr(slash, "sh") || strstr(slash, "learn");
}

/* Until it is the program itself, and has had the time to begin. */
static int await_program(pid_t pid)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
        if (waitpid(pid, NULL, WNOHANG) != 0) {
            puts("lab: what was started has ended by itself");
            return 1;
        }
        if (!is_shell(pid)) {
            nap(SETTLE_MS);
            return 0;
        }
        nap(LOOK_MS);
    }
    puts("lab: what was started does not begin");
    return 1;
}

static bool serves(struct slice command)
{
    return slice_equal(play_word(&command), slice_of("serve"));
}

static int start_beside(struct act *act, const struct place *place,
                        struct slice command)
{
    int ends[2];
    struct arguments words = {0};
    if (pipe2(ends, O_CLOEXEC)) {
        perror("lab: pipe");
        return 1;
    }
    add_words(act, place, command, &words);
    pid_t pid = start(&words, ends[1]);
    arguments_deinit(&words);
    close(ends[1]);
    act->said[act->count] = ends[0];
    act->started[act->count++] = pid;
    if (pid < 0) {
        perror("lab: it could not be started");
        return 1;
    }
    return serves(command) ? await_url(act, ends[0]) : await_program(pid);
}

static void end_beside(struct act *act)
{
    while (act->count > 0) {
        act->count--;
        if (act->started[act->count] > 0) {
            kill(act->started[act->count], SIGKILL);
            end_of(act->started[act->count]);
        }
        close(act->said[act->count]);
    }
}

/* ---- the step ---- */

static int run_command(const struct act *act, const struct place *place,
                       struct slice command)
{
    struct arguments words = {0};
    add_words(act, place, command, &words);
    pid_t pid = start(&words, -1);
    arguments_deinit(&words);
    if (pid < 0) {
        perror("lab: it could not be started");
        return 1;
    }
    return end_of(pid);
}

/* ---- what is opened ---- */

static bool has_desktop(void)
{
    return getenv("DISPLAY") || getenv("WAYLAND_DISPLAY");
}

static int run_opener(struct slice file)
{
    static const char *const desktop[] = {
        "DISPLAY",         "WAYLAND_DISPLAY",          "XAUTHORITY",
        "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "XDG_CURRENT_DESKTOP",
    };
    struct arguments words = {0};
    struct buffer said = {0};
    arguments_add(&words, "xdg-open");
    arguments_add(&words, "%.*s", (int)file.size, file.data);
    for (size_t i = 0; i < sizeof desktop / sizeof *desktop; i++)
        if (getenv(desktop[i]))
            arguments_set(&words, desktop[i], getenv(desktop[i]));
    int status = arguments_run(&words, &said, &said);
    arguments_deinit(&words);
    buffer_deinit(&said);
    return status;
}

/* In a session of its own, so that a browser is still there when the step has
 * been left. */
static void open_file(struct slice file)
{
    fflush(stdout);
    pid_t pid = has_desktop() ? fork() : -1;
    if (pid == 0) {
        setsid();
        _exit(run_opener(file) ? 1 : 0);
    }
    if (pid > 0 && end_of(pid))
        printf("lab: xdg-open could not open %.*s\n", (int)file.size,
               file.data);
}

/* ---- all of it ---- */

int play_act(struct session *session, const struct play_step *step, int columns)
{
    struct act act = {.columns = columns};
    int status = 0;
    if (step->predict) {
        session->step = step->predict;
        status = show_answer(session, (struct slice){0});
    }
    for (int i = 0; !status && i < step->start_count; i++)
        status = start_beside(&act, session->place, step->starts[i]);
    if (!status && step->command.size)
        status = run_command(&act, session->place, step->command);
    if (!status && step->open.size)
        open_file(step->open);
    end_beside(&act);
    fflush(stdout);
    return status < 0 ? 1 : status;
}
