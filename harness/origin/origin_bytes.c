/* SPDX-License-Identifier: MIT */
#include "harness/origin/origin_bytes.h"

#include <endian.h>
#include <string.h>

/* The k-th number of splitmix64, computed without those before it. */
static uint64_t number(uint64_t seed, uint64_t k)
{
    uint64_t z = seed + (k + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Copies the bytes `from` to `from + size` of the k-th number. */
static void copy_part(uint64_t seed, uint64_t k, size_t from, char *out,
                      size_t size)
{
    uint64_t bytes = htole64(number(seed, k));
    memcpy(out, (const char *)&bytes + from, size);
}

void origin_bytes(uint64_t seed, uint64_t offset, char *out, size_t size)
{
    uint64_t k = offset / 8;
    size_t from = (size_t)(offset % 8);
    if (from && size) {
        size_t head = 8 - from < size ? 8 - from : size;
        copy_part(seed, k++, from, out, head);
        out += head;
        size -= head;
    }
    for (; size >= 8; out += 8, size -= 8)
        copy_part(seed, k++, 0, out, 8);
    if (size)
        copy_part(seed, k, 0, out, size);
}
