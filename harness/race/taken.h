/* SPDX-License-Identifier: MIT */
/* What the machine took away from a run: processor time that went to other
 * programs or to other guests of the same host, or that a container's quota
 * refused. The figure is still measured, but it is not that of a quiet
 * machine. */
#ifndef HARNESS_RACE_TAKEN_H
#define HARNESS_RACE_TAKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sums up to one moment, in seconds; only differences between two moments are
 * used. */
struct moment {
    double when_s;
    size_t processors;  /* over which idle and steal are summed */
    double idle_s;      /* waiting for a disk, too */
    double steal_s;     /* the host gave it to other guests */
    double throttled_s; /* refused by the quota of our control group */
    double ours_s;      /* of the race, its contestants so far, its origin */
    double step_ns;     /* of a fixed loop: how fast the processor is now */
    double interrupts;  /* of the whole machine since it started, those between
                         * processors among them; negative: it does not tell */
};

/* Reads the present moment. The processors that count are the two of pinned
 * runs, or all that are allowed. `origin`: a child that has not been waited for
 * yet. */
void moment_read(struct moment *moment, bool pinned, pid_t origin);

/* Adds the CPU of another such child. */
void moment_add_child(struct moment *moment, pid_t child);

/* Adds the lines of /proc/stat, of those processors for which `counts` is true,
 * to the moment's idle_s, steal_s and processors; and sets its interrupts. */
void moment_add_stat(struct moment *moment, const char *text,
                     bool (*counts)(const void *context, int processor),
                     const void *context);

struct taken {
    double capacity_s; /* what all processors that count could have given */
    double steal_s;
    double throttled_s;
    double other_s;    /* neither idle, nor stolen, nor ours */
    double step_ns;    /* before and after, on average */
    double interrupts; /* of the whole machine; negative: not known */
};

struct taken taken_between(const struct moment *before,
                           const struct moment *after);

/* A sentence when it was so much that the run is spoiled: 2 % of the capacity
 * stolen or refused, 5 % of it for other programs, or processors at less than
 * three quarters of the speed at which a step took `best_step_ns` (0: not
 * known), which a host can cause without reporting stolen time. The kernel
 * counts in hundredths of a second, so 50 ms never spoil a run. */
bool taken_explain(const struct taken *taken, double best_step_ns, char *text,
                   size_t size);

/* The frequency of the allowed processors, on average, as the system reports it
 * now; negative if it does not. */
double machine_mhz(void);

#ifdef __cplusplus
}
#endif

#endif
