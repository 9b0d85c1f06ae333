/* SPDX-License-Identifier: MIT */
/* `diff`: two clients side by side. Any two of them differ only in how they
 * wait, and this shows it. */
#include "base/whole_file.h"
#include "harness/commands.h"
#include "harness/diff/columns.h"
#include "harness/diff/diff_options.h"
#include "harness/diff/sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the sources ---- */

static int read_client(struct column *column, const char *model)
{
    const struct client_source *source = client_source_of(model);
    char path[1024];
    if (!source || source->no_hops) {
        fprintf(stderr, "diff: there is no client '%s' here (see --help)\n",
                model);
        return EXIT_USAGE;
    }
    column->model = source->model;
    column->files = source->text;
    for (size_t i = 0; client_source_path(source, i, path, sizeof path); i++) {
        int error = hops_add(&column->hops, path);
        if (error) {
            fprintf(stderr, "diff: %s: %s\n", source->files[i],
                    strerror(-error));
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

/* Checked before the sources are read. */
static int see_to_page(const char *path)
{
    int error = path ? whole_file_try(path) : 0;
    if (!error)
        return EXIT_SUCCESS;
    fprintf(stderr, "diff: --html %s: %s\n", path, strerror(-error));
    return EXIT_FAILURE;
}

static int write_page(const struct diff_options *options,
                      struct column columns[2])
{
    struct buffer page = {.data = NULL};
    columns_print_html(columns, options->all, &page);
    int error = buffer_lacks(&page) ? -ENOMEM : 0;
    if (!error)
        error = whole_file_write(options->html, buffer_slice(&page),
                                 WHOLE_FILE_WRITTEN);
    buffer_deinit(&page);
    if (!error)
        return EXIT_SUCCESS;
    fprintf(stderr, "diff: %s: %s\n", options->html, strerror(-error));
    return EXIT_FAILURE;
}

int diff_main(int argc, char **argv)
{
    struct diff_options options;
    struct column columns[2] = {{.model = NULL}, {.model = NULL}};
    int code = diff_options_read(&options, argc, argv);
    if (code >= 0)
        return code;
    code = see_to_page(options.html);
    for (int i = 0; !code && i < 2; i++)
        code = read_client(&columns[i], options.models[i]);
    if (!code && options.html)
        code = write_page(&options, columns);
    else if (!code)
        columns_print(columns, options.all, options.width, stdout);
    for (int i = 0; i < 2; i++)
        hops_deinit(&columns[i].hops);
    return code;
}
