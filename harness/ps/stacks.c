/* SPDX-License-Identifier: MIT */
/* The functions on a stack that does not run, from its words alone. What a
 * greenlet has saved last belongs to stack_context_switch; its caller's return
 * address is the next word above that stands behind a call of it; and so on. A
 * function that ended in a jump to another one has no frame: it is not shown;
 * jumps_to finds out that the call went through it. */
#include "harness/ps/look.h"

#include "coroutines/stack.h"
#include "harness/ps/code.h"

#include <stdlib.h>
#include <string.h>

enum {
    STACK_MOST = 1024 * 1024,
    THREAD_STACK_MOST = 64 * 1024,
    PAGE = 4096,
    CODE_MOST = 4096,
};

/* A stack whose words were read. */
struct stack_words {
    struct target *target;
    uint64_t *list;
    size_t count;
};

/* As code_call, of what stands there. */
static place called_before(struct target *target, place address)
{
    unsigned char code[CODE_CALL_SIZE];
    return target_read(target, address - sizeof code, code, sizeof code)
               ? code_call(CODE_HERE, code, address)
               : 0;
}

/* Is there a jump to the beginning of `to` in this function? */
static bool jumps_to(struct target *target, const struct symbol *from,
                     const struct symbol *to)
{
    unsigned char code[CODE_MOST];
    size_t size = from->size < CODE_MOST ? from->size : CODE_MOST;
    place begin = target->base + from->address;
    return target_read(target, begin, code, size) &&
           code_jumps_to(CODE_HERE, code, size, begin,
                         target->base + to->address);
}

/* May a call of this function be what has led into `callee`? */
static bool leads_to(struct target *target, place called,
                     const struct symbol *callee)
{
    const struct symbol *symbol = target_symbol(target, called);
    return symbol && callee &&
           (symbol->address == callee->address ||
            jumps_to(target, symbol, callee));
}

/* The next word from `from` on that stands behind a call of `callee`; else the
 * next one behind a call of which nobody knows what it calls; the number of
 * words when there is none. */
static size_t find_return(const struct stack_words *words, size_t from,
                          const struct symbol *callee)
{
    size_t perhaps = words->count;
    for (; from < words->count; from++) {
        place called = target_symbol(words->target, words->list[from])
                           ? called_before(words->target, words->list[from])
                           : 0;
        if (called == CODE_INDIRECT && perhaps == words->count)
            perhaps = from;
        else if (called && called != CODE_INDIRECT &&
                 leads_to(words->target, called, callee))
            return from;
    }
    return perhaps;
}

/* The engine's own functions; and what is before main. */
static bool is_engine(const struct symbol *symbol)
{
    return !strncmp(symbol->name, "stack_", 6) ||
           !strcmp(symbol->name, "_start") ||
           (symbol->file && !strcmp(symbol->file, "stack.c"));
}

/* From the word there on, which is behind a call, as far as calls lead. */
static size_t follow(const struct stack_words *words, size_t at,
                     place frames[STACK_FRAMES_MAX])
{
    size_t found = 0;
    while (at < words->count && found < STACK_FRAMES_MAX) {
        const struct symbol *callee =
            target_symbol(words->target, words->list[at]);
        if (!is_engine(callee))
            frames[found++] = words->list[at];
        at = find_return(words, at + 1, callee);
    }
    return found;
}

size_t look_stack(struct target *target, const struct stack *stack,
                  place frames[STACK_FRAMES_MAX])
{
    struct stack_pool pool;
    place from = (uintptr_t)stack->context, low = (uintptr_t)stack->low;
    size_t found = 0;
    if (stack->generator.state != GENERATOR_SUSPENDED ||
        !target_read(target, (uintptr_t)stack->pool, &pool, sizeof pool) ||
        pool.size > STACK_MOST || from < low || from - low > pool.size)
        return 0;
    size_t size = pool.size - (from - low);
    struct stack_words words = {target, malloc(size + 1),
                                size / sizeof(uint64_t)};
    const struct symbol *callee =
        symbol_named(&target->symbols, NULL, "stack_context_switch");
    if (words.list && target_read(target, from, words.list, size))
        found = follow(&words, find_return(&words, 0, callee), frames);
    free(words.list);
    return found;
}

/* ---- threads ---- */

/* A page at a time: where the stack begins is not known. */
static void read_words(struct stack_words *words, place from)
{
    size_t have = 0;
    bool unstable = words->target->unstable;
    while (have < THREAD_STACK_MOST) {
        size_t size = PAGE - (from + have) % PAGE;
        if (size > THREAD_STACK_MOST - have)
            size = THREAD_STACK_MOST - have;
        if (!target_read(words->target, from + have, (char *)words->list + have,
                         size))
            break;
        have += size;
    }
    words->target->unstable = unstable;
    words->count = have / sizeof(uint64_t);
}

/* The first word behind a call that leaves the program: of what has no symbol
 * in it, or is known only when it is made. */
static size_t find_way_out(const struct stack_words *words)
{
    size_t at = 0;
    for (; at < words->count; at++) {
        place called = target_symbol(words->target, words->list[at])
                           ? called_before(words->target, words->list[at])
                           : 0;
        if (called == CODE_INDIRECT ||
            (called && !target_symbol(words->target, called)))
            break;
    }
    return at;
}

size_t look_thread_stack(struct target *target, place stack,
                         place frames[STACK_FRAMES_MAX])
{
    struct stack_words words = {target, malloc(THREAD_STACK_MOST), 0};
    size_t found = 0;
    if (words.list && stack) {
        read_words(&words, stack & ~(place)7);
        found = follow(&words, find_way_out(&words), frames);
    }
    free(words.list);
    return found;
}
