/* SPDX-License-Identifier: MIT */
#include "harness/origin/origin_bytes.h"

#include <string.h>

/* The k-th number of splitmix64: any of them, without those before it. */
static uint64_t number(uint64_t seed, uint64_t k)
{
    uint64_t z = seed + (k + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Bytes `from` to `from + size` of one number. */
static void part(uint64_t value, size_t from, char *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (char)(unsigned char)(value >> (8 * (from + i)));
}

void origin_bytes(uint64_t seed, uint64_t offset, char *out, size_t size)
{
    uint64_t k = offset / 8;
    size_t from = (size_t)(offset % 8);
    while (size) {
        size_t count = 8 - from < size ? 8 - from : size;
        part(number(seed, k), from, out, count);
        k++;
        from = 0;
        out += count;
        size -= count;
    }
}
