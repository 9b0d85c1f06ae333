/* SPDX-License-Identifier: MIT */
/* The functions on a stack that does not run, from its words alone. What was
 * saved last belongs to stack_context_switch; its caller's return address is
 * the next word above that stands behind a call of it; and so on. A function
 * that ended in a jump to another one has no frame: it is not shown; jumps_to
 * finds out that the call went through it. */
#include "harness/ps/look.h"

#include "coroutines/stack.h"

#include <stdlib.h>
#include <string.h>

enum { STACK_MOST = 1024 * 1024, CODE_MOST = 4096 };

/* A stack whose words were read. */
struct stack_words {
    struct target *target;
    uint64_t *list;
    size_t count;
};

#if defined(__x86_64__)
/* Do these seven bytes end with an indirect call (ff /2), by a register or
 * through memory? */
static bool is_indirect_call(const unsigned char code[7])
{
    static const int lengths[] = {2, 3, 4, 6, 7};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const unsigned char *call = code + 7 - lengths[i];
        int mode = call[1] >> 6, base = call[1] & 7, length = 2;
        length += mode != 3 && base == 4;
        if (mode == 2 || (mode == 0 && base == 5))
            length += 4;
        else
            length += mode == 1;
        if (call[0] == 0xff && (call[1] & 0x38) == 0x10 && length == lengths[i])
            return true;
    }
    return false;
}
#endif

/* Does a call end at this address, and of what? 0: no call; UINT64_MAX: of what
 * is only known when it is made. */
static place called_before(struct target *target, place address)
{
#if defined(__x86_64__)
    unsigned char code[7];
    int32_t span;
    if (!target_read(target, address - 7, code, sizeof code))
        return 0;
    memcpy(&span, code + 3, sizeof span);
    if (code[2] == 0xe8)
        return address + (place)(int64_t)span;
    return is_indirect_call(code) ? UINT64_MAX : 0;
#elif defined(__aarch64__)
    uint32_t code;
    if (!target_read(target, address - 4, &code, sizeof code))
        return 0;
    if ((code & 0xfc000000) == 0x94000000)
        return address - 4 + (place)((int64_t)((uint64_t)code << 38) >> 36);
    return (code & 0xfffffc1f) == 0xd63f0000 ? UINT64_MAX : 0;
#else
    (void)target, (void)address;
    return 0;
#endif
}

/* Where the jump goes that these bytes would be, at this address; 0: none. */
static place jump_at(const unsigned char *code, place address)
{
#if defined(__x86_64__)
    int32_t span;
    memcpy(&span, code + 1, sizeof span);
    return *code == 0xe9 ? address + 5 + (place)(int64_t)span : 0;
#elif defined(__aarch64__)
    uint32_t word;
    memcpy(&word, code, sizeof word);
    return (word & 0xfc000000) == 0x14000000
               ? address + (place)((int64_t)((uint64_t)word << 38) >> 36)
               : 0;
#else
    (void)code, (void)address;
    return 0;
#endif
}

/* Is there a jump to the beginning of `to` in this function? */
static bool jumps_to(struct target *target, const struct symbol *from,
                     const struct symbol *to)
{
    unsigned char code[CODE_MOST];
    size_t size = from->size < CODE_MOST ? from->size : CODE_MOST;
    place begin = target->base + from->address;
    if (!target_read(target, begin, code, size))
        return false;
    for (size_t i = 0; i + 5 <= size; i++)
        if (jump_at(code + i, begin + i) == target->base + to->address)
            return true;
    return false;
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
        if (called == UINT64_MAX && perhaps == words->count)
            perhaps = from;
        else if (called && called != UINT64_MAX &&
                 leads_to(words->target, called, callee))
            return from;
    }
    return perhaps;
}

/* The engine's own functions. */
static bool is_engine(const struct symbol *symbol)
{
    return !strncmp(symbol->name, "stack_", 6) ||
           (symbol->file && !strcmp(symbol->file, "stack.c"));
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
    if (words.list && target_read(target, from, words.list, size)) {
        size_t at = find_return(&words, 0, callee);
        while (at < words.count && found < STACK_FRAMES_MAX) {
            callee = target_symbol(target, words.list[at]);
            if (!is_engine(callee))
                frames[found++] = words.list[at];
            at = find_return(&words, at + 1, callee);
        }
    }
    free(words.list);
    return found;
}
