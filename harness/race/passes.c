/* SPDX-License-Identifier: MIT */
#include "harness/race/passes.h"

#include "base/ascii.h"
#include "base/line.h"
#include "base/number.h"
#include "base/program.h"
#include "harness/race/record.h"
#include "harness/race/tracee.h"

#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

const struct client_size client_size_unknown = {NOT_KNOWN, NOT_KNOWN, NOT_KNOWN,
                                                NOT_KNOWN};

/* ---- the text ---- */

/* Only the body of a function begins with a brace at the beginning of a
 * line. */
void client_size_add(struct client_size *size, struct slice text)
{
    struct slice line;
    bool in_comment = false;
    while (line_take(&text, &line)) {
        size->functions += line.size == 1 && *line.data == '{';
        line = slice_trim(line);
        in_comment =
            in_comment || (line.size > 1 && !memcmp(line.data, "/*", 2));
        size->lines += line.size && !in_comment;
        if (in_comment)
            in_comment = !memmem(line.data, line.size, "*/", 2);
    }
}

static int add_file(struct client_size *size, const char *path)
{
    struct buffer text = {0};
    char bytes[4096];
    size_t count;
    int error = 0;

    FILE *file = fopen(path, "re");
    if (!file)
        return -errno;
    while (!error && (count = fread(bytes, 1, sizeof bytes, file)) > 0)
        error = buffer_append(&text, bytes, count);
    if (!error && ferror(file))
        error = -EIO;
    fclose(file);
    if (!error)
        client_size_add(size, buffer_slice(&text));
    buffer_deinit(&text);
    return error;
}

int client_size_read(struct client_size *size,
                     const struct client_source *source)
{
    struct client_size read = {0, 0, NOT_KNOWN, NOT_KNOWN};
    char path[1024];
    int error = 0;

    for (size_t i = 0;
         !error && client_source_path(source, i, path, sizeof path); i++)
        error = add_file(&read, path);
    if (error)
        return error;
    size->lines = read.lines;
    size->functions = read.functions;
    return 0;
}

/* ---- the program's code, and which of its bytes a step began at ---- */

struct trail {
    uint64_t base; /* what the file calls 0, in memory */
    uint64_t from, to;
    unsigned char *seen; /* for each byte from `from` on */
    char program[1024];
};

/* A program that cannot be loaded anywhere else has its addresses from the
 * file. */
static bool is_fixed(const char *program)
{
    Elf64_Ehdr head;
    FILE *file = fopen(program, "re");
    bool fixed = file && fread(&head, sizeof head, 1, file) == 1 &&
                 head.e_type == ET_EXEC;
    if (file)
        fclose(file);
    return fixed;
}

/* "55b536c96000-55b536c9b000 r-xp 00002000 fe:00 247134      /usr/bin/cat" */
static void note_mapping(struct trail *trail, const char *line)
{
    uint64_t from, to, offset;
    const char *path = strchr(line, '/'), *dash = strchr(line, '-');

    if (!path || strncmp(path, trail->program, strlen(trail->program)) != 0 ||
        !dash || !number_read_hex(line, &from) ||
        !number_read_hex(dash + 1, &to) ||
        !number_read_hex(line_field(line, 2), &offset))
        return;
    if (offset == 0)
        trail->base = from;
    if (!strncmp(line_field(line, 1), "r-x", 3)) {
        trail->from = from;
        trail->to = to;
    }
}

static int trail_init(struct trail *trail, pid_t pid)
{
    char path[64], line[2048];
    snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    ssize_t size = readlink(path, trail->program, sizeof trail->program - 1);
    if (size < 0)
        return -errno;
    trail->program[size] = '\0';
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    if (!maps)
        return -errno;
    while (fgets(line, sizeof line, maps))
        note_mapping(trail, line);
    fclose(maps);
    if (trail->from >= trail->to)
        return -ENODATA;
    if (is_fixed(trail->program))
        trail->base = 0;
    trail->seen = calloc(trail->to - trail->from, 1);
    return trail->seen ? 0 : -ENOMEM;
}

static void trail_note(struct trail *trail, pid_t task)
{
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, task, (void *)sizeof info,
               (void *)&info) <= 0)
        return;
    uint64_t at = info.instruction_pointer;
    if (at >= trail->from && at < trail->to)
        trail->seen[at - trail->from] = 1;
}

/* ---- the steps ---- */

/* Has the program stopped itself here? */
enum stop { STOP_NONE, STOP_BEFORE, STOP_FIRST, STOP_SECOND };

/* Every task steps from the first stop on: a task that was let run cannot be
 * made to step while it waits. */
