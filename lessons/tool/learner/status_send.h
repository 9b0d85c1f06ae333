/* SPDX-License-Identifier: MIT */
/* What `status` says, sent to the room. */
#ifndef LESSONS_TOOL_LEARNER_STATUS_SEND_H
#define LESSONS_TOOL_LEARNER_STATUS_SEND_H

#include "base/bytes.h"

/* Posts the text to a URL of `./lab room --serve`. 0; or a negative errno, or 1
 * when the room has refused it, with a sentence in `why`. */
int status_post(const char *url, struct slice text, struct buffer *why);

/* Writes it into a folder that `./lab room DIR` reads, as a file of this
 * laptop's. 0; or a negative errno, with a sentence in `why`. */
int status_leave(const char *folder, const char *laptop, struct slice text,
                 struct buffer *why);

#endif
