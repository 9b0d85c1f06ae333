/* SPDX-License-Identifier: MIT */
#include "talks/download.h"

#include "base/contract.h"
#include "coroutines/future_of.h"

struct deferred *download_agent(struct download *download)
{
    struct buffer url = {0};
    struct deferred *d = NULL;
    if (!talk_url(download->talk, download->target, &url))
        d = agent_request(download->reactor, METHOD_GET, url.data);
    buffer_deinit(&url);
    return d;
}

/* ---- as Futures ---- */

static struct future *future_for(struct download *download, struct deferred *d)
{
    return future_of(download->reactor->loop, talk_outcome(d));
}

struct future *download_request(struct download *download)
{
    return future_for(download, download_agent(download));
}

struct future *download_read(struct download *download, struct outcome response)
{
    return future_for(download, agent_read_body(response));
}

struct outcome download_expect(struct outcome response, int status)
{
    int came = outcome_response(&response)->status;
    if (came == status)
        return response;
    outcome_drop(response);
    return outcome_fail(&page_error_type, came, "status %d", came);
}

/* ---- the program: one download ---- */

struct program {
    struct download download;
    struct outcome (*begin)(struct download *download);
};

static struct outcome begin(struct reactor *reactor, void *context)
{
    struct program *program = context;
    program->download.reactor = reactor;
    return program->begin(&program->download);
}

int download_run(struct talk *talk,
                 struct outcome (*begin_with)(struct download *download))
{
    struct program program = {
        .download = {.talk = talk, .target = talk_sites[0]},
        .begin = begin_with};
    return task_react(begin, &program) ? -EIO : 0;
}

/* ---- the program: several of them ---- */

struct downloads {
    struct talk *talk;
    struct download *each;
    size_t count;
    struct generator *coroutine;
};

static struct outcome begin_all(struct reactor *reactor, void *context)
{
    struct downloads *all = context;
    for (size_t i = 0; i < all->count; i++)
        all->each[i] = (struct download){
            .talk = all->talk, .reactor = reactor, .target = talk_sites[i]};
    return talk_task(reactor->loop, all->coroutine);
}

int downloads_run(struct talk *talk, struct download *each, size_t count,
                  struct generator *coroutine)
{
    struct downloads all = {talk, each, count, coroutine};
    return task_react(begin_all, &all) ? -EIO : 0;
}

void downloads_start(struct download *each, size_t count,
                     generator_resume *coroutine, struct future **tasks)
{
    for (size_t i = 0; i < count; i++) {
        struct generator *generator =
            frame_init_named(&each[i].frame, coroutine, "download");
        struct task *task = task_new(each[i].reactor->loop, generator);
        REQUIRE(task, "a talk: there is memory");
        tasks[i] = task_future(task);
    }
}

void downloads_print(struct future *const *tasks, size_t count)
{
    size_t pending = 0;
    for (size_t i = 0; i < count; i++)
        if (future_done(tasks[i]))
            talk_print_outcome(future_share(tasks[i]));
        else
            pending++;
    printf("%zu done, %zu pending\n", count - pending, pending);
}

void downloads_end(struct future *const *tasks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        future_unref(tasks[i]);
}
