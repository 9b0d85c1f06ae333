/* SPDX-License-Identifier: MIT */
/* Work that takes a known amount of CPU time. */
#ifndef HARNESS_SPIN_H
#define HARNESS_SPIN_H

#include "base/nanos.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The CPU time of the calling thread so far. */
nanos spin_cpu(void);

/* Computes until this thread has used `cpu` more. */
void spin_for(nanos cpu);

#ifdef __cplusplus
}
#endif

#endif
