/* SPDX-License-Identifier: MIT */
#include "lessons/tool/merge.h"

#include "base/program.h"
#include "lessons/tool/files.h"

#include <errno.h>

int merge_text(struct slice mine, struct slice base, struct slice theirs,
               const char *folder, struct buffer *merged, struct buffer *why)
{
    int error = file_write(mine, "%s/merge/yours", folder);
    if (!error)
        error = file_write(base, "%s/merge/before", folder);
    if (!error)
        error = file_write(theirs, "%s/merge/next", folder);
    if (error) {
        buffer_print(why, "%s/merge: %s", folder, strerrordesc_np(-error));
        return error;
    }
    struct arguments git = {0};
    arguments_add(&git, "git");
    arguments_add(&git, "merge-file");
    arguments_add(&git, "-p");
    arguments_add(&git, "-q");
    static const char *const labels[] = {"your file", "before", "next step"};
    for (int i = 0; i < 3; i++) {
        arguments_add(&git, "-L");
        arguments_add(&git, "%s", labels[i]);
    }
    static const char *const names[] = {"yours", "before", "next"};
    for (int i = 0; i < 3; i++)
        arguments_add(&git, "%s/merge/%s", folder, names[i]);
    int status = arguments_run(&git, merged, why);
    arguments_deinit(&git);
    if (status == 127)
        buffer_append_text(why, "git is missing: apt install git");
    return status >= 0 && status < 127 ? status : -EIO;
}
