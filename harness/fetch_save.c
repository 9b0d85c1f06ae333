/* SPDX-License-Identifier: MIT */
#include "harness/fetch.h"

#include "base/ascii.h"
#include "base/whole_file.h"

enum { NAME_MAX_KEPT = 100 };

static bool is_harmless(char c)
{
    return ascii_is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
}

/* "7-page.html": the index keeps names apart, and a name that starts with a
 * digit cannot be hidden, nor be a folder above. */
static int print_name(size_t index, const char *target, struct buffer *out)
{
    const char *end = target + strcspn(target, "?");
    const char *begin = end;
    while (begin > target && begin[-1] != '/' && end - begin < NAME_MAX_KEPT)
        begin--;
    int error = buffer_print(out, "%zu-", index);
    if (begin == end)
        return error ? error : buffer_append_text(out, "index");
    for (; !error && begin < end; begin++)
        error = buffer_append(out, is_harmless(*begin) ? begin : "_", 1);
    return error;
}

const char *saved_path(const struct saved *saved)
{
    return saved->path.size && !saved->error ? saved->path.data : NULL;
}

static int print_path(const struct fetch *fetch, size_t index,
                      struct buffer *path)
{
    const struct fetch_options *options = fetch->options;
    const struct url *url = &options->pages[index % options->url_count].url;
    int error = buffer_print(path, "%s/", options->directory);
    if (!error)
        error = print_name(index, url->target, path);
    if (!error)
        error = buffer_terminate(path);
    if (error)
        buffer_clear(path);
    return error;
}

void fetch_save(const struct fetch *fetch, size_t index,
                const struct result *result, struct saved *saved)
{
    saved->error = print_path(fetch, index, &saved->path);
    if (!saved->error)
        saved->error = whole_file_write(
            saved->path.data, buffer_slice(&result->body), WHOLE_FILE_WRITTEN);
}
