/* SPDX-License-Identifier: MIT */
/* Coroutines: from the outermost frame to the one that waits. */
#include "harness/ps/look.h"

#include "coroutines/frame.h"
#include "coroutines/runner.h"
#include "coroutines/stack.h"
#include "coroutines/task.h"

#include <string.h>

/* A frame is recognised by where it goes on, a label in its function; other
 * generators have other structs. */
static bool is_frame(struct target *target, place at, struct frame *frame)
{
    if (!target_read(target, at, frame, sizeof *frame))
        return false;
    if (!frame->at)
        return frame->generator.state == GENERATOR_NEW || frame->line == 0;
    const struct symbol *function =
        target_symbol(target, (uintptr_t)frame->generator.resume);
    place label = (uintptr_t)frame->at - target->base;
    return function && label >= function->address &&
           label - function->address < function->size;
}

static bool is_stack(struct target *target, place resume)
{
    const struct symbol *symbol = target_symbol(target, resume);
    return symbol && symbol->file && !strcmp(symbol->file, "stack.c");
}

/* Describes a generator in words. Returns the next one inside it, or 0. */
static place describe_generator(struct target *target, place at,
                                place *function, char text[SHOWN_TEXT])
{
    struct frame frame;
    struct generator generator;
    char name[SHOWN_NAME];
    bool unstable = target->unstable;
    if (!target_read(target, at, &generator, sizeof generator)) {
        snprintf(text, SHOWN_TEXT, "(it has changed)");
        return 0;
    }
    *function = (uintptr_t)generator.resume;
    if (is_stack(target, *function)) {
        struct stack stack;
        target_read(target, at - offsetof(struct stack, generator), &stack,
                    sizeof stack);
        *function = (uintptr_t)stack.body;
        look_function(target, *function, 0, text);
        size_t used = strlen(text);
        snprintf(text + used, SHOWN_TEXT - used, ", on a stack of its own");
        return 0;
    }
    if (is_frame(target, at - offsetof(struct frame, generator), &frame)) {
        look_function(target, *function, frame.line, text);
        return (uintptr_t)frame.inner;
    }
    target->unstable = unstable;
    snprintf(text, SHOWN_TEXT, "%s",
             target_text(target, (uintptr_t)generator.name, name, sizeof name));
    return 0;
}

/* The calls on a stack, a line each; the body is the first of them, unless it
 * ended in a jump to another function. */
static unsigned look_calls(struct look *look, place at, unsigned depth)
{
    struct stack stack;
    place frames[STACK_FRAMES_MAX];
    char *where = look->where;
    target_read(look->target, at - offsetof(struct stack, generator), &stack,
                sizeof stack);
    look->function = (uintptr_t)stack.body;
    look_function(look->target, look->function, 0, where);
    size_t count = look_stack(look->target, &stack, frames);
    if (count && target_symbol(look->target, frames[count - 1]) ==
                     target_symbol(look->target, look->function))
        look_return(look->target, frames[--count], where);
    look_say(look, depth++, "%s, on a stack of its own", where);
    while (count > 0) {
        look_return(look->target, frames[--count], where);
        look_say(look, depth++, "%s", where);
    }
    return depth;
}

/* All frames from the outermost to the innermost, a line each. */
unsigned look_generator(struct look *look, place at, unsigned depth)
{
    char text[SHOWN_TEXT];
    while (at && depth < LOOK_DEPTH_MAX) {
        look->frame = at;
        if (is_stack(look->target, target_pointer(look->target, at)))
            return look_calls(look, at, depth);
        at = describe_generator(look->target, at, &look->function, text);
        look_say(look, depth++, "%s", text);
        snprintf(look->where, sizeof look->where, "%s", text);
    }
    return depth;
}

const char *look_where(struct target *target, place task, char text[SHOWN_TEXT])
{
    place function,
        generator =
            target_pointer(target, task + offsetof(struct task, generator));
    snprintf(text, SHOWN_TEXT, "%s", generator ? "" : "a Task that ends");
    for (int i = 0; generator && i < LOOK_DEPTH_MAX; i++)
        generator = describe_generator(target, generator, &function, text);
    return text;
}

void look_runner(struct look *look, place at, unsigned depth)
{
    struct runner runner;
    char ended[SHOWN_TEXT];
    if (!at || !target_read(look->target, at, &runner, sizeof runner) ||
        !runner.generator)
        return;
    unsigned inner = look_generator(look, (uintptr_t)runner.generator, depth);
    if (!target_flag(look->target, at + offsetof(struct runner, running)) &&
        runner.point)
        look_on(look, (uintptr_t)runner.point, inner);
    look_say(look, depth, "then %s",
             look_function(look->target, (uintptr_t)runner.ended, 0, ended));
}
