/* SPDX-License-Identifier: MIT */
/* What cJSON leaves open. All text that becomes JSON goes through here: cJSON
 * copies bytes as they are, and JSON is UTF-8. */
#ifndef HARNESS_JSON_H
#define HARNESS_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A string with U+FFFD for each byte that is not UTF-8; null for NULL. NULL
 * when out of memory. */
cJSON *json_text(const char *text);

/* Adds one to an object. False when out of memory. */
bool json_add_text(cJSON *object, const char *name, const char *text);

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
