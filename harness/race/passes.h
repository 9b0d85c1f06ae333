/* SPDX-License-Identifier: MIT */
/* The client's own file: how long it is, and how much of it one request passes
 * through. The program is single-stepped from the end of one request to the end
 * of the next. The debugging information (read by addr2line, of binutils) says
 * to which lines and functions those steps belong, also to inlined ones. */
#ifndef HARNESS_RACE_PASSES_H
#define HARNESS_RACE_PASSES_H

#include "harness/diff/sources.h"

#ifdef __cplusplus
extern "C" {
#endif

/* NOT_KNOWN (record.h) if it is not known. */
struct client_size {
    double lines;     /* of code: neither blank nor a comment */
    double functions; /* that are defined there */
    double lines_passed, functions_passed;
};

extern const struct client_size client_size_unknown;

/* Reads the sources into `lines` and `functions`. 0, or a negative errno: they
 * are not there any more. */
int client_size_read(struct client_size *size,
                     const struct client_source *source);

/* Counts the same in a text, and adds it. */
void client_size_add(struct client_size *size, struct slice text);

/* Runs the program, which stops itself (SIGSTOP) before it begins, behind the
 * first request and behind the second one: from there on it is stopped for
 * good. 0; -EPERM where the machine does not let us look; -ENOENT without
 * addr2line; -ENODATA when nothing was noted for a debugger; -EIO when the
 * program ended or came too far; or another negative errno. */
int client_size_pass(struct client_size *size,
                     const struct client_source *source, const char *program,
                     char *const *arguments);

#ifdef __cplusplus
}
#endif

#endif
