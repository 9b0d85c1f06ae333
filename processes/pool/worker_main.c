/* SPDX-License-Identifier: MIT */
#include "processes/pool/worker_main_internal.h"

#include "base/clock.h"
#include "base/write_all.h"
#include "processes/child.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Jobs as they arrive: several in one piece, or one in several pieces. */
struct inbox {
    struct buffer bytes;
    size_t taken; /* how many at the front have been dealt with */
};

/* Small, so that the same memory is used again and again: with many processes
 * on one core each switch begins with cold caches. */
enum { PIECE = 4096 };

/* Waits for more bytes. False when the parent has closed its end, or there is
 * no memory for what it sends. */
static bool inbox_fill(struct inbox *inbox, size_t wanted)
{
    struct buffer *bytes = &inbox->bytes;
    if (inbox->taken) {
        bytes->size -= inbox->taken;
        memmove(bytes->data, bytes->data + inbox->taken, bytes->size);
        inbox->taken = 0;
    }
    if (buffer_reserve(bytes, wanted > PIECE ? wanted : PIECE))
        return false;
    ssize_t count;
    do
        count = recv(CHILD_CHANNEL, bytes->data + bytes->size,
                     bytes->capacity - bytes->size, 0);
    while (count < 0 && errno == EINTR);
    if (count > 0)
        bytes->size += (size_t)count;
    return count > 0;
}

/* The next job; its argument is good until the next call. */
static bool inbox_next(struct inbox *inbox, struct job_head *head,
                       struct slice *argument)
{
    size_t needed = sizeof *head;
    for (;;) {
        size_t there = inbox->bytes.size - inbox->taken;
        if (there >= sizeof *head) {
            memcpy(head, inbox->bytes.data + inbox->taken, sizeof *head);
            if (head->size > SIZE_MAX / 4)
                return false;
            needed = sizeof *head + head->size;
        }
        if (there >= needed)
            break;
        if (!inbox_fill(inbox, needed - there))
            return false;
    }
    argument->data = inbox->bytes.data + inbox->taken + sizeof *head;
    argument->size = head->size;
    inbox->taken += needed;
    return true;
}

/* Runs the job and makes the whole answer: head and result in one piece. */
static void answer_job(void *context, const struct job_head *job,
                       struct slice argument, struct buffer *out)
{
    struct answer_head head = {.number = (uint32_t)job->number};
    buffer_clear(out);
    buffer_append(out, &head, sizeof head); /* overwritten below */
    nanos begun = monotonic_now();
    head.error = job->run(context, argument, out);
    head.spent = monotonic_now() - begun;
    head.size = out->size - sizeof head;
    memcpy(out->data, &head, sizeof head);
}

static int initialise(const struct worker_pool_options *options,
                      struct turns *turns)
{
    int error = options->initialise ? options->initialise(options->context) : 0;
    __atomic_store_n(&turns->initialised, error ? error : 1, __ATOMIC_RELEASE);
    return error;
}

void worker_main(const struct worker_pool_options *options, struct turns *turns)
{
    struct inbox inbox = {.taken = 0};
    struct buffer out = {0};
    struct job_head job;
    struct slice argument;
    if (initialise(options, turns) || buffer_reserve(&out, PIECE))
        _exit(1);
    while (inbox_next(&inbox, &job, &argument)) {
        if (!turn_begin(turns, (uint32_t)job.number))
            continue;
        answer_job(options->context, &job, argument, &out);
        if (write_all(CHILD_CHANNEL, buffer_slice(&out)))
            break;
    }
    _exit(0);
}
