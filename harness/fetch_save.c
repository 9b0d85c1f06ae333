/* SPDX-License-Identifier: MIT */
#include "base/ascii.h"
#include "harness/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

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

static int write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t count = write(fd, data, size);
        if (count < 0 && errno != EINTR)
            return -errno;
        if (count > 0) {
            data += count;
            size -= (size_t)count;
        }
    }
    return 0;
}

/* Under another name first, so that whoever looks sees the whole body or none.
 */
static int write_file(const char *path, const char *partial,
                      const struct buffer *body)
{
    int fd = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return -errno;
    int error = write_all(fd, body->data, body->size);
    if (close(fd) && !error)
        error = -errno;
    if (!error && rename(partial, path))
        error = -errno;
    if (error)
        unlink(partial);
    return error;
}

int fetch_save(const struct fetch *fetch, size_t index,
               const struct result *result, struct buffer *path)
{
    const struct fetch_options *options = fetch->options;
    const struct url *url = &options->pages[index % options->url_count].url;
    struct buffer partial = {0};
    int error = buffer_print(path, "%s/", options->directory);
    if (!error)
        error = print_name(index, url->target, path);
    if (!error)
        error = buffer_append(path, "", 1);
    if (!error)
        error = buffer_print(&partial, "%s.part%d%c", path->data, (int)getpid(),
                             '\0');
    if (!error)
        error = write_file(path->data, partial.data, &result->body);
    buffer_deinit(&partial);
    return error;
}
