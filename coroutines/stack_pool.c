/* SPDX-License-Identifier: MIT */
#include "coroutines/stack.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

/* At the top of a stack that is not in use, where the page has been touched
 * already. */
struct spare {
    struct spare *next;
};

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static struct spare *spare_at(const struct stack_pool *pool, char *low)
{
    return (struct spare *)(void *)(low + pool->size - sizeof(struct spare));
}

static char *low_of(const struct stack_pool *pool, struct spare *spare)
{
    return (char *)(spare + 1) - pool->size;
}

void stack_pool_init(struct stack_pool *pool, size_t size)
{
    size_t page = page_size();
    if (!size)
        size = STACK_SIZE;
    *pool = (struct stack_pool){.size = (size + page - 1) / page * page};
}

void stack_pool_deinit(struct stack_pool *pool)
{
    while (pool->spare) {
        struct spare *spare = pool->spare;
        pool->spare = spare->next;
        munmap(low_of(pool, spare) - page_size(), pool->size + page_size());
    }
}

/* The lowest page is a guard: code that needs too much stack crashes at once,
 * instead of overwriting what is below. */
static int map_stack(const struct stack_pool *pool, char **low)
{
    size_t page = page_size();
    char *memory =
        mmap(NULL, pool->size + page, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED)
        return -errno;
    if (mprotect(memory, page, PROT_NONE)) {
        int error = -errno;
        munmap(memory, pool->size + page);
        return error;
    }
    *low = memory + page;
    return 0;
}

/* The stack used last comes first, because it is in the cache. */
int stack_pool_take(struct stack_pool *pool, char **low)
{
    struct spare *spare = pool->spare;
    if (!spare)
        return map_stack(pool, low);
    pool->spare = spare->next;
    *low = low_of(pool, spare);
    return 0;
}

void stack_pool_give(struct stack_pool *pool, char *low)
{
    struct spare *spare = spare_at(pool, low);
    spare->next = pool->spare;
    pool->spare = spare;
}
