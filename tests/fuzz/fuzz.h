/* SPDX-License-Identifier: MIT */
/* A fuzz target is a function that is given any bytes, hands them to a part of
 * the lab that reads bytes from outside, and ends the program where that part
 * does not keep what it promises. Each has a file of its own, fuzz_NAME.cc, and
 * a folder NAME with what the fuzzer starts from and what it has once found.
 *
 *     ./lab fuzz          clang's fuzzer makes up inputs (fuzzer.cc)
 *     ./lab test          the folders are gone through, by any compiler
 *                         (replay_test.cc)
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#define FUZZ_TARGETS(X)                                                        \
    X(asked)                                                                   \
    X(findings)                                                                \
    X(json)                                                                    \
    X(laptop)                                                                  \
    X(lesson)                                                                  \
    X(message)                                                                 \
    X(options)                                                                 \
    X(ps)                                                                      \
    X(record)                                                                  \
    X(recording)                                                               \
    X(request)                                                                 \
    X(result)                                                                  \
    X(room)                                                                    \
    X(seen)                                                                    \
    X(served)                                                                  \
    X(state)                                                                   \
    X(tool)                                                                    \
    X(url)

#define X(name) void fuzz_##name(std::string_view input);
FUZZ_TARGETS(X)
#undef X

/* Ends the program with `promise`, unless it was kept. */
void fuzz_require(bool kept, const char *promise);

/* Takes the first line off `input`, without its end. */
inline std::string fuzz_line(std::string_view *input)
{
    size_t size = input->find('\n');
    std::string line(input->substr(0, size));
    input->remove_prefix(size < input->size() ? size + 1 : input->size());
    return line;
}

#endif
