/* SPDX-License-Identifier: MIT */
#include "callbacks/mailbox.h"

#include "base/contract.h"
#include "base/wakeup.h"
#include "callbacks/handle_name.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct mailbox {
    struct handle *newest; /* any thread, atomically; older ones by `next` */
    struct watch watch;    /* the loop's thread, as all that follows */
    struct loop *loop;
    size_t holders;
    bool calling; /* inside a posted handle's run */
};

/* Takes the whole pile and reverses it, so that the oldest comes first. */
static struct handle *take_all(struct mailbox *mailbox)
{
    struct handle *newest =
        __atomic_exchange_n(&mailbox->newest, NULL, __ATOMIC_ACQ_REL);
    struct handle *oldest = NULL;
    while (newest) {
        struct handle *older = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = older;
    }
    return oldest;
}

/* Clears the descriptor before it takes the pile: a thread that posts in
 * between sets it again. The other way round, that handle would lie on the pile
 * with the descriptor cleared, and nothing would wake the loop. */
static void on_mail(struct handle *handle)
{
    struct mailbox *mailbox =
        container_of(handle, struct mailbox, watch.handle);
    wakeup_clear(mailbox->watch.fd);
    struct handle *next = take_all(mailbox);
    mailbox->calling = true;
    while (next) {
        struct handle *posted = next;
        next = posted->next;
        /* From here on other threads may post it again, and its own run may
         * free it: so `next` was read before. */
        __atomic_store_n(&posted->state, HANDLE_IDLE, __ATOMIC_RELEASE);
        handle_run(posted);
    }
    mailbox->calling = false;
}
HANDLE_NAME(on_mail, "a mailbox", NULL);

int mailbox_new(struct mailbox **mailbox, struct loop *loop)
{
    struct mailbox *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->loop = loop;
    made->watch.handle.run = on_mail;
    made->watch.fd = wakeup_open();
    if (made->watch.fd < 0) {
        int error = made->watch.fd;
        free(made);
        return error;
    }
    *mailbox = made;
    return 0;
}

void mailbox_free(struct mailbox *mailbox)
{
    if (!mailbox)
        return;
    REQUIRE(!mailbox->calling, "mailbox_free: not from inside a posted call");
    loop_watch(mailbox->loop, &mailbox->watch, 0);
    close(mailbox->watch.fd);
    free(mailbox);
}

int mailbox_hold(struct mailbox *mailbox)
{
    if (mailbox->holders == 0) {
        int error = loop_watch(mailbox->loop, &mailbox->watch, SELECT_READ);
        if (error)
            return error;
    }
    mailbox->holders++;
    return 0;
}

void mailbox_release(struct mailbox *mailbox)
{
    REQUIRE(mailbox->holders > 0, "mailbox_release: each one ends a hold");
    if (--mailbox->holders == 0)
        loop_watch(mailbox->loop, &mailbox->watch, 0);
}

/* Only the first handle on an empty pile wakes the loop, which then takes all.
 * The handle is on the pile before the loop is woken, or the loop might look
 * too early. */
void mailbox_post(struct mailbox *mailbox, struct handle *handle)
{
    REQUIRE(handle->run, "mailbox_post: a handle has a run()");
    enum handle_state before =
        __atomic_exchange_n(&handle->state, HANDLE_POSTED, __ATOMIC_ACQ_REL);
    if (before == HANDLE_POSTED)
        return;
    /* The loop uses its links: to link it in here would break the loop's
     * queue. */
    REQUIRE(before == HANDLE_IDLE,
            "mailbox_post: not a handle that is scheduled on a loop");
    struct handle *below = __atomic_load_n(&mailbox->newest, __ATOMIC_RELAXED);
    do
        handle->next = below;
    while (!__atomic_compare_exchange_n(&mailbox->newest, &below, handle, true,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    if (!below)
        wakeup_set(mailbox->watch.fd);
}
