/* SPDX-License-Identifier: MIT */
#include "harness/json.h"

#include "base/text.h"

cJSON *json_text(const char *text)
{
    if (!text)
        return cJSON_CreateNull();
    struct buffer clean = {0};
    int error = text_append_utf8(&clean, slice_of(text));
    if (!error)
        error = buffer_terminate(&clean);
    cJSON *json = error ? NULL : cJSON_CreateString(clean.data);
    buffer_deinit(&clean);
    return json;
}

bool json_add_text(cJSON *object, const char *name, const char *text)
{
    cJSON *value = json_text(text);
    if (value && cJSON_AddItemToObject(object, name, value))
        return true;
    cJSON_Delete(value);
    return false;
}
