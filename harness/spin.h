/* SPDX-License-Identifier: MIT */
/* Work that takes a known time of the processor. */
#ifndef HARNESS_SPIN_H
#define HARNESS_SPIN_H

#include "base/nanos.h"

#ifdef __cplusplus
extern "C" {
#endif

/* CPU of the calling thread so far. */
nanos spin_cpu(void);

/* Computes until this thread has had `cpu` more. */
void spin_for(nanos cpu);

#ifdef __cplusplus
}
#endif

#endif
