/* SPDX-License-Identifier: MIT */
/* From the learner's file to a program that checks it: one compilation, one
 * link with what was built beforehand. */
#ifndef LESSONS_TOOL_PROGRAM_BUILD_H
#define LESSONS_TOOL_PROGRAM_BUILD_H

#include "lessons/tool/program/toolchain.h"

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
