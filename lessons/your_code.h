/* SPDX-License-Identifier: MIT */
/* The mark of what a learner has not written yet.
 *
 *     static void run_ready(struct loop *loop)
 *     {
 *         YOUR_CODE(loop);
 *     }
 *
 * It does nothing but say that it was reached, so that a check can tell "not
 * written yet" from "wrong". Its arguments only count as used. */
#ifndef LESSONS_YOUR_CODE_H
#define LESSONS_YOUR_CODE_H

#ifdef __cplusplus
extern "C" {
#endif

#define YOUR_CODE(...)                                                         \
    your_code_reached(__FILE__, __LINE__, __func__, __VA_ARGS__)

/* Notes the place; a check reads it. At least one more argument. */
void your_code_reached(const char *file, int line, const char *function, ...);

#ifdef __cplusplus
}
#endif

#endif
