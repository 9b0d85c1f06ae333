/* SPDX-License-Identifier: MIT */
#include "processes/station.h"

#include "base/contract.h"
#include "processes/child.h"
#include "processes/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

void job_list_append(struct job_list *list, struct process_job *job)
{
    job->next = NULL;
    if (list->first)
        list->last->next = job;
    else
        list->first = job;
    list->last = job;
    list->count++;
}

void job_list_prepend(struct job_list *list, struct process_job *job)
{
    job->next = list->first;
    if (!list->first)
        list->last = job;
    list->first = job;
    list->count++;
}

struct process_job *job_list_take(struct job_list *list)
{
    struct process_job *job = list->first;
    if (job) {
        list->first = job->next;
        list->count--;
    }
    return job;
}

int station_start(struct station *station,
                  const struct process_pool_options *options)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    memset(station->turns, 0, sizeof *station->turns);
    pid_t pid = child_fork(ends[1]);
    if (pid == 0)
        worker_serve(options, station->turns);
    close(ends[1]); /* the worker alone holds it: its death closes it */
    if (pid < 0) {
        close(ends[0]);
        return pid;
    }
    station->pid = pid;
    station->channel = ends[0];
    station->given = 0;
    station->retired = station->blocked = false;
    station->first = station->next = 1; /* turn 0 is no job's */
    station->count = 0;
    station->kill_at = NEVER;
    station->sent = 0;
    buffer_clear(&station->outbox);
    buffer_clear(&station->inbox);
    return 0;
}

unsigned station_room(const struct station *station, unsigned depth)
{
    if (!station->pid || station->retired || station->count >= depth)
        return 0;
    /* The turns of jobs taken back are free again only when those before them
     * are done. */
    unsigned turns = TURN_COUNT - (station->next - station->first);
    unsigned room = depth - station->count;
    return room < turns ? room : turns;
}

static void arm(struct station *station, nanos now)
{
    const struct process_job *job = station->jobs[station->first % TURN_COUNT];
    station->kill_at =
        station->count ? nanos_after(now, job->time_limit) : NEVER;
}

int station_give(struct station *station, struct process_job *job, nanos now)
{
    struct buffer *out = &station->outbox;
    struct job_head head = {job->argument.size, job->run, station->next};
    int error = buffer_reserve(out, sizeof head + job->argument.size);
    if (error)
        return error;
    buffer_append(out, &head, sizeof head);
    buffer_append(out, job->argument.data, job->argument.size);
    turn_send(station->turns, station->next);
    if (station->count == 0)
        station->first = station->next;
    station->jobs[station->next++ % TURN_COUNT] = job;
    station->given++;
    if (station->count++ == 0)
        arm(station, now);
    return 0;
}

bool station_flush(struct station *station)
{
    struct buffer *out = &station->outbox;
    while (station->sent < out->size) {
        ssize_t count =
            send(station->channel, out->data + station->sent,
                 out->size - station->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            return false;
        if (count < 0) {
            /* It is dead, or as good as dead: it never received these jobs. The
             * channel will say so when it is read. */
            shutdown(station->channel, SHUT_RDWR);
            break;
        }
        station->sent += (size_t)count;
    }
    station->sent = 0;
    buffer_clear(out);
    return true;
}

void station_retire(struct station *station)
{
    station->retired = true;
    shutdown(station->channel, SHUT_WR);
}

/* The first job left moves up. */
static void skip_the_gone(struct station *station)
{
    while (station->first != station->next &&
           !station->jobs[station->first % TURN_COUNT])
        station->first++;
}

struct process_job *station_finish(struct station *station, uint32_t number,
                                   nanos now)
{
    /* Numbers go round; the difference does not. */
    if (number - station->first >= station->next - station->first)
        return NULL;
    struct process_job *job = station->jobs[number % TURN_COUNT];
    if (job) {
        station->jobs[number % TURN_COUNT] = NULL;
        station->count--;
        skip_the_gone(station);
        arm(station, now);
    }
    return job;
}

void station_take_back(struct station *station, size_t most,
                       struct job_list *list)
{
    uint32_t number = station->next;
    while (most && number-- != station->first) {
        struct process_job **job = &station->jobs[number % TURN_COUNT];
        if (!*job || !turn_take_back(station->turns, number))
            continue;
        job_list_prepend(list, *job);
        *job = NULL;
        station->count--;
        station->given--;
        most--;
    }
    skip_the_gone(station);
    if (!station->count)
        station->kill_at = NEVER;
}

struct job_list station_take_begun(struct station *station)
{
    struct job_list begun = {0};
    while (station->count)
        job_list_append(&begun, station_finish(station, station->first, NEVER));
    return begun;
}

int station_stop(struct station *station)
{
    REQUIRE(station->pid > 0, "station_stop: a station that has a worker");
    close(station->channel);
    int status = child_reap(station->pid);
    station->pid = 0;
    return status;
}
