/* SPDX-License-Identifier: MIT */
/* The source of a client, cut into the parts of a hop: begin, resolve, connect,
 * transfer, end; so that two clients can be shown side by side, each part
 * beside its like.
 *
 * Nothing in the sources is marked for this. A function belongs to the part
 * under whose heading it is (a comment between dashes), or whose step it takes,
 * as client_call_connect is one of connecting; a function that takes all of
 * them is cut where it asks what the call needs.
 */
#ifndef HARNESS_DIFF_HOPS_H
#define HARNESS_DIFF_HOPS_H

#include "base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

enum hop_part {
    HOP_BEGIN,
    HOP_RESOLVE,
    HOP_CONNECT,
    HOP_TRANSFER,
    HOP_END,
    HOP_WAKE, /* functions that the loop calls, if not one of the above */
    HOP_REST, /* what is not about a hop */
    HOP_PARTS,
};

/* "resolve" */
extern const char *const hop_part_names[HOP_PARTS];

struct hop_line {
    struct slice text; /* in one of `files` */
    bool waits;        /* the program waits here, or says what is called after
                        * the wait */
};

struct hop_lines {
    struct hop_line *list;
    size_t count, capacity;
};

enum { HOP_FILES_MAX = 3 };

struct hops {
    struct hop_lines parts[HOP_PARTS];
    struct buffer files[HOP_FILES_MAX];
    size_t file_count;
};

/* Cuts up one more file. All zero is empty. 0 or a negative errno. */
int hops_add(struct hops *hops, const char *path);
void hops_deinit(struct hops *hops);

/* Lines that are not blank. */
size_t hop_lines_count(const struct hop_lines *lines);

#ifdef __cplusplus
}
#endif

#endif
