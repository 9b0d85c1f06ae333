/* SPDX-License-Identifier: MIT */
/* Where things are: the lab, its lessons, what was built, the learner's files.
 */
#ifndef LESSONS_TOOL_PLACE_H
#define LESSONS_TOOL_PLACE_H

struct place {
    const char *root;    /* of the lab */
    const char *lessons; /* root/lessons, or what --lessons says */
    const char *build;   /* with lessons.link; root/build/asan, or --build */
    const char *work;    /* root/work: the learner's own */
    const char *cc;      /* another compiler, by --cc; NULL: the build's */
};

#endif
