/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/room.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { COMPLAINTS_KEPT = 5, NAME_SHOWN = 40 };

void room_deinit(struct room *room)
{
    for (size_t i = 0; i < room->count; i++)
        laptop_deinit(&room->laptops[i]);
    free(room->laptops);
    buffer_deinit(&room->complaints);
    *room = (struct room){0};
}

/* The first one whose key is not before this one. */
static size_t place_of(const struct room *room, const char *key)
{
    size_t low = 0, high = room->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(room->laptops[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_there(const struct room *room, size_t place, const char *key)
{
    return place < room->count && !strcmp(room->laptops[place].key, key);
}

static int add_place(struct room *room, size_t place)
{
    if (room->count == ROOM_LAPTOPS)
        return -ENOSPC;
    struct laptop *larger =
        realloc(room->laptops, (room->count + 1) * sizeof *larger);
    if (!larger)
        return -ENOMEM;
    room->laptops = larger;
    memmove(larger + place + 1, larger + place,
            (room->count - place) * sizeof *larger);
    larger[place] = (struct laptop){0};
    room->count++;
    return 0;
}

int room_take(struct room *room, const char *key, struct slice text, nanos when,
              const char **why)
{
    struct laptop laptop;
    int error = laptop_read(&laptop, text, why);
    if (error)
        return error;
    snprintf(laptop.key, sizeof laptop.key, "%s", key);
    laptop.said = when;
    size_t place = place_of(room, laptop.key);
    if (is_there(room, place, laptop.key))
        laptop_deinit(&room->laptops[place]);
    else
        error = add_place(room, place);
    if (error) {
        *why = error == -ENOSPC ? "the room is full" : "out of memory";
        laptop_deinit(&laptop);
        return error;
    }
    room->laptops[place] = laptop;
    return 0;
}

struct laptop *room_find(const struct room *room, const char *key)
{
    size_t place = place_of(room, key);
    return is_there(room, place, key) ? &room->laptops[place] : NULL;
}

void room_remove(struct room *room, struct laptop *laptop)
{
    size_t behind = room->count - 1 - (size_t)(laptop - room->laptops);
    laptop_deinit(laptop);
    memmove(laptop, laptop + 1, behind * sizeof *laptop);
    room->count--;
}

void room_complain(struct room *room, const char *name, const char *why)
{
    struct slice shown = {name, strnlen(name, NAME_SHOWN)};
    if (room->complaint_count++ >= COMPLAINTS_KEPT)
        return;
    text_append_printable(&room->complaints, shown, "");
    buffer_print(&room->complaints, "%s: %s\n", name[shown.size] ? "…" : "",
                 why);
}

void room_forget_complaints(struct room *room)
{
    buffer_clear(&room->complaints);
    room->complaint_count = 0;
}
