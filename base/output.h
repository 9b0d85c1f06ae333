/* SPDX-License-Identifier: MIT */
/* Standard output from which nothing is lost in silence. Programs print with
 * printf() as usual; the two functions here see to it that what was printed
 * arrives whole, or that the program knows that it did not.
 *
 * Without them, stdio reports only whether the last write() failed and gives up
 * at a non-blocking pipe, and a file that reaches its size limit ends the
 * program. */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#ifdef __cplusplus
extern "C" {
#endif

/* Once, at the beginning of main(), before anything is printed or opened: no
 * file gets the number of a standard descriptor that is closed. 0 or a negative
 * errno: then nothing can be printed. */
int output_init(void);

/* Writes out what was printed so far. 0, or the negative errno of the first
 * write that ever failed: from there on, output is missing. */
int output_flush(void);

/* The same; the first time that it fails, prints a sentence on standard error
 * that begins with `who`. */
int output_check(const char *who);

#ifdef __cplusplus
}
#endif

#endif
