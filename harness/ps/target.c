/* SPDX-License-Identifier: MIT */
#include "harness/ps/target.h"

#include "base/line.h"
#include "base/number.h"
#include "base/text.h"
#include "callbacks/loop.h"

#include <elf.h>
#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* ---- is it one of ours, and may we look? ---- */

__attribute__((format(printf, 3, 4))) static int
refuse(struct target *target, int error, const char *format, ...)
{
    va_list arguments;
    if (target->no_memory) {
        snprintf(target->why, sizeof target->why, "out of memory");
        return -ENOMEM;
    }
    va_start(arguments, format);
    vsnprintf(target->why, sizeof target->why, format, arguments);
    va_end(arguments);
    return error;
}

FILE *target_file(struct target *target, const char *path)
{
    FILE *file = fopen(path, "re");
    target->no_memory |= !file && errno == ENOMEM;
    return file;
}

DIR *target_folder(struct target *target, const char *path)
{
    DIR *folder = opendir(path);
    target->no_memory |= !folder && errno == ENOMEM;
    return folder;
}

void *target_memory(struct target *target, size_t size)
{
    void *memory = calloc(1, size);
    target->no_memory |= !memory;
    return memory;
}

/* Its effective user, which may differ from the owner of its folder in
 * /proc. */
static bool find_owner(struct target *target, uid_t *owner)
{
    char line[128];
    bool found = false;
    uint64_t number;
    snprintf(line, sizeof line, "/proc/%d/status", (int)target->pid);
    FILE *status = target_file(target, line);
    while (status && !found && fgets(line, sizeof line, status))
        found = !strncmp(line, "Uid:", 4) &&
                number_read(line_field(line, 2), UINT32_MAX, &number);
    if (status)
        fclose(status);
    if (found)
        *owner = (uid_t)number;
    return found;
}

static int check_owner(struct target *target)
{
    uid_t owner = 0;
    if (!find_owner(target, &owner))
        return refuse(target, -ESRCH, "there is no process %d",
                      (int)target->pid);
    if (owner == geteuid())
        return 0;
    const struct passwd *known = getpwuid(owner);
    return refuse(target, -EPERM,
                  "process %d is another user's (%s): only your own "
                  "programs can be looked into",
                  (int)target->pid, known ? known->pw_name : "unknown");
}

static int not_ours(struct target *target)
{
    return refuse(target, -ENOEXEC,
                  "process %d is not a program of this lab (or its symbols "
                  "were stripped)",
                  (int)target->pid);
}

/* A line of /proc/PID/status, as a number; 0: it has none. */
static uint64_t rights_of(struct target *target, const char *pid)
{
    char line[128];
    uint64_t rights = 0;
    snprintf(line, sizeof line, "/proc/%s/status", pid);
    FILE *status = target_file(target, line);
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "CapPrm:", 7))
            number_read_hex(line + 7, &rights);
    if (status)
        fclose(status);
    return rights;
}

/* Refuses a process whose files in /proc may not be read. */
static int not_readable(struct target *target)
{
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)target->pid);
    if (rights_of(target, pid) & ~rights_of(target, "self"))
        return refuse(target, -EPERM,
                      "process %d may not be looked into: it has rights that "
                      "you have not (CapPrm in /proc/%d/status)",
                      (int)target->pid, (int)target->pid);
    return refuse(target, -EPERM,
                  "process %d may not be looked into: the system protects it "
                  "(PR_SET_DUMPABLE in prctl(2))",
                  (int)target->pid);
}

/* Linux's ptrace_scope; 0: it has none. */
static int ptrace_scope(struct target *target)
{
    char line[16];
    int scope = 0;
    FILE *file = target_file(target, "/proc/sys/kernel/yama/ptrace_scope");
    if (file && fgets(line, sizeof line, file))
        number_read_int(line, &scope);
    if (file)
        fclose(file);
    return scope;
}

/* Refuses one of our programs whose memory may not be read. */
static int not_allowed(struct target *target)
{
    static const char *const why[] = {
        "the system lets no program read another one's memory (in a container: "
        "start that with --cap-add=SYS_PTRACE)",
        "ptrace_scope is 1, and it has not said that it may: one that was "
        "forked off says so with its first loop (as root it can be)",
        "ptrace_scope is 2: only root may (sysctl kernel.yama.ptrace_scope=1)",
        "ptrace_scope is 3, until the system is started anew",
    };
    int scope = ptrace_scope(target);
    return refuse(target, -EPERM, "process %d may not be looked into: %s",
                  (int)target->pid, why[scope > 0 && scope < 4 ? scope : 0]);
}

