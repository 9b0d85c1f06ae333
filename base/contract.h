/* SPDX-License-Identifier: MIT */
/* Preconditions that speak: what a caller must not do ends the program at the
 * place where it is done, with the sentence of the contract that was broken.
 *
 *     REQUIRE(pid > 0, "child_reap: the pid of one child, never 0 or less");
 *
 * prints "processes/child.c:52: contract broken: child_reap: the pid of …" to
 * standard error and aborts; in a build with sanitizers, with the calls that
 * led there. A contract is about the program's own mistakes. What the world may
 * do (a file that is missing, a peer that lies) is an error, and errors are
 * values.
 */
#ifndef BASE_CONTRACT_H
#define BASE_CONTRACT_H

#ifdef __cplusplus
extern "C" {
#endif

/* Does not return. The sentence is written even from a signal handler. */
void contract_broken(const char *file, int line, const char *sentence)
    __attribute__((noreturn, cold));

/* On in every build, also in the one that is raced: assert() would be gone
 * where the mistakes are made. The sentence names the function of the header
 * that holds the contract. */
#define REQUIRE(condition, sentence)                                           \
    (__builtin_expect(!(condition), 0)                                         \
         ? contract_broken(__FILE__, __LINE__, sentence)                       \
         : (void)0)

/* For a condition whose test would be seen in a measurement: tested in debug
 * builds, where CONTRACT_DEBUG is 1; compiled but never evaluated in others. */
#ifdef WAITLAB_DEBUG
#define CONTRACT_DEBUG 1
#else
#define CONTRACT_DEBUG 0
#endif
#define REQUIRE_DEBUG(condition, sentence)                                     \
    REQUIRE(!CONTRACT_DEBUG || (condition), sentence)

#ifdef __cplusplus
}
#endif

#endif
