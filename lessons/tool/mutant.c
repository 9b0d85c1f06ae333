/* SPDX-License-Identifier: MIT */
#include "lessons/tool/mutant.h"

#include "lessons/tool/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char instead_line[] = "--- instead of\n";
static const char write_line[] = "--- write\n";

static struct slice between(const char *begin, const char *end)
{
    return (struct slice){begin, (size_t)(end - begin)};
}

/* Finds the parts in the text, which is closed by a NUL. */
static bool read_parts(struct mutant *mutant)
{
    static const char caught_line[] = "caught-by: ";
    static const char only_line[] = "\nonly: ";
    const char *text = mutant->text.data;
    const char *instead = strstr(text, instead_line);
    const char *write = strstr(text, write_line);
    const char *only = strstr(text, only_line);
    if (strncmp(text, caught_line, sizeof caught_line - 1) || !instead ||
        !write || write < instead)
        return false;
    const char *name = text + sizeof caught_line - 1;
    mutant->caught_by = strndup(name, strcspn(name, "\n"));
    if (only && only < instead) {
        only += sizeof only_line - 1;
        mutant->only = strndup(only, strcspn(only, "\n"));
    }
    mutant->instead_of = between(instead + sizeof instead_line - 1, write);
    write += sizeof write_line - 1;
    mutant->write = between(write, text + mutant->text.size);
    return mutant->caught_by && mutant->instead_of.size > 0;
}

static int load(struct mutant *mutant, const char *path, struct buffer *why)
{
    *mutant = (struct mutant){0};
    int error = file_read(&mutant->text, "%s", path);
    if (!error)
        error = buffer_terminate(&mutant->text);
    const char *slash = strrchr(path, '/');
    if (!error) {
        mutant->name = strndup(slash + 1, strcspn(slash + 1, "."));
        if (!read_parts(mutant))
            error = -EINVAL;
    }
    if (error)
        buffer_print(why, "%s: %s", path,
                     error == -EINVAL
                         ? "a mutant has 'caught-by:', '--- instead of' and "
                           "'--- write'"
                         : strerrordesc_np(-error));
    return error;
}

int mutants_load(struct mutants *mutants, const char *folder,
                 struct buffer *why)
{
    char *place = NULL;
    struct file_list files;
    *mutants = (struct mutants){0};
    if (asprintf(&place, "%s/mutants", folder) < 0)
        return -ENOMEM;
    int error = file_list_init(&files, place, ".mutant");
    if (!error && files.count) {
        mutants->list = calloc(files.count, sizeof *mutants->list);
        error = mutants->list ? 0 : -ENOMEM;
    }
    for (size_t i = 0; !error && i < files.count; i++)
        error = load(&mutants->list[mutants->count++], files.paths[i], why);
    file_list_deinit(&files);
    free(place);
    return error;
}

void mutants_deinit(struct mutants *mutants)
{
    for (size_t i = 0; i < mutants->count; i++) {
        free(mutants->list[i].name);
        free(mutants->list[i].caught_by);
        free(mutants->list[i].only);
        buffer_deinit(&mutants->list[i].text);
    }
    free(mutants->list);
    *mutants = (struct mutants){0};
}

static const char *find(struct slice text, struct slice passage)
{
    return memmem(text.data, text.size, passage.data, passage.size);
}

int mutant_apply(const struct mutant *mutant, struct slice solution,
                 struct buffer *text, struct buffer *why)
{
    const char *end = solution.data + solution.size;
    const char *place = find(solution, mutant->instead_of);
    const char *behind = place ? place + mutant->instead_of.size : NULL;
    if (!place || find(between(place + 1, end), mutant->instead_of)) {
        buffer_print(why, "mutant %s: its passage stands %s in the solution",
                     mutant->name, place ? "more than once" : "nowhere");
        return -ESTALE;
    }
    int error =
        buffer_append(text, solution.data, (size_t)(place - solution.data));
    if (!error)
        error = buffer_append(text, mutant->write.data, mutant->write.size);
    if (!error)
        error = buffer_append(text, behind, (size_t)(end - behind));
    return error;
}
