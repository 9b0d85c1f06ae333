/* SPDX-License-Identifier: MIT */
#include "lessons/tool/author/mutant.h"

#include "base/path.h"
#include "lessons/tool/files.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char instead_line[] = "--- instead of\n";
static const char write_line[] = "--- write\n";

static struct slice between(const char *begin, const char *end)
{
    return (struct slice){begin, (size_t)(end - begin)};
}

static const char *find(struct slice text, struct slice passage)
{
    return memmem(text.data, text.size, passage.data, passage.size);
}

/* Takes the first passage out of `rest`. False when there is none. */
static bool take_passage(struct slice *rest, struct slice *instead_of,
                         struct slice *write)
{
    const char *end = rest->data + rest->size;
    if (rest->size < sizeof instead_line - 1 ||
        memcmp(rest->data, instead_line, sizeof instead_line - 1) != 0)
        return false;
    const char *begin = rest->data + sizeof instead_line - 1;
    const char *middle = find(between(begin, end), slice_of(write_line));
    if (!middle || middle == begin)
        return false;
    *instead_of = between(begin, middle);
    middle += sizeof write_line - 1;
    const char *next = find(between(middle, end), slice_of(instead_line));
    *write = between(middle, next ? next : end);
    *rest = between(next ? next : end, end);
    return true;
}

/* Copies what is behind this word in the text's head; NULL: it has no such
 * line. 0 or -ENOMEM. */
static int head_line(const struct mutant *mutant, const char *word, char **line)
{
    const char *at = mutant->text.data;
    size_t size = strlen(word);
    *line = NULL;
    while (at < mutant->passages.data) {
        if (!strncmp(at, word, size)) {
            *line = strndup(at + size, strcspn(at + size, "\n"));
            return *line ? 0 : -ENOMEM;
        }
        at += strcspn(at, "\n") + 1;
    }
    return 0;
}

static int read_blind(struct mutant *mutant)
{
    char *blind;
    int error = head_line(mutant, "blind: ", &blind);
    mutant->blind = blind != NULL;
    mutant->mended = blind && !strcmp(blind, "mended");
    free(blind);
    return error;
}

static int read_head(struct mutant *mutant)
{
    int error = head_line(mutant, "caught-by: ", &mutant->caught_by);
    if (!error)
        error = head_line(mutant, "only: ", &mutant->only);
    if (!error)
        error = head_line(mutant, "why: ", &mutant->reason);
    return error ? error : read_blind(mutant);
}

/* Finds the parts in the text, which is closed by a NUL. 0, -EINVAL or
 * -ENOMEM. */
static int read_parts(struct mutant *mutant, bool is_caught)
{
    const char *text = mutant->text.data;
    const char *passages = strstr(text, instead_line);
    if (!passages)
        return -EINVAL;
    mutant->passages = between(passages, text + mutant->text.size);
    int error = read_head(mutant);
    if (error)
        return error;
    struct slice rest = mutant->passages, instead_of, write;
    while (take_passage(&rest, &instead_of, &write))
        ;
    bool is_right = rest.size == 0 && is_caught == (mutant->caught_by != NULL);
    return is_right ? 0 : -EINVAL;
}

static int load(struct mutant *mutant, const char *path, bool is_caught,
                struct buffer *why)
{
    *mutant = (struct mutant){0};
    int error = file_read(&mutant->text, "%s", path);
    if (!error)
        error = buffer_terminate(&mutant->text);
    const char *name = path_base_name(path);
    if (!error) {
        mutant->name = strndup(name, strcspn(name, "."));
        error = mutant->name ? read_parts(mutant, is_caught) : -ENOMEM;
    }
    if (error)
        buffer_print(why, "%s: %s", path,
                     error == -EINVAL
                         ? "a mutant has 'caught-by:', '--- instead of' and "
                           "'--- write', and kin has only these two"
                         : strerrordesc_np(-error));
    return error;
}

/* All files of that ending. */
static int load_all(struct mutants *mutants, const char *place,
                    const char *ending, bool are_caught, struct buffer *why)
{
    struct file_list files;
    *mutants = (struct mutants){0};
    int error = file_list_init(&files, place, ending);
    if (!error && files.count) {
        mutants->list = calloc(files.count, sizeof *mutants->list);
        error = mutants->list ? 0 : -ENOMEM;
    }
    for (size_t i = 0; !error && i < files.count; i++)
        error = load(&mutants->list[mutants->count++], files.paths[i],
                     are_caught, why);
    file_list_deinit(&files);
    return error;
}

int mutants_load(struct mutants *mutants, const char *folder,
                 struct buffer *why)
{
    char place[PATH_MAX];
    snprintf(place, sizeof place, "%s/mutants", folder);
    return load_all(mutants, place, ".mutant", true, why);
}

int mutants_load_kin(struct mutants *kin, const char *folder,
                     struct buffer *why)
{
    char place[PATH_MAX];
    snprintf(place, sizeof place, "%s/kin", folder);
    return load_all(kin, place, ".kin", false, why);
}

void mutants_deinit(struct mutants *mutants)
{
    for (size_t i = 0; i < mutants->count; i++) {
        free(mutants->list[i].name);
        free(mutants->list[i].caught_by);
        free(mutants->list[i].only);
        free(mutants->list[i].reason);
        buffer_deinit(&mutants->list[i].text);
    }
    free(mutants->list);
    *mutants = (struct mutants){0};
}

/* Appends `from` to `to`, with one passage written otherwise. */
static int rewrite(struct slice from, struct slice instead_of,
                   struct slice write, struct buffer *to)
{
    const char *end = from.data + from.size;
    const char *place = find(from, instead_of);
    if (!place || find(between(place + 1, end), instead_of))
        return -ESTALE;
    int error = buffer_append(to, from.data, (size_t)(place - from.data));
    if (!error)
        error = buffer_append(to, write.data, write.size);
    place += instead_of.size;
    return error ? error : buffer_append(to, place, (size_t)(end - place));
}

int mutant_apply(const struct mutant *mutant, struct slice solution,
                 struct buffer *text, struct buffer *why)
{
    struct buffer before = {0}, after = {0};
    struct slice rest = mutant->passages, instead_of, write;
    int error = buffer_append(&before, solution.data, solution.size);
    while (!error && take_passage(&rest, &instead_of, &write)) {
        buffer_clear(&after);
        error = rewrite(buffer_slice(&before), instead_of, write, &after);
        struct buffer swap = before;
        before = after;
        after = swap;
    }
    if (error == -ESTALE)
        buffer_print(why,
                     "mutant %s: a passage of it is not there exactly once "
                     "in the solution",
                     mutant->name);
    if (!error)
        error = buffer_append(text, before.data, before.size);
    buffer_deinit(&before);
    buffer_deinit(&after);
    return error;
}
