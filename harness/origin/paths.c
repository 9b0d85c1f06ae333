/* SPDX-License-Identifier: MIT */
#include "harness/origin/paths.h"

#include "harness/origin/behaviours.h"

static bool matches(const struct behaviour *behaviour, struct slice path,
                    struct slice *number)
{
    size_t length = strlen(behaviour->name);
    if (path.size < length || memcmp(path.data, behaviour->name, length))
        return false;
    *number = (struct slice){path.data + length, path.size - length};
    if (behaviour->takes == PATH_ALONE || number->size == 0)
        return number->size == 0;
    if (number->data[0] != '/')
        return false;
    number->data++;
    number->size--;
    return true;
}

static const struct behaviour *find(struct slice path, struct slice *number)
{
    *number = (struct slice){"", 0};
    if (path.size == 0 || path.data[0] != '/')
        return NULL;
    path.data++;
    path.size--;
    for (const struct behaviour *behaviour = behaviours; behaviour->name;
         behaviour++)
        if (matches(behaviour, path, number))
            return behaviour;
    return NULL;
}

static bool parse_number(struct asked *asked, struct slice text)
{
    switch (asked->behaviour->takes) {
    case PATH_ALONE:
        return true;
    case PATH_BYTES:
        return asked_number(text, &asked->number) &&
               asked->number <= ASKED_BYTES_MAX;
    case PATH_STATUS:
        return asked_number(text, &asked->number) && asked->number >= 200 &&
               asked->number <= 599;
    case PATH_COUNT:
        return asked_number(text, &asked->number) && asked->number <= 1000000;
    case PATH_SPAN:
        return asked_span(text, &asked->span);
    }
    return false;
}

static void parse_path(struct asked *asked)
{
    struct slice number;
    asked->behaviour = find(asked->path, &number);
    if (!asked->behaviour)
        asked->refused = 404;
    else if (!parse_number(asked, number))
        asked_refuse(asked, "The path %s expects %s.", asked->behaviour->usage,
                     asked->behaviour->expects);
}

void paths_ask(struct asked *asked, const struct message *message)
{
    asked_start(asked, message);
    parse_path(asked);
    if (!asked->refused)
        asked_parse(asked);
}
