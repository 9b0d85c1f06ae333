/* SPDX-License-Identifier: MIT */
#include "harness/claims/code.h"

#include "harness/diff/sources.h"

#include <errno.h>
#include <string.h>

/* Calls that say which function is called when the wait is over. */
static const char *const jumps[] = {
    "handle.run =", "next_step(client)",   "->handle_",
    "->writable =", "dispatcher_connect(", "client_look_up(&",
};

/* Calls after which the program goes on in the next line. */
static const char *const waits[] = {
    "CO_AWAIT(",    "CO_TRY_AWAIT(",     "CO_YIELD(",       "CO_TRY_YIELD(",
    "stack_await(", "ready = wait_for(", "got = wait_for(", "if (wait_for(",
    " = recv(",     "lookup_host(",      "connect(fd",
};

/* This call says which function is next only if the program does not wait in
 * its next line. */
static const char *const look_up[] = {"client_call_look_up("};

enum {
    JUMPS = sizeof jumps / sizeof *jumps,
    WAITS = sizeof waits / sizeof *waits,
};

static bool has_one_of(struct slice text, const char *const *words,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memmem(text.data, text.size, words[i], strlen(words[i])))
            return true;
    return false;
}

static bool is_comment(struct slice text)
{
    text = slice_trim(text);
    return text.size && (text.data[0] == '*' ||
                         (text.size > 1 && !memcmp(text.data, "/*", 2)));
}

/* A function begins with a brace on a line of its own. */
static void count_line(struct code *code, struct slice text, bool *looks_up)
{
    if (!slice_trim(text).size || is_comment(text))
        return;
    bool jumps_here = has_one_of(text, jumps, JUMPS);
    bool waits_here = !jumps_here && has_one_of(text, waits, WAITS);
    code->lines++;
    code->functions += text.size == 1 && text.data[0] == '{';
    code->jumps += jumps_here || (*looks_up && !waits_here);
    code->waits += waits_here;
    *looks_up = has_one_of(text, look_up, 1);
}

static void count_part(struct code *code, const struct hop_lines *lines)
{
    bool looks_up = false;
    for (size_t i = 0; i < lines->count; i++)
        count_line(code, lines->list[i].text, &looks_up);
}

struct code code_count(const struct hops *hops)
{
    struct code code = {.functions = 0};
    for (int part = 0; part < HOP_PARTS; part++)
        if (part != HOP_REST)
            count_part(&code, &hops->parts[part]);
    return code;
}

int code_count_client(const char *model, struct code *code)
{
    const struct client_source *source = client_source_of(model);
    struct hops hops = {.file_count = 0};
    char path[1024];
    int error = source ? 0 : -ENOENT;
    for (size_t i = 0;
         !error && client_source_path(source, i, path, sizeof path); i++)
        error = hops_add(&hops, path);
    *code = code_count(&hops);
    hops_deinit(&hops);
    return error;
}
