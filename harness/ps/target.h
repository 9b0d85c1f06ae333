/* SPDX-License-Identifier: MIT */
/* A running program, looked at from outside: its memory is read while it runs,
 * so what is read may have changed meanwhile. Nothing in it is stopped, called
 * or written. */
#ifndef HARNESS_PS_TARGET_H
#define HARNESS_PS_TARGET_H

#include "harness/ps/symbols.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { KNOWN_LINES_MAX = 64 };

struct handle_name;
struct wait_shape;

/* A place in its memory. */
typedef uint64_t place;

/* The cores into which `ps` looks. */
enum target_core { TARGET_FUTURE, TARGET_TASK, TARGET_CORES };

struct target {
    pid_t pid;
    /* Copies memory; false: it cannot be read. target_open sets it. */
    bool (*copy)(struct target *target, place from, void *to, size_t size);
    struct symbols symbols;
    place base;     /* where its file is loaded */
    bool unstable;  /* something could not be read */
    bool no_memory; /* ... for want of it */
    char why[240];  /* of target_open: a sentence */

    /* A core that is not the lab's may keep elsewhere what the header calls the
     * core's own. */
    bool foreign[TARGET_CORES];

    /* of names.c: what addr2line has said */
    struct known_line {
        place address;
        char text[64];
    } lines[KNOWN_LINES_MAX];
    size_t line_count;

    /* and its tables, as they are there; NULL: not read yet */
    struct handle_name *names;
    struct wait_shape *shapes;
    size_t name_count, shape_count;
};

/* 0; -ESRCH: there is no such process; -EPERM: it is another user's, or may not
 * be looked into; -ENOEXEC: it is not a program of this lab; another negative
 * errno. `why` has a sentence then. */
int target_open(struct target *target, pid_t pid);
void target_close(struct target *target);

/* NULL when it cannot be opened; `no_memory` says whether that is why. */
FILE *target_file(struct target *target, const char *path);
DIR *target_folder(struct target *target, const char *path);

/* All zero, to be freed. NULL without memory, which is noted. */
void *target_memory(struct target *target, size_t size);

/* Reads memory. False, and all zero, when it cannot be read, which is noted in
 * `unstable`. */
bool target_read(struct target *target, place from, void *to, size_t size);

/* Is a bool there set? The byte that is read may be neither 0 nor 1, which a
 * bool must not hold; it counts as set if it is not 0. */
bool target_flag(struct target *target, place from);

/* A pointer there; 0: NULL, or it cannot be read. */
place target_pointer(struct target *target, place from);

/* A text there, cut to size; "" when it cannot be read. It is harmless. Returns
 * `to`. */
const char *target_text(struct target *target, place from, char *to,
                        size_t size);

/* What a terminal shall show, and not do: each byte of a control character, and
 * each that belongs to no character, becomes '?'. */
void target_harmless(char *text);

/* The address of a variable; 0 when there is none of this name. */
place target_variable(const struct target *target, const char *name);

/* The function or object at a place; NULL when none is known. */
const struct symbol *target_symbol(const struct target *target, place at);

/* Is an object of this name there? */
bool target_is(const struct target *target, place at, const char *name);

/* ---- cores.c ---- */

/* Fills in `foreign`. */
void target_look_at_cores(struct target *target);

/* ---- threads.c: its threads ---- */

struct thread_state {
    char letter; /* of /proc/PID/stat: 'R' runs, 'S' sleeps; 0: it is gone */
    long call;   /* the system call in which it waits; -1: none, or unknown */
    place arguments[3]; /* the first ones of the call */
    place stack;        /* where its stack ends now; 0: unknown */
    char name[17];      /* its own, if it differs from the program's */
};

struct thread_state target_thread(struct target *target, pid_t thread);

/* Calls `use` for each thread. */
typedef void thread_use(void *context, pid_t thread);
void target_each_thread(struct target *target, thread_use *use, void *context);

/* What a system call waits for, and in which arguments. */
enum call_kind {
    CALL_OTHER,
    CALL_READS,  /* the first argument, to be readable */
    CALL_WRITES, /* the same, writable */
    CALL_POLLS,  /* an array of struct pollfd, and its size */
    CALL_SELECTS,
    CALL_EPOLLS,  /* an epoll */
    CALL_THREADS, /* another thread */
};
enum call_kind system_call_kind(long call);

/* "epoll_wait"; "system call 17" for one that is not known. Returns `text`. */
const char *system_call_name(long call, char text[32]);

#ifdef __cplusplus
}
#endif

#endif
