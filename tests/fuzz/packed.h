/* SPDX-License-Identifier: MIT */
/* Bytes that are nearly what a process has packed. An input that begins with
 * 'E' holds edits, of three bytes each, of something that was packed well: a
 * place, low byte first, and what is there; place 65535 cuts off as many bytes
 * at the end. One that begins with anything else is raw, behind that. So the
 * corpus does not depend on where a compiler puts the members of a structure.
 */
#ifndef TESTS_FUZZ_PACKED_H
#define TESTS_FUZZ_PACKED_H

#include <algorithm>
#include <string>
#include <string_view>

inline void packed_edit(std::string *packed, size_t place, char byte)
{
    size_t count = static_cast<unsigned char>(byte);
    if (place == 65535)
        packed->resize(packed->size() - std::min(count, packed->size()));
    else if (!packed->empty())
        (*packed)[place % packed->size()] = byte;
}

inline std::string packed_bytes(std::string_view input, std::string packed)
{
    if (input.empty() || input[0] != 'E')
        return std::string(input.substr(input.empty() ? 0 : 1));
    for (size_t i = 1; i + 3 <= input.size(); i += 3) {
        size_t low = static_cast<unsigned char>(input[i]);
        size_t high = static_cast<unsigned char>(input[i + 1]);
        packed_edit(&packed, low | high << 8, input[i + 2]);
    }
    return packed;
}

#endif
