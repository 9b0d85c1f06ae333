/* SPDX-License-Identifier: MIT */
/* What you write in this lesson: one HTTP client with calls that block. Above
 * each function: the step that brings it. */
#ifndef LESSONS_P0_BLOCKING_H
#define LESSONS_P0_BLOCKING_H

#include "base/bytes.h"
#include "http/address.h"
#include "http/call.h"
#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 1: a socket that is connected to the address; or a negative errno, and then
 * no socket is left open. The caller closes it. */
int blocking_connect(const struct address *address);

/* 2: sends all of the bytes. 0, or a negative errno. */
int blocking_send(int fd, struct slice bytes);

/* 3: sends the request and receives the answer, over a connection that is
 * there, until the call needs no more of it. The connection stays open. */
void blocking_drive(struct call *call, int fd);

/* Given from step 3 on: one page, with all that belongs to it. */
void blocking_fetch(struct call *call, const struct job *job);

/* 4: the pages of a batch, one after another. 0. */
int sequential_run(struct batch *batch);

#ifdef __cplusplus
}
#endif

#endif
