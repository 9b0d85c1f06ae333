/* SPDX-License-Identifier: MIT */
/* The functions on a stack that does not run, from its words alone. What a
 * greenlet saved last belongs to stack_context_switch. The return address of
 * its caller is the next word above that points behind a call of it; and so on.
 * A function that ended in a jump to another one has no frame and is not shown;
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
    FRAME_OF_LIBRARY = 16, /* words */
};

/* A stack whose words were read. */
struct stack_words {
    struct target *target;
    uint64_t *list;
    size_t count;
};

/* As code_call, for the code at that address. */
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

/* Can a call of this function have led into `callee`? */
static bool leads_to(struct target *target, place called,
                     const struct symbol *callee)
{
    const struct symbol *symbol = target_symbol(target, called);
    return symbol && callee &&
           (symbol->address == callee->address ||
            jumps_to(target, symbol, callee));
}

/* The target of the call before the address in this word, as in code_call. */
static place called_by(const struct stack_words *words, size_t at)
{
    place to = words->list[at];
    return target_symbol(words->target, to) ? called_before(words->target, to)
                                            : 0;
}

/* The next word from `from` on that points behind a call of `callee`. If there
 * is none, and it need not be certain, the next one behind a call with an
 * unknown target. The number of words when there is none. */
static size_t find_return(const struct stack_words *words, size_t from,
                          const struct symbol *callee, bool surely)
{
    size_t perhaps = words->count;
    for (; from < words->count; from++) {
        place called = called_by(words, from);
        if (called == CODE_INDIRECT && perhaps == words->count)
            perhaps = from;
        else if (called && called != CODE_INDIRECT &&
                 leads_to(words->target, called, callee))
            return from;
    }
    return surely ? words->count : perhaps;
}

/* The engine's own functions, and those that call main. */
static bool is_engine(const struct symbol *symbol)
{
    return !strncmp(symbol->name, "stack_", 6) ||
           !strcmp(symbol->name, "_start") ||
           (symbol->file && !strcmp(symbol->file, "stack.c"));
}

/* Follows the calls from the word there, which points behind a call, as far as
 * they lead. */
static size_t follow(const struct stack_words *words, size_t at, bool surely,
                     place frames[STACK_FRAMES_MAX])
{
    size_t found = 0;
    while (at < words->count && found < STACK_FRAMES_MAX) {
        const struct symbol *callee =
            target_symbol(words->target, words->list[at]);
        if (!is_engine(callee))
            frames[found++] = words->list[at];
        at = find_return(words, at + 1, callee, surely);
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
    struct stack_words words = {target, target_memory(target, size + 1),
                                size / sizeof(uint64_t)};
    const struct symbol *callee =
        symbol_named(&target->symbols, NULL, "stack_context_switch");
    if (words.list && target_read(target, from, words.list, size))
        found = follow(&words, find_return(&words, 0, callee, false), false,
                       frames);
    free(words.list);
    return found;
}

/* ---- threads ---- */

/* Reads a page at a time, because it is not known where the stack begins. */
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

/* The function of a library that is called there, "" if its name is not known.
 * NULL: the target is in the program, or there is no call. */
static const char *called_outside(const struct stack_words *words, size_t at)
{
    unsigned char code[CODE_STUB_SIZE];
    struct target *target = words->target;
    place called = called_by(words, at), slot = 0;
    if (!called || called == CODE_INDIRECT || target_symbol(target, called))
        return NULL;
    if (target_read(target, called, code, sizeof code))
        slot = code_stub(CODE_HERE, code, called);
    const char *name =
        slot ? symbols_import(&target->symbols, slot - target->base) : NULL;
    return name ? name : "";
}

/* Can this function have made this system call, going by their names? */
static bool makes_call(const char *function, const char *call)
{
    if (!*function || strstr(function, "unlock"))
        return false;
    if (!strcmp(call, "futex"))
        return strstr(function, "wait") || strstr(function, "join") ||
               strstr(function, "lock");
    return strstr(function, call) || strstr(call, function);
}

/* Finds where the program calls into the library. Old words that a library
 * leaves on the stack, or an array of the waiting function, may look like such
 * a call, too. So the first one to a function that makes this system call is
 * taken. If there is none, it is the one within the library's frame, which as a
 * rule is small, from which most calls certainly lead on; outside of that, the
 * first one. */
size_t look_thread_stack(struct target *target,
                         const struct thread_state *state,
                         place frames[STACK_FRAMES_MAX])
{
    struct stack_words words = {target,
                                target_memory(target, THREAD_STACK_MOST), 0};
    place perhaps[STACK_FRAMES_MAX];
    char call[32];
    size_t found = 0;
    bool is_sure = false;
    system_call_name(state->call, call);
    if (words.list && state->stack)
        read_words(&words, state->stack & ~(place)7);
    for (size_t at = 0; at < words.count && !is_sure; at++) {
        const char *function = called_outside(&words, at);
        is_sure = function && makes_call(function, call);
        if (!function || (!is_sure && found && at >= FRAME_OF_LIBRARY))
            continue;
        size_t count = follow(&words, at, true, perhaps);
        if (is_sure || count > found) {
            memcpy(frames, perhaps, count * sizeof *frames);
            found = count;
        }
    }
    free(words.list);
    return found;
}
