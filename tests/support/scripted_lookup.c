/* SPDX-License-Identifier: MIT */
#include "support/scripted_lookup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <netdb.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int __wrap_getaddrinfo(const char *name, const char *service,
                       const struct addrinfo *hints, struct addrinfo **result);
int __real_getaddrinfo(const char *name, const char *service,
                       const struct addrinfo *hints, struct addrinfo **result);

/* A futex in shared memory, because a pipe would be one more descriptor that
 * could be mistaken for a leak of the code under test. */
struct gate {
    int shut;
    unsigned lookups;
};

static const struct scripted_host *known;
static size_t known_count;
static struct gate *gate; /* atomic: a thread that was left behind reads it */
static int inside;        /* look-ups of this process that use the above */

int scripted_lookup_begin(const struct scripted_host *hosts, size_t count)
{
    void *memory = mmap(NULL, sizeof *gate, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return -errno;
    known = hosts;
    known_count = count;
    __atomic_store_n(&gate, memory, __ATOMIC_SEQ_CST);
    return 0;
}

/* A client leaves a look-up behind that takes too long, and the thread that was
 * at it may still be on its way out when the test is over. */
void scripted_lookup_end(void)
{
    struct gate *old = gate;
    scripted_lookup_open();
    __atomic_store_n(&gate, NULL, __ATOMIC_SEQ_CST);
    int still;
    while ((still = __atomic_load_n(&inside, __ATOMIC_SEQ_CST)) > 0)
        syscall(SYS_futex, &inside, FUTEX_WAIT, still, NULL, NULL, 0);
    munmap(old, sizeof *old);
}

void scripted_lookup_shut(void)
{
    __atomic_store_n(&gate->shut, 1, __ATOMIC_RELEASE);
}

void scripted_lookup_open(void)
{
    __atomic_store_n(&gate->shut, 0, __ATOMIC_RELEASE);
    syscall(SYS_futex, &gate->shut, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

unsigned scripted_lookups(void)
{
    return __atomic_load_n(&gate->lookups, __ATOMIC_ACQUIRE);
}

static void wait_at(struct gate *here)
{
    __atomic_add_fetch(&here->lookups, 1, __ATOMIC_ACQ_REL);
    while (__atomic_load_n(&here->shut, __ATOMIC_ACQUIRE))
        syscall(SYS_futex, &here->shut, FUTEX_WAIT, 1, NULL, NULL, 0);
}

static void leave(void)
{
    if (__atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST) == 0)
        syscall(SYS_futex, &inside, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* NULL outside a script. A thread that has come in must leave:
 * scripted_lookup_end waits for it. Counted before the look at the gate, so
 * that none slips through. */
static struct gate *come_in(void)
{
    __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
    struct gate *here = __atomic_load_n(&gate, __ATOMIC_SEQ_CST);
    if (!here)
        leave();
    return here;
}

static const struct scripted_host *find(const char *name)
{
    for (size_t i = 0; i < known_count; i++)
        if (!strcmp(known[i].name, name))
            return &known[i];
    return NULL;
}

static bool is_of_this_machine(const char *name)
{
    struct in6_addr address;
    return !strcmp(name, "localhost") ||
           inet_pton(AF_INET, name, &address) == 1 ||
           inet_pton(AF_INET6, name, &address) == 1;
}

/* glibc that could open neither a file nor a socket only says that there is no
 * such name. */
static int code_of(int number)
{
    if (number <= 0)
        return number;
    errno = number;
    return number == EMFILE || number == ENFILE ? EAI_NONAME : EAI_SYSTEM;
}

/* The answers for each address, one behind the other: freeaddrinfo takes any
 * list of what getaddrinfo gave. */
static int answer(const struct scripted_host *host, const char *service,
                  const struct addrinfo *hints, struct addrinfo **result)
{
    struct addrinfo **end = result;
    *result = NULL;
    if (host->code)
        return code_of(host->code);
    for (int i = 0; i < SCRIPTED_ADDRESSES && host->addresses[i]; i++) {
        int code = __real_getaddrinfo(host->addresses[i], service, hints, end);
        if (code)
            return code;
        while (*end)
            end = &(*end)->ai_next;
    }
    return *result ? 0 : EAI_NONAME;
}

static int by_script(struct gate *here, const char *name, const char *service,
                     const struct addrinfo *hints, struct addrinfo **result)
{
    wait_at(here);
    const struct scripted_host *host = find(name);
    if (host)
        return answer(host, service, hints, result);
    if (is_of_this_machine(name))
        return __real_getaddrinfo(name, service, hints, result);
    return EAI_NONAME;
}

int __wrap_getaddrinfo(const char *name, const char *service,
                       const struct addrinfo *hints, struct addrinfo **result)
{
    struct gate *here = name ? come_in() : NULL;
    if (!here)
        return __real_getaddrinfo(name, service, hints, result);
    int code = by_script(here, name, service, hints, result);
    leave();
    return code;
}
