/* SPDX-License-Identifier: MIT */
/* From the learner's file to a program that checks it: one compilation, one
 * link with what was built beforehand. */
#ifndef LESSONS_TOOL_BUILD_H
#define LESSONS_TOOL_BUILD_H

#include "lessons/tool/lesson.h"

/* How this machine compiles and links, as the build wrote it down: checks in
 * lessons.link, the learner's contestant of a race in race.link. */
struct toolchain {
    struct buffer text; /* lines of "word value" */
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
void build_flags(const struct toolchain *toolchain, const struct lesson *lesson,
                 struct buffer *flags);

/* Compiles `source` as step `step` of the lesson and links the check, all in
 * `folder`, which is for this toolchain alone; the program is folder/check.
 * Returns 0; 1 when it does not compile or link, with what the compiler said
 * appended to `said`; a negative errno. */
int build_check(const struct toolchain *toolchain, const struct lesson *lesson,
                int step, const char *source, const char *folder,
                struct buffer *said);

/* Compiles and links a program of the lesson (a prediction, a wrong one) with
 * the lab's own mechanisms; the program is `program`. As build_check. */
int build_program(const struct toolchain *toolchain,
                  const struct lesson *lesson, const char *source,
                  const char *program, struct buffer *said);

/* Compiles `source`, the learner's whole file, for the race, and links the
 * lab's own program with it: in the place of the core that the lesson replaces;
 * or, by the lesson's adapter, as the model `mine`, and then no other name in
 * it is seen outside. The program is folder/waitlab. As build_check; a function
 * that is missing in the file is named as the linker would. */
int build_race(const struct toolchain *toolchain, const struct lesson *lesson,
               const char *source, const char *folder, struct buffer *said);

#endif
