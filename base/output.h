/* SPDX-License-Identifier: MIT */
/* Standard output from which nothing is lost in silence. Programs print with
 * printf() as usual; the two functions here see to it that what was printed
 * arrives whole, or that the program knows that it did not.
 *
 * By itself, stdio only tells of the last write() whether it failed, gives up
 * at a pipe that is non-blocking, and a file that reached its size limit ends
 * the program. */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#ifdef __cplusplus
extern "C" {
#endif

/* Once, at the beginning of main(), before anything is printed or opened: no
 * file gets the number of a standard descriptor that is closed. 0 or a negative
 * errno: then nothing can be printed. */
int output_init(void);

/* Hands on what was printed so far. 0, or the negative errno of the first write
 * that ever failed: from there on something is missing. */
int output_flush(void);

/* The same, and the first time that it fails, a sentence on standard error in
 * the name of `who`. */
int output_check(const char *who);

#ifdef __cplusplus
}
#endif

#endif
