/* SPDX-License-Identifier: MIT */
#include "talks/guests.h"

enum { THINGS = 3, GUESTS = 3 * THINGS, TIMES = 2 };

bool guest_comes(struct guest *guest)
{
    return guest->times++ < TIMES;
}

struct outcome guest_is_served(const struct guest *guest)
{
    struct outcome number = outcome_number(guest->number);
    talk_say_value(guest->talk, guest->thing, &number);
    return talk_sleep(guest->talk, 1);
}

int guests_run(struct talk *talk, generator_resume *body,
               struct semaphore *lock, struct semaphore *semaphore,
               struct queue *queue)
{
    const struct guest wishes[THINGS] = {
        {.thing = "who has the lock", .turns = lock},
        {.thing = "one of the two", .turns = semaphore},
        {.thing = "who has the item", .queue = queue},
    };
    struct guest guests[GUESTS];
    for (int i = 0; i < GUESTS; i++) {
        guests[i] = wishes[i % THINGS];
        guests[i].talk = talk;
        guests[i].number = i / THINGS + 1;
        task_init(&guests[i].task, talk->loop,
                  frame_init(&guests[i].frame, body));
    }
    int error = loop_run(talk->loop);
    for (int i = 0; i < GUESTS; i++) {
        task_close(&guests[i].task); /* of one that could not go on */
        task_unref(&guests[i].task);
    }
    return error;
}
