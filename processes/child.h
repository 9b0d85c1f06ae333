/* SPDX-License-Identifier: MIT */
/* What every child of ours has in common, however long it lives. */
#ifndef PROCESSES_CHILD_H
#define PROCESSES_CHILD_H

#include "base/nanos.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* fork() copies everything, wanted or not. This one returns in a child that
 * has only what it should have:
 *
 *  - standard input, output and error, and `channel`, as descriptor
 *    CHILD_CHANNEL. Every other descriptor is closed: the program's own and,
 *    above all, the channels of its siblings. O_CLOEXEC does not do that, for
 *    there is no exec; and a channel that a sibling holds open never ends.
 *  - no signal handlers to run: signals are the parent's to handle, and blocked
 *    in the child. What cannot be blocked (SIGKILL, SIGSTOP) and what it does
 *    itself (SIGSEGV, SIGABRT …) still reaches it.
 *  - no life of its own: it is killed when the thread that forked it ends.
 *
 * The child must leave through _exit(): exit() would write the program's
 * buffered output a second time and run its exit handlers.
 *
 * In a program with several threads the child has only the one that forked.
 * A lock that another thread held at that moment stays locked for ever, so
 * POSIX allows the child nothing but async-signal-safe calls. Ours allocates
 * (the GNU library keeps malloc usable after fork) and may look a name up;
 * should it get stuck all the same, the job's deadline ends it.
 *
 * Returns the child's pid in the parent, 0 in the child, or a negative errno.
 */
pid_t child_fork(int channel);

enum { CHILD_CHANNEL = 3 };

/* Makes sure that this child ends, and waits for it and for no other: the
 * program may have children that are not ours. `pid` is above 0: the others
 * name groups of processes. Returns its status as waitpid
 * tells it, or CHILD_STATUS_UNKNOWN when that was taken before (a SIGCHLD
 * that is ignored, a wait for any child). Never hangs: even a child that was
 * stopped is killed. */
int child_reap(pid_t pid);

enum { CHILD_STATUS_UNKNOWN = -1 };

/* A status as FETCH_WORKER_DIED wants it: the number of the signal that killed
 * it, or minus its exit status; for CHILD_STATUS_UNKNOWN minus one that no
 * process can have. */
int child_explain(int status);

/* The time that a child has after its job's deadline to report that it has
 * passed. It must also suffice for the `work` of a page that came at the last
 * moment. */
#define CHILD_GRACE NANOS_PER_SECOND

#ifdef __cplusplus
}
#endif

#endif
