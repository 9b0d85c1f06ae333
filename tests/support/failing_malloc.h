/* SPDX-License-Identifier: MIT */
/* Memory that runs out at exactly one allocation. The linker puts these in the
 * place of malloc, calloc and realloc (--wrap), in whatever C of ours is linked
 * with this library; what the C library and C++ allocate is not touched.
 *
 *     unsigned number = 1;
 *     do {
 *         failing_malloc_begin(number);
 *         ... the scenario, which must end well, or with an error ...
 *     } while (failing_malloc_end() >= number++);
 */
#ifndef SUPPORT_FAILING_MALLOC_H
#define SUPPORT_FAILING_MALLOC_H

#ifdef __cplusplus
extern "C" {
#endif

/* From now on this thread's allocations are counted, and the one with this
 * number fails. 0: none does. */
void failing_malloc_begin(unsigned number);

/* Ends that. Returns how many allocations there were. */
unsigned failing_malloc_end(void);

#ifdef __cplusplus
}
#endif

#endif
