/* SPDX-License-Identifier: MIT */
/* Reading JSON, with cJSON. What is written is written by json_write.h. */
#ifndef HARNESS_JSON_H
#define HARNESS_JSON_H

#include "base/bytes.h"

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a text, which cJSON_Delete frees. 0; -EBADMSG when it is not JSON;
 * -ENOMEM, which cJSON itself does not tell apart from that. `*json` is NULL
 * unless it is 0. */
int json_parse(cJSON **json, struct slice text);

/* The member of that name in an object: a text, or NULL when there is none. */
const char *json_text(const cJSON *object, const char *name);

/* A number that is finite; `otherwise` when there is none. */
double json_number(const cJSON *object, const char *name, double otherwise);

/* A whole number from `least` to `most`; `otherwise` when there is none. */
int json_int(const cJSON *object, const char *name, int least, int most,
             int otherwise);

#ifdef __cplusplus
}
#endif

#endif
