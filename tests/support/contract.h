/* SPDX-License-Identifier: MIT */
/* A death test for a contract. */
#ifndef SUPPORT_CONTRACT_H
#define SUPPORT_CONTRACT_H

#include "base/contract.h"

#include <gtest/gtest.h>

#include <csignal>
#include <sys/resource.h>

/* Lets the child of a death test leave no core file. */
inline void contract_without_core()
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

/* The statement breaks the contract with this sentence: a part of it, as a
 * regular expression. It runs in a process that is started anew, so whatever
 * threads the test has do no harm. */
#define EXPECT_CONTRACT(statement, sentence)                                   \
    do {                                                                       \
        GTEST_FLAG_SET(death_test_style, "threadsafe");                        \
        EXPECT_EXIT(                                                           \
            {                                                                  \
                contract_without_core();                                       \
                statement;                                                     \
            },                                                                 \
            testing::KilledBySignal(SIGABRT), "contract broken: .*" sentence); \
    } while (0)

/* For a contract that is tested in debug builds only; in others the statement
 * is left out. */
#define EXPECT_DEBUG_CONTRACT(statement, sentence)                             \
    do {                                                                       \
        if (CONTRACT_DEBUG)                                                    \
            EXPECT_CONTRACT(statement, sentence);                              \
    } while (0)

#endif
