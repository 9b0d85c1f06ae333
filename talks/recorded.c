/* SPDX-License-Identifier: MIT */
#include "talks/recorded.h"

#include "http/page_list.h"

#include <unistd.h>

static int fetch_all(struct talk *talk, const struct model *model,
                     const struct recording *recording)
{
    const struct request *requests[TALK_PAGES_MAX] = {0};
    struct call_options options = call_default_options;
    struct page_list list;
    size_t count = (size_t)talk->page_count;
    options.trace = recording_trace;
    for (size_t i = 0; i < count; i++)
        requests[i] = &talk->pages[i].request;
    int error = page_list_init(&list, requests, count, count, &options, NULL);
    recording_begin(recording);
    if (!error)
        error = model->run(&list.batch);
    recording_end(recording);
    page_list_deinit(&list);
    return error;
}

int talk_record(struct drawn_run *run, struct talk *talk,
                const struct model *model)
{
    int fd;
    *run = (struct drawn_run){.name = model->name, .model = model};
    int error = recording_init(&run->recording, &fd, TALK_PAGES_MAX);
    if (error)
        return error;
    close(fd);
    error = fetch_all(talk, model, &run->recording);
    if (error)
        return error;
    return timeline_make(&run->timeline, &run->recording,
                         (size_t)talk->page_count);
}

void talk_record_deinit(struct drawn_run *run)
{
    timeline_deinit(&run->timeline);
    recording_deinit(&run->recording);
}