static int walk(struct trail *trail, pid_t child)
{
    enum stop stop = STOP_NONE;
    int status, error = 0;
    pid_t task;

    while (!error && stop != STOP_SECOND) {
        task = waitpid(-child, &status, __WALL);
        if (task < 0)
            return -errno;
        if (!WIFSTOPPED(status)) {
            if (task == child)
                return -EIO;
            continue;
        }
        if (task == child && status >> 8 == SIGSTOP && ++stop == STOP_BEFORE)
            error = trail_init(trail, child);
        else if (stop == STOP_FIRST && status >> 8 == SIGTRAP)
            trail_note(trail, task);
        ptrace(stop == STOP_NONE ? PTRACE_CONT : PTRACE_SINGLESTEP, task, NULL,
               (void *)(long)tracee_signal(status));
    }
    return error;
}

/* ---- what they were of ---- */

enum { FUNCTIONS_MAX = 256, LINES_MAX = 4096 };

struct passed {
    const struct client_source *source;
    char functions[FUNCTIONS_MAX][64];
    size_t function_count;
    unsigned char lines[HOP_FILES_MAX][LINES_MAX];
    size_t line_count;
};

static void add_function(struct passed *passed, struct slice name)
{
    char text[sizeof *passed->functions];
    snprintf(text, sizeof text, "%.*s", (int)name.size, name.data);
    text[strcspn(text, ".")] = '\0'; /* a suffix of the compiler's: f.isra.0 */
    for (size_t i = 0; i < passed->function_count; i++)
        if (!strcmp(passed->functions[i], text))
            return;
    if (passed->function_count < FUNCTIONS_MAX)
        strcpy(passed->functions[passed->function_count++], text);
}

/* "/where/it/was/built/callbacks/client.c:123 (discriminator 2)" */
static void add_place(struct passed *passed, struct slice function,
                      struct slice place)
{
    const char *colon = memrchr(place.data, ':', place.size);
    size_t size = colon ? (size_t)(colon - place.data) : 0;

    for (size_t i = 0; i < HOP_FILES_MAX && passed->source->files[i]; i++) {
        const char *file = passed->source->files[i];
        size_t length = strlen(file);
        if (size <= length || place.data[size - length - 1] != '/' ||
            memcmp(place.data + size - length, file, length) != 0)
            continue;
        struct slice digits = slice_behind(place, size + 1);
        uint64_t line;
        add_function(passed, function);
        if (ascii_take_decimal(&digits, &line) || line == 0 ||
            line >= LINES_MAX || passed->lines[i][line])
            continue;
        passed->lines[i][line] = 1;
        passed->line_count++;
    }
}

/* Asks for a thousand addresses at a time, because a command line has a
 * limit. */
static int ask(struct passed *passed, const struct trail *trail, uint64_t *at)
{
    enum { MOST = 2000 };
    struct arguments words = {0};
    struct buffer said = {0};
    size_t count = 0;

    for (const char *word = "addr2line\0-f\0-i\0-e\0"; *word;
         word += strlen(word) + 1)
        arguments_add(&words, "%s", word);
    arguments_add(&words, "%s", trail->program);
    for (; *at < trail->to && count < MOST; ++*at)
        if (trail->seen[*at - trail->from]) {
            arguments_add(&words, "%#llx",
                          (unsigned long long)(*at - trail->base));
            count++;
        }
    int code = count ? arguments_run(&words, &said, NULL) : 0;
    struct slice text = buffer_slice(&said), function, place;
    while (code == 0 && line_take(&text, &function) && line_take(&text, &place))
        add_place(passed, function, place);
    buffer_deinit(&said);
    arguments_deinit(&words);
    return code == 127 ? -ENOENT : code > 0 ? -EIO : code;
}

static int read_trail(struct client_size *size, const struct trail *trail,
                      const struct client_source *source)
{
    int error = 0;
    struct passed *passed = calloc(1, sizeof *passed);
    if (!passed)
        return -ENOMEM;
    passed->source = source;
    for (uint64_t at = trail->from; !error && at < trail->to;)
        error = ask(passed, trail, &at);
    if (!error && !passed->function_count)
        error = -ENODATA;
    if (!error) {
        size->functions_passed = (double)passed->function_count;
        size->lines_passed = (double)passed->line_count;
    }
    free(passed);
    return error;
}

int client_size_pass(struct client_size *size,
                     const struct client_source *source, const char *program,
                     char *const *arguments)
{
    struct trail trail = {0};
    pid_t child;

    int error = tracee_start(program, arguments, &child);
    if (error)
        return error;
    if (ptrace(PTRACE_CONT, child, NULL, NULL) < 0)
        error = -errno;
    if (!error)
        error = walk(&trail, child);
    tracee_end(child);
    if (!error)
        error = read_trail(size, &trail, source);
    free(trail.seen);
    return error;
}
