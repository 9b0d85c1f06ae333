/* SPDX-License-Identifier: MIT */
/* The compiler and the linker, as the build of the lab uses them. */
#ifndef LESSONS_TOOL_PROGRAM_TOOLCHAIN_H
#define LESSONS_TOOL_PROGRAM_TOOLCHAIN_H

#include "base/program.h"
#include "lessons/tool/lesson.h"

/* How this machine compiles and links, as the build wrote it down: checks in
 * lessons.link, the learner's contestant of a race in race.link. */
struct toolchain {
    struct buffer text; /* lines of "word value" */
    const char *folder; /* the build's, lent */
    const char *cc;     /* instead of the build's compiler; NULL: that one */
};

/* For checks, or for the race. `folder` is the build's. 0 or a negative errno,
 * with a sentence in `why`. */
int toolchain_load(struct toolchain *toolchain, const char *folder,
                   struct buffer *why);
int toolchain_load_race(struct toolchain *toolchain, const char *folder,
                        struct buffer *why);

/* Is there what checks are linked with, or only the recipe? */
bool toolchain_is_built(const struct toolchain *toolchain);

/* Does it build with this sanitizer, "address" or "thread"? */
bool toolchain_has(const struct toolchain *toolchain, const char *sanitizer);

void toolchain_deinit(struct toolchain *toolchain);

/* Appends how a learner's file is compiled, an argument a line, as editors want
 * it in a compile_flags.txt. */
void toolchain_flags(const struct toolchain *toolchain,
                     const struct lesson *lesson, struct buffer *flags);

/* ---- what is in it ---- */

/* Adds every value of a word, each behind `prefix`. */
void toolchain_add(struct arguments *arguments,
                   const struct toolchain *toolchain, const char *word,
                   const char *prefix);

/* The compiler of a word, "cc" or "cxx", or the "linker". */
void toolchain_add_compiler(struct arguments *arguments,
                            const struct toolchain *toolchain,
                            const char *word);

/* The objects of the cores, but for the replaced ones: their names,
 * NULL-closed; or NULL. */
void toolchain_add_cores(const struct toolchain *toolchain,
                         const char **replaced, struct arguments *link);

/* Lines of "word name value": the value of that name, if there is one. */
bool toolchain_named(const struct toolchain *toolchain, const char *word,
                     const char *name, struct slice *value);

/* ---- at work: 0, the compiler's exit code, or a negative errno; what it said
 * is appended to `said` ---- */

/* Compiles a C file of a lesson, or a learner's, as that step. */
int toolchain_compile(const struct toolchain *toolchain,
                      const struct lesson *lesson, int step, const char *source,
                      const char *object, struct buffer *said);

/* Compiles what the lesson gives, unless that has been done, in `folder`, and
 * adds the objects to the link. */
int toolchain_compile_given(const struct toolchain *toolchain,
                            const struct lesson *lesson, int step,
                            const char *folder, struct arguments *link,
                            struct buffer *said);

/* Is the object older than anything in the lesson's folder, or than the lab? */
bool toolchain_is_stale(const struct toolchain *toolchain,
                        const struct lesson *lesson, const char *object);

/* Links the objects and the libraries. */
int toolchain_link(const struct toolchain *toolchain, struct arguments *objects,
                   const char *program, struct buffer *said);

#endif
