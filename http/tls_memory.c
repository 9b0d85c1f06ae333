/* SPDX-License-Identifier: MIT */
#include "http/tls_memory_internal.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdlib.h>

/* Thread-local, because OpenSSL gives its allocator no context that could hold
 * it. It lies in what each thread has from its beginning: elsewhere in a
 * module, glibc would allocate it when it is used first, and abort if that
 * fails. */
__attribute__((tls_model("initial-exec"))) static _Thread_local bool ran_out;

static void *noted(void *memory)
{
    ran_out |= !memory;
    return memory;
}

static void *allocate(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return noted(malloc(size));
}

static void tls_memory_release(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

static void *reallocate(void *memory, size_t size, const char *file, int line)
{
    if (size)
        return noted(realloc(memory, size));
    tls_memory_release(memory, file, line);
    return NULL;
}

static void watch_memory(void)
{
    (void)CRYPTO_set_mem_functions(allocate, reallocate, tls_memory_release);
}

void tls_memory_watch(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, watch_memory);
}

void tls_memory_begin(void)
{
    ran_out = false;
}

bool tls_memory_ran_out(void)
{
    bool told = false;
    unsigned long code;
    /* A file is opened by the C library, which allocates, too. */
    while ((code = ERR_get_error()))
        told |= ERR_SYSTEM_ERROR(code)
                    ? ERR_GET_REASON(code) == ENOMEM
                    : ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
    return told || ran_out;
}
