/* SPDX-License-Identifier: MIT */
/* One program in two forms (claims K9 and K10): connect, log in, ask, print.
 * pyramid.c has it as nested callbacks, ladder.c as a chain of a Deferred; what
 * differs between the two files is only that. Here is what both use.
 */
#ifndef TALKS_SERVICE_H
#define TALKS_SERVICE_H

#include "deferreds/deferred.h"

#ifdef __cplusplus
extern "C" {
#endif

enum service_step { STEP_CONNECT, STEP_LOG_IN, STEP_ASK, STEP_PRINT, STEPS };

/* 0, or the negative errno that ended the step. */
typedef void service_done(void *context, int error);

/* A service that takes a second for each step, on the loop's clock. */
struct service {
    /* yours */
    struct loop *loop;
    int fails_at; /* that step fails; STEPS: none does */

    /* you may read */
    int asked; /* steps that were begun */

    /* private */
    struct handle timer;
    enum service_step step;
    service_done *done;
    void *context;
    struct deferred *deferred;
};

/* The two ways to be told: done(context, error); or a Deferred, NULL when there
 * is no memory. One step at a time. */
void service_begin(struct service *service, enum service_step step,
                   service_done *done, void *context);
OUTCOME_OWNED struct deferred *service_begin_deferred(struct service *service,
                                                      enum service_step step);

/* ---- the program ---- */

struct program {
    struct service service;
    /* It was told how it went: once, and with this error or 0. */
    int ends, error;
};

static inline void program_end(struct program *program, int error)
{
    program->ends++;
    program->error = error;
}

void pyramid_run(struct program *program); /* pyramid.c */
void ladder_run(struct program *program);  /* ladder.c */

#ifdef __cplusplus
}
#endif

#endif
