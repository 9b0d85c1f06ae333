/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/merge.h"

#include "lessons/tool/files.h"
#include "lessons/tool/learner/git.h"
#include "lessons/tool/learner/join.h"

#include <errno.h>

/* ---- ends of lines ---- */

static size_t count_ends(struct slice text, size_t *crlf)
{
    size_t ends = 0;
    *crlf = 0;
    for (size_t i = 0; i < text.size; i++) {
        ends += text.data[i] == '\n';
        *crlf += text.data[i] == '\n' && i > 0 && text.data[i - 1] == '\r';
    }
    return ends;
}

/* Do its lines end as those of DOS do? */
static bool is_crlf(struct slice text)
{
    size_t crlf, ends = count_ends(text, &crlf);
    return crlf > ends / 2;
}

/* Ends each line with LF, the last one, too, so that lines which differ only in
 * their ends are equal. */
static int add_with_lf(struct slice text, struct buffer *out)
{
    int error = 0;
    for (size_t i = 0; i < text.size && !error; i++)
        if (text.data[i] != '\r' || i + 1 == text.size ||
            text.data[i + 1] != '\n')
            error = buffer_append(out, &text.data[i], 1);
    if (!error && text.size && text.data[text.size - 1] != '\n')
        error = buffer_append(out, "\n", 1);
    return error;
}

static int add_with_crlf(struct slice text, struct buffer *out)
{
    int error = 0;
    for (size_t i = 0; i < text.size && !error; i++) {
        if (text.data[i] == '\n')
            error = buffer_append(out, "\r", 1);
        if (!error)
            error = buffer_append(out, &text.data[i], 1);
    }
    return error;
}

/* ---- merging ---- */

static int write_lf(struct slice text, const char *folder, const char *name)
{
    struct buffer lines = {0};
    int error = add_with_lf(text, &lines);
    if (!error)
        error = file_write(buffer_slice(&lines), "%s/merge/%s", folder, name);
    buffer_deinit(&lines);
    return error;
}

/* The style may also be set in the repository around us. */
static void add_git(struct arguments *git, bool with_base)
{
    git_begin(git);
    arguments_add(git, "-c");
    arguments_add(git, "merge.conflictStyle=merge");
    arguments_add(git, "merge-file");
    if (with_base)
        arguments_add(git, "--diff3");
    arguments_add(git, "-p");
    arguments_add(git, "-q");
}

static int write_sides(struct slice mine, struct slice base,
                       struct slice theirs, const char *folder,
                       struct buffer *why)
{
    int error = write_lf(mine, folder, "yours");
    if (!error)
        error = write_lf(base, folder, "before");
    if (!error)
        error = write_lf(theirs, folder, "next");
    if (error)
        buffer_print(why, "%s/merge: %s", folder, strerrordesc_np(-error));
    return error;
}

/* Merges what write_sides has written; with what was before, in conflicts. The
 * number of these, or a negative errno. */
static int run_git(bool with_base, const char *folder, struct buffer *lines,
                   struct buffer *why)
{
    struct arguments git = {0};
    add_git(&git, with_base);
    static const char *const labels[] = {"your file", "before", "next step"};
    for (int i = 0; i < 3; i++) {
        arguments_add(&git, "-L");
        arguments_add(&git, "%s", labels[i]);
    }
    static const char *const names[] = {"yours", "before", "next"};
    for (int i = 0; i < 3; i++)
        arguments_add(&git, "%s/merge/%s", folder, names[i]);
    int status = arguments_run(&git, lines, why);
    arguments_deinit(&git);
    if (status == 127)
        buffer_append_text(why, "git is missing: apt install git");
    return status < 127 ? status : -EIO;
}

/* What both have only added is joined; what else is in conflict is merged
 * again, for git marks fewer lines when it does not show what was before. */
static int join(const char *folder, struct buffer *lines, struct buffer *why)
{
    struct sides sides = {0};
    int status = join_additions(buffer_slice(lines), &sides);
    buffer_clear(lines);
    if (status == 0)
        status = buffer_append(lines, sides.mine.data, sides.mine.size);
    else if (status > 0) {
        status =
            write_sides(buffer_slice(&sides.mine), buffer_slice(&sides.base),
                        buffer_slice(&sides.theirs), folder, why);
        if (!status)
            status = run_git(false, folder, lines, why);
    }
    sides_deinit(&sides);
    return status;
}

int merge_text(struct slice mine, struct slice base, struct slice theirs,
               const char *folder, struct buffer *merged, struct buffer *why)
{
    struct buffer lines = {0};
    int status = write_sides(mine, base, theirs, folder, why);
    if (!status)
        status = run_git(true, folder, &lines, why);
    if (status > 0)
        status = join(folder, &lines, why);
    int error = 0;
    if (status >= 0)
        error = is_crlf(mine) ? add_with_crlf(buffer_slice(&lines), merged)
                              : buffer_append(merged, lines.data, lines.size);
    buffer_deinit(&lines);
    return error ? error : status;
}
