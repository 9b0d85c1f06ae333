/* SPDX-License-Identifier: MIT */
#include "harness/fetch_watch.h"

#include "base/output.h"
#include "base/wakeup.h"
#include "threads/thread.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* Far longer than it takes to cancel all that can be cancelled. */
static const nanos grace = NANOS_PER_SECOND;

/* True when the run has ended by itself, false when it was cancelled. */
static bool wait_until_cancelled(const struct fetch_watch *watch)
{
    struct pollfd waits[] = {{.fd = watch->over, .events = POLLIN},
                             {.fd = watch->fetch->cancel.fd, .events = POLLIN}};
    while (poll(waits, 2, -1) < 0)
        ;
    return waits[0].revents != 0;
}

static size_t count_finished(struct fetch *fetch)
{
    pthread_mutex_lock(&fetch->lock);
    size_t finished = fetch->finished;
    pthread_mutex_unlock(&fetch->lock);
    return finished;
}

/* Waits as long as results come, because the run is then on its way to its end.
 * True when it has ended. */
static bool ends_by_itself(const struct fetch_watch *watch)
{
    struct pollfd over = {.fd = watch->over, .events = POLLIN};
    size_t before, now = count_finished(watch->fetch);
    do {
        before = now;
        if (poll(&over, 1, nanos_to_milliseconds(grace)) > 0)
            return true;
        now = count_finished(watch->fetch);
    } while (now != before);
    return false;
}

static void *run_watch(void *argument)
{
    struct fetch_watch *watch = argument;
    if (wait_until_cancelled(watch) || ends_by_itself(watch))
        return NULL;
    /* The lock is never released: a result that comes now is too late, and must
     * not print into the summary. A line that was begun is complete. */
    pthread_mutex_lock(&watch->fetch->lock);
    int code = fetch_conclude(watch->fetch, 0);
    output_check("fetch");
    _exit(code);
}

int fetch_watch_begin(struct fetch_watch *watch, struct fetch *fetch)
{
    *watch = (struct fetch_watch){.fetch = fetch, .over = -1};
    if (fetch->options->model->can & CAN_CANCEL_LOOKUP)
        return 0;
    watch->over = wakeup_open();
    if (watch->over < 0)
        return watch->over;
    int error = thread_start(&watch->thread, run_watch, watch);
    watch->started = !error;
    return error;
}

void fetch_watch_end(struct fetch_watch *watch)
{
    if (watch->started) {
        wakeup_set(watch->over);
        pthread_join(watch->thread, NULL);
    }
    if (watch->over >= 0)
        close(watch->over);
}
