/* SPDX-License-Identifier: MIT */
#include "harness/ps/code.h"

#include <string.h>

/* ---- x86-64: one to fifteen bytes, at any address ---- */

enum { JUMP_SIZE_X86_64 = 5 };

/* Do these bytes end with an indirect call (ff /2), through a register or
 * memory? */
static bool is_indirect_call(const unsigned char before[CODE_CALL_SIZE])
{
    static const int lengths[] = {2, 3, 4, 6, 7};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const unsigned char *call = before + CODE_CALL_SIZE - lengths[i];
        int mode = call[1] >> 6, base = call[1] & 7, length = 2;
        length += mode != 3 && base == 4;
        if (mode == 2 || (mode == 0 && base == 5))
            length += 4;
        else
            length += mode == 1;
        if (call[0] == 0xff && (call[1] & 0x38) == 0x10 && length == lengths[i])
            return true;
    }
    return false;
}

/* call is e8, jmp is e9; both are followed by the distance. */
static uint64_t leads_to_x86_64(const unsigned char *code, unsigned char what,
                                uint64_t address)
{
    int32_t span;
    memcpy(&span, code + 1, sizeof span);
    return *code == what ? address + JUMP_SIZE_X86_64 + (uint64_t)(int64_t)span
                         : 0;
}

/* ---- aarch64: four bytes each, at addresses that are multiples of four ----
 */

enum { SIZE_AARCH64 = 4 };

/* bl is 100101, b is 000101; both are followed by a number of instructions. */
static uint64_t leads_to_aarch64(uint32_t word, uint32_t what, uint64_t address)
{
    return (word & 0xfc000000) == what
               ? address + (uint64_t)((int64_t)((uint64_t)word << 38) >> 36)
               : 0;
}

static uint32_t word_at(const unsigned char *code)
{
    uint32_t word;
    memcpy(&word, code, sizeof word);
    return word;
}

/* ---- both ---- */

uint64_t code_call(enum code_machine machine,
                   const unsigned char before[CODE_CALL_SIZE], uint64_t address)
{
    uint64_t called = 0;
    uint32_t word;
    switch (machine) {
    case CODE_X86_64:
        called = leads_to_x86_64(before + CODE_CALL_SIZE - JUMP_SIZE_X86_64,
                                 0xe8, address - JUMP_SIZE_X86_64);
        return !called && is_indirect_call(before) ? CODE_INDIRECT : called;
    case CODE_AARCH64:
        if (address % SIZE_AARCH64)
            return 0;
        word = word_at(before + CODE_CALL_SIZE - SIZE_AARCH64);
        called = leads_to_aarch64(word, 0x94000000, address - SIZE_AARCH64);
        return (word & 0xfffffc1f) == 0xd63f0000 ? CODE_INDIRECT : called;
    case CODE_UNKNOWN:
        break;
    }
    return 0;
}

/* endbr64, if there is one; bnd, which means nothing; jmp *far(%rip). */
uint64_t code_stub(enum code_machine machine,
                   const unsigned char code[CODE_STUB_SIZE], uint64_t address)
{
    static const unsigned char endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    int32_t span;
    size_t at = memcmp(code, endbr64, sizeof endbr64) ? 0 : sizeof endbr64;
    if (machine != CODE_X86_64)
        return 0;
    at += code[at] == 0xf2;
    memcpy(&span, code + at + 2, sizeof span);
    return code[at] == 0xff && code[at + 1] == 0x25
               ? address + at + 6 + (uint64_t)(int64_t)span
               : 0;
}

bool code_jumps_to(enum code_machine machine, const unsigned char *code,
                   size_t size, uint64_t begin, uint64_t to)
{
    bool is_fixed = machine == CODE_AARCH64;
    size_t step = is_fixed ? SIZE_AARCH64 : 1;
    size_t whole = is_fixed ? SIZE_AARCH64 : JUMP_SIZE_X86_64;
    for (size_t i = 0; machine != CODE_UNKNOWN && i + whole <= size; i += step)
        if ((is_fixed
                 ? leads_to_aarch64(word_at(code + i), 0x14000000, begin + i)
                 : leads_to_x86_64(code + i, 0xe9, begin + i)) == to)
            return true;
    return false;
}
