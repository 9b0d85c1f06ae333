/* SPDX-License-Identifier: MIT */
#include "harness/json.h"

#include <errno.h>
#include <math.h>

int json_parse(cJSON **json, struct slice text)
{
    errno = 0;
    *json = cJSON_ParseWithLength(text.data, text.size);
    if (*json)
        return 0;
    return errno == ENOMEM ? -ENOMEM : -EBADMSG;
}

const char *json_text(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

double json_number(const cJSON *object, const char *name, double otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) && isfinite(item->valuedouble)
               ? item->valuedouble
               : otherwise;
}

int json_int(const cJSON *object, const char *name, int least, int most,
             int otherwise)
{
    double number = json_number(object, name, otherwise);
    /* Converting a number that does not fit is undefined in C. */
    bool fits =
        number >= least && number <= most && number == (double)(int)number;
    return fits ? (int)number : otherwise;
}
