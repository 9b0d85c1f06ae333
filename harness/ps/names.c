/* SPDX-License-Identifier: MIT */
#include "harness/ps/look.h"

#include "base/program.h"
#include "callbacks/handle_name.h"

#include <string.h>

/* gcc's names for parts and copies of a function: "hop.part.0". */
static int plain_length(const char *name)
{
    return (int)strcspn(name, ".");
}

const char *look_function(const struct target *target, place function, int line,
                          char text[SHOWN_TEXT])
{
    const struct symbol *symbol = target_symbol(target, function);
    if (!symbol)
        snprintf(text, SHOWN_TEXT, "a function at %#llx",
                 (unsigned long long)function);
    else if (line && symbol->file)
        snprintf(text, SHOWN_TEXT, "%.*s (%s:%d)", plain_length(symbol->name),
                 symbol->name, symbol->file, line);
    else if (line)
        snprintf(text, SHOWN_TEXT, "%.*s (line %d)", plain_length(symbol->name),
                 symbol->name, line);
    else
        snprintf(text, SHOWN_TEXT, "%.*s", plain_length(symbol->name),
                 symbol->name);
    return text;
}

/* ---- lines of C ---- */

/* "waiting.c:190"; "" when it cannot be told. */
static void ask_addr2line(const struct target *target, place address,
                          char text[64])
{
    struct arguments words = {NULL, 0, 0, NULL, 0, 0, false};
    struct buffer said = {0};
    arguments_add(&words, "addr2line");
    arguments_add(&words, "-s");
    arguments_add(&words, "-e");
    arguments_add(&words, "/proc/%d/exe", (int)target->pid);
    arguments_add(&words, "%#llx", (unsigned long long)address);
    *text = '\0';
    if (arguments_run(&words, &said, NULL) == 0 && !buffer_terminate(&said) &&
        said.data[0] != '?')
        snprintf(text, 64, "%.*s", (int)strcspn(said.data, " \n"), said.data);
    buffer_deinit(&said);
    arguments_deinit(&words);
}

static const char *line_of(struct target *target, place address)
{
    for (size_t i = 0; i < target->line_count; i++)
        if (target->lines[i].address == address)
            return target->lines[i].text;
    if (target->line_count == KNOWN_LINES_MAX)
        return "";
    struct known_line *line = &target->lines[target->line_count++];
    line->address = address;
    ask_addr2line(target, address, line->text);
    return line->text;
}

/* The call itself is before the address to which it returns. */
const char *look_return(struct target *target, place address,
                        char text[SHOWN_TEXT])
{
    const char *line = line_of(target, address - 1 - target->base);
    look_function(target, address, 0, text);
    size_t used = strlen(text);
    if (*line)
        snprintf(text + used, SHOWN_TEXT - used, " (%s)", line);
    return text;
}

/* ---- tables that the linker has gathered ---- */

typedef bool table_use(struct target *target, place entry, void *context);

/* Until `use` is content with one. */
static bool each_entry(struct target *target, const char *section,
                       table_use *use, void *context)
{
    uint64_t begin, size;
    if (!symbols_section(&target->symbols, section, &begin, &size))
        return false;
    for (uint64_t at = 0; at + sizeof(void *) <= size; at += sizeof(void *))
        if (use(target, target_pointer(target, target->base + begin + at),
                context))
            return true;
    return false;
}

struct wanted_name {
    place run;
    struct handle_name name;
};

static bool has_run(struct target *target, place entry, void *context)
{
    struct wanted_name *wanted = context;
    return target_read(target, entry, &wanted->name, sizeof wanted->name) &&
           (uintptr_t)wanted->name.run == wanted->run;
}

const char *look_handle_name(struct target *target, place run,
                             char text[SHOWN_TEXT])
{
    struct wanted_name wanted = {.run = run};
    char name[HANDLE_NAME_MAX];
    look_function(target, run, 0, text);
    if (each_entry(target, "handle_names", has_run, &wanted)) {
        size_t used = strlen(text);
        snprintf(text + used, SHOWN_TEXT - used, ", %s",
                 target_text(target, (uintptr_t)wanted.name.name, name,
                             sizeof name));
    }
    return text;
}

struct wanted_shape {
    place key;
    struct wait_shape *shape;
};

static bool has_key(struct target *target, place entry, void *context)
{
    struct wanted_shape *wanted = context;
    return target_read(target, entry, wanted->shape, sizeof *wanted->shape) &&
           (uintptr_t)wanted->shape->key.object == wanted->key;
}

bool look_shape(struct target *target, place key, struct wait_shape *shape)
{
    struct wanted_shape wanted = {.key = key, .shape = shape};
    return key && each_entry(target, "wait_shapes", has_key, &wanted);
}
