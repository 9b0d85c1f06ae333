/* SPDX-License-Identifier: MIT */
#include "harness/race/command.h"

#include "base/processors.h"
#include "harness/race/ports.h"

#include <errno.h>

static void add_option(struct arguments *words, const char *name,
                       const char *value)
{
    arguments_add(words, "%s", name);
    arguments_add(words, "%s", value);
}

static void add_number(struct arguments *words, const char *name, size_t value)
{
    arguments_add(words, "%s", name);
    arguments_add(words, "%zu", value);
}

static void add_span(struct arguments *words, const char *name, nanos span)
{
    arguments_add(words, "%s", name);
    arguments_add(words, "%lldus", (long long)(span / 1000));
}

static void add_url(struct arguments *words, const char *name,
                    const struct witness *witness, size_t place, int address,
                    const struct block *block, const char *run)
{
    struct buffer url = {0};
    if (witness_url(witness, place, address, block, run, &url) ||
        buffer_terminate(&url))
        words->incomplete = true;
    else
        add_option(words, name, url.data);
    buffer_deinit(&url);
}

/* Enough requests to have run all code and to have grown the usual memory; few
 * if memory is measured. */
static size_t warm_requests(const struct contestant *contestant,
                            const struct block *block)
{
    size_t level = plan_concurrency(contestant, block);
    if (block->memory || block->processes)
        return 2;
    return level < 50 ? 2 * level : 100;
}

static int address_at(const struct race *race, int place)
{
    return (race->next_address + place) % race->witness.addresses;
}

/* Passes only as many addresses as the run needs, because a model keeps
 * connections for each address. */
static int addresses_of(const struct race *race,
                        const struct contestant *contestant,
                        const struct block *block)
{
    size_t connections = plan_connections(contestant, block);
    size_t origins = race->witness.count;
    return ports_addresses((connections + origins - 1) / origins,
                           race->witness.addresses);
}

static void compose_own(struct arguments *words, const struct race *race,
                        const struct contestant *contestant,
                        const struct block *block, const struct record *record,
                        const char *run)
{
    int addresses = addresses_of(race, contestant, block);

    if (contestant->peer) {
        peer_compose_script(words, contestant->peer);
    } else {
        arguments_add(words, "waitlab");
        arguments_add(words, "contestant");
    }
    add_option(words, "--model",
               contestant->model ? contestant->model->name : contestant->name);
    for (size_t place = 0; place < race->witness.count; place++)
        for (int i = 0; i < addresses; i++)
            add_url(words, "--url", &race->witness, place, address_at(race, i),
                    block, run);
    add_url(words, "--warm-url", &race->witness, 0, address_at(race, 0), block,
            NULL);
    add_number(words, "--warm-requests", warm_requests(contestant, block));
    add_number(words, "-c", plan_concurrency(contestant, block));
    add_number(words, "-n", plan_requests(contestant, block));
    if (race->witness.body_size >= 0)
        add_number(words, "--body-size", (size_t)race->witness.body_size);
    if (block->rate) {
        add_number(words, "--rate", block->rate);
        add_number(words, "--burst", block->burst);
    }
    if (block->work)
        add_span(words, "--work", block->work);
    if (block->keep_alive)
        arguments_add(words, "--keep-alive");
    if (block->tls)
        add_option(words, "--cacert", race->witness.trust.ca_file);
    if (block->memory || block->processes)
        arguments_add(words, "--memory");
    if (block->processes) {
        add_number(words, "--processes", block->processes);
        arguments_add(words, "--timeout=600s");
    }
    if (record->pinned)
        add_number(words, "--cpu", (size_t)processors_from_last(0));
}

static void compose_tool(struct arguments *words, const struct race *race,
                         const struct contestant *contestant,
                         const struct block *block, const char *run)
{
    struct buffer url = {0};
    struct peer_task task = {.concurrency = plan_concurrency(contestant, block),
                             .requests = plan_requests(contestant, block),
                             .keep_alive = block->keep_alive};

    if (witness_url(&race->witness, 0, address_at(race, 0), block, run, &url) ||
        buffer_terminate(&url))
        words->incomplete = true;
    task.url = url.data;
    if (!words->incomplete)
        contestant->peer->compose(words, &task);
    buffer_deinit(&url);
}

int command_compose(struct arguments *words, const struct race *race,
                    const struct contestant *contestant,
                    const struct block *block, const struct record *record,
                    const char *run)
{
    *words = (struct arguments){0};
    if (contestant->peer && !contestant->peer->script)
        compose_tool(words, race, contestant, block, run);
    else
        compose_own(words, race, contestant, block, record, run);
    return words->incomplete ? -ENOMEM : 0;
}

const char *command_program(const struct race *race,
                            const struct contestant *contestant)
{
    const char *program =
        contestant->program ? contestant->program : race->plan.program;
    if (contestant->peer)
        return contestant->path;
    return program ? program : "/proc/self/exe";
}

int command_next_address(const struct race *race,
                         const struct contestant *contestant,
                         const struct block *block)
{
    return address_at(race, addresses_of(race, contestant, block));
}
