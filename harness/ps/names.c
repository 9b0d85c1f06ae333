/* SPDX-License-Identifier: MIT */
#include "harness/ps/look.h"

#include "base/program.h"
#include "callbacks/handle_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* gcc's names for parts and copies of a function: "hop.part.0". */
static int plain_length(const char *name)
{
    return (int)strcspn(name, ".");
}

const char *look_function(struct target *target, place function, int line,
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

/* "waiting.c:190"; "" when it is not known. */
static void ask_addr2line(struct target *target, place address, char text[64])
{
    struct arguments words = {NULL, 0, 0, NULL, 0, 0, false};
    struct buffer said = {0};
    arguments_add(&words, "addr2line");
    arguments_add(&words, "-s");
    arguments_add(&words, "-e");
    arguments_add(&words, "/proc/%d/exe", (int)target->pid);
    arguments_add(&words, "%#llx", (unsigned long long)address);
    *text = '\0';
    int error = arguments_run(&words, &said, NULL);
    if (!error)
        error = buffer_terminate(&said);
    target->no_memory |= error == -ENOMEM;
    if (!error && said.data[0] != '?')
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

/* One less, because the call is before the address to which it returns. */
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

/* Reads a table once, since tables do not change. An entry is a pointer to an
 * element of this size. NULL: there is no such table, or no memory for it. */
static void *read_table(struct target *target, const char *section, size_t size,
                        size_t *count)
{
    uint64_t begin, bytes;
    if (!symbols_section(&target->symbols, section, &begin, &bytes))
        return NULL;
    *count = bytes / sizeof(void *);
    char *table = target_memory(target, (*count + 1) * size);
    for (size_t i = 0; table && i < *count; i++)
        target_read(
            target,
            target_pointer(target, target->base + begin + i * sizeof(void *)),
            table + i * size, size);
    return table;
}

const char *look_handle_name(struct target *target, place run,
                             char text[SHOWN_TEXT])
{
    char name[HANDLE_NAME_MAX];
    look_function(target, run, 0, text);
    if (!target->names)
        target->names = read_table(target, "handle_names",
                                   sizeof *target->names, &target->name_count);
    for (size_t i = 0; target->names && i < target->name_count; i++) {
        size_t used = strlen(text);
        if ((uintptr_t)target->names[i].run != run)
            continue;
        snprintf(text + used, SHOWN_TEXT - used, ", %s",
                 target_text(target, (uintptr_t)target->names[i].name, name,
                             sizeof name));
        break;
    }
    return text;
}

bool look_shape(struct target *target, place key, struct wait_shape *shape)
{
    if (!target->shapes)
        target->shapes =
            read_table(target, "wait_shapes", sizeof *target->shapes,
                       &target->shape_count);
    for (size_t i = 0; target->shapes && key && i < target->shape_count; i++)
        if ((uintptr_t)target->shapes[i].key.object == key) {
            *shape = target->shapes[i];
            return true;
        }
    return false;
}