static int read_symbols(struct target *target)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/exe", (int)target->pid);
    int error = symbols_open(&target->symbols, path);
    if (error == -EACCES || error == -EPERM)
        return not_readable(target);
    if (error == -ENOMEM)
        return refuse(target, error, "out of memory");
    return error ? not_ours(target) : 0;
}

/* The kernel passes a program its entry point. */
static int find_base(struct target *target)
{
    char path[32];
    Elf64_auxv_t one;
    snprintf(path, sizeof path, "/proc/%d/auxv", (int)target->pid);
    FILE *told = target_file(target, path);
    if (!told)
        return not_readable(target);
    bool found = false;
    while (!found && fread(&one, sizeof one, 1, told) == 1)
        found = one.a_type == AT_ENTRY;
    fclose(told);
    if (!found)
        return not_readable(target);
    target->base = one.a_un.a_val - symbols_entry(&target->symbols);
    return 0;
}

static int check_program(struct target *target)
{
    struct inspected_program program;
    place at = target_variable(target, "inspected_program");
    if (!at)
        return not_ours(target);
    if (!target_read(target, at, &program, sizeof program))
        return not_allowed(target);
    if (program.version == INSPECTED_VERSION &&
        program.handle_size == sizeof(struct handle))
        return 0;
    return refuse(target, -ENOEXEC,
                  "process %d was built from other sources, or for a debugger",
                  (int)target->pid);
}

static bool copy_memory(struct target *target, place from, void *to,
                        size_t size)
{
    struct iovec mine = {to, size}, theirs = {(void *)(uintptr_t)from, size};
    return process_vm_readv(target->pid, &mine, 1, &theirs, 1, 0) ==
           (ssize_t)size;
}

int target_open(struct target *target, pid_t pid)
{
    *target = (struct target){.pid = pid, .copy = copy_memory};
    int error = check_owner(target);
    if (!error)
        error = read_symbols(target);
    if (error)
        return error;
    error = find_base(target);
    if (!error)
        error = check_program(target);
    if (error)
        target_close(target);
    else
        target_look_at_cores(target);
    return error;
}

void target_close(struct target *target)
{
    symbols_close(&target->symbols);
    free(target->names);
    free(target->shapes);
}

/* ---- memory ---- */

bool target_read(struct target *target, place from, void *to, size_t size)
{
    if (from && target->copy(target, from, to, size))
        return true;
    memset(to, 0, size);
    target->unstable = true;
    return false;
}

bool target_flag(struct target *target, place from)
{
    unsigned char flag;
    return target_read(target, from, &flag, sizeof flag) && flag;
}

place target_pointer(struct target *target, place from)
{
    void *pointer;
    target_read(target, from, &pointer, sizeof pointer);
    return (uintptr_t)pointer;
}

/* Reads byte by byte at the end of a page, because a text may be the last thing
 * before unmapped memory. */
static size_t read_some(struct target *target, place from, char *to,
                        size_t size)
{
    size_t page = 4096 - from % 4096;
    size_t most = size < page ? size : page;
    return target_read(target, from, to, most) ? most : 0;
}

const char *target_text(struct target *target, place from, char *to,
                        size_t size)
{
    size_t have = 0, got = 1;
    while (have < size - 1 && got && !memchr(to, 0, have)) {
        got = read_some(target, from + have, to + have, size - 1 - have);
        have += got;
    }
    to[have] = '\0';
    target_harmless(to);
    return to;
}

void target_harmless(char *text)
{
    size_t size;
    for (; *text; text += size) {
        uint32_t point = 0;
        size = text_character(slice_of(text), &point);
        bool plain = size && !text_is_control(point);
        size = size ? size : 1;
        if (!plain)
            memset(text, '?', size);
    }
}

/* ---- names ---- */

place target_variable(const struct target *target, const char *name)
{
    const struct symbol *symbol = symbol_named(&target->symbols, NULL, name);
    return symbol && !symbol->per_thread ? target->base + symbol->address : 0;
}

const struct symbol *target_symbol(const struct target *target, place at)
{
    return at > target->base ? symbol_at(&target->symbols, at - target->base)
                             : NULL;
}

bool target_is(const struct target *target, place at, const char *name)
{
    return at && at == target_variable(target, name);
}
