/* SPDX-License-Identifier: MIT */
/* Reading what cJSON has parsed. What is written is written by json_write.h. */
#ifndef HARNESS_JSON_H
#define HARNESS_JSON_H

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The number of that name in an object; `otherwise` when there is none. */
static inline double json_number(const cJSON *object, const char *name,
                                 double otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? item->valuedouble : otherwise;
}

#ifdef __cplusplus
}
#endif

#endif
