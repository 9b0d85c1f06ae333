/* SPDX-License-Identifier: MIT */
/* Machine code, as far as reading a stack needs it: calls and jumps. For each
 * machine on every machine, so that all can be tested on any. */
#ifndef HARNESS_PS_CODE_H
#define HARNESS_PS_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum code_machine { CODE_UNKNOWN, CODE_X86_64, CODE_AARCH64 };

/* The machine of this program, and of those that it looks into. */
#if defined(__x86_64__)
#define CODE_HERE CODE_X86_64
#elif defined(__aarch64__)
#define CODE_HERE CODE_AARCH64
#else
#define CODE_HERE CODE_UNKNOWN
#endif

/* The longest call. */
enum { CODE_CALL_SIZE = 7 };

/* The target of a call that is known only at run time. */
#define CODE_INDIRECT UINT64_MAX

/* If a call ends at this address, before which these bytes are: its target;
 * else 0. */
uint64_t code_call(enum code_machine machine,
                   const unsigned char before[CODE_CALL_SIZE],
                   uint64_t address);

/* For code by which a program calls a function of a library, which begins with
 * these bytes: the slot with that function's address. 0: it is not such code,
 * or not known for this machine. */
enum { CODE_STUB_SIZE = 16 };
uint64_t code_stub(enum code_machine machine,
                   const unsigned char code[CODE_STUB_SIZE], uint64_t address);

/* Is there a jump to this address in the code that begins at `begin`? */
bool code_jumps_to(enum code_machine machine, const unsigned char *code,
                   size_t size, uint64_t begin, uint64_t to);

#ifdef __cplusplus
}
#endif

#endif
