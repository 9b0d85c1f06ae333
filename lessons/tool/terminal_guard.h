/* SPDX-License-Identifier: MIT */
/* A terminal that is used key by key is given back as it was. */
#ifndef LESSONS_TOOL_TERMINAL_GUARD_H
#define LESSONS_TOOL_TERMINAL_GUARD_H

/* Runs it in a child, with the terminal that is standard input, and returns
 * what it returns. However the child ends, by a signal or a crash of its own or
 * by one that was meant for us, the terminal is then as it was before; and a
 * signal ends or stops us, too. While stopped, the terminal is as it was; the
 * child finds it as it had it. Call it in a program of one thread. A negative
 * errno when no child could be started. */
int terminal_guard(int (*run)(void *data), void *data);

/* From now on keys come one by one, and are not shown. Ctrl-C is a key, too, so
 * that what it ends can give the terminal back. 0 or a negative errno. */
int terminal_take_keys(void);

#endif
