/* SPDX-License-Identifier: MIT */
#include "harness/race/results.h"

#include "base/buffer_stream.h"
#include "base/whole_file.h"
#include "harness/json_write.h"
#include "harness/race/balance.h"
#include "harness/race/machine.h"

#include <errno.h>
#include <stdlib.h>

static void write_block(struct json_writer *json, const struct block *block)
{
    json_write_object(json, NULL);
    json_write_text(json, "name", block->name);
    json_write_count(json, "level", block->level);
    json_write_count(json, "requests", block->requests);
    json_write_real(json, "delay_s", nanos_as_seconds(block->delay));
    json_write_count(json, "processes", block->processes);
    json_write_count(json, "rate", block->rate);
    json_write_count(json, "burst", block->burst);
    json_write_real(json, "work_s", nanos_as_seconds(block->work));
    json_write_bool(json, "ramp", block->ramp);
    json_write_bool(json, "keep_alive", block->keep_alive);
    json_write_bool(json, "tls", block->tls);
    json_write_bool(json, "pinned", block->pinned);
    json_write_bool(json, "timed", block->timed);
    json_write_bool(json, "ratios", !block->no_ratios);
    json_write_count(json, "rounds", (uint64_t)block->rounds);
    json_write_count(json, "rounds_done", (uint64_t)block->rounds_done);
    json_write_end(json);
}

static void write_settings(struct json_writer *json, const struct race *race)
{
    const struct plan *plan = &race->plan;

    json_write_object(json, "settings");
    json_write_array(json, "command");
    for (char **word = race->arguments; word && *word; word++)
        json_write_text(json, NULL, *word);
    json_write_end(json);
    json_write_bool(json, "quick", plan->quick);
    json_write_count(json, "seed", plan->seed);
    json_write_text(json, "url", plan->url);
    if (race->witness.body_size >= 0)
        json_write_count(json, "page_bytes", (uint64_t)race->witness.body_size);
    else
        json_write_null(json, "page_bytes");
    json_write_count(json, "origin_addresses", (uint64_t)plan->addresses);
    json_write_text(json, "left_out",
                    plan->left_out[0] ? plan->left_out : NULL);
    json_write_array(json, "blocks");
    for (size_t i = 0; i < plan->block_count; i++)
        write_block(json, &plan->blocks[i]);
    json_write_end(json);
    json_write_end(json);
}

static const char *family_of(const struct contestant *contestant)
{
    return contestant->model  ? contestant->model->family
           : contestant->peer ? "peer"
                              : "floor";
}

static const char *summary_of(const struct contestant *contestant)
{
    return contestant->model  ? contestant->model->summary
           : contestant->peer ? contestant->peer->summary
                              : contestant->floor->summary;
}

static const char *floor_name_of(const struct contestant *contestant)
{
    if (contestant->floor)
        return NULL;
    return contestant->peer ? floor_epoll.name
                            : floors_name_for_family(contestant->model->family);
}

static void write_contestant(struct json_writer *json,
                             const struct contestant *contestant)
{
    json_write_object(json, NULL);
    json_write_text(json, "name", contestant->name);
    json_write_text(json, "family", family_of(contestant));
    json_write_text(json, "summary", summary_of(contestant));
    json_write_bool(json, "overlaps", contestant_overlaps(contestant));
    json_write_text(json, "floor", floor_name_of(contestant));
    json_write_text(json, "instead_of",
                    contestant->floor ? contestant->floor->instead_of : NULL);
    balance_write_client(json, contestant);
    json_write_end(json);
}

static void write_contestants(struct json_writer *json, const struct plan *plan)
{
    json_write_array(json, "models");
    for (size_t i = 0; i < plan->contestant_count; i++)
        write_contestant(json, &plan->contestants[i]);
    json_write_end(json);
}

static void write_runs(struct json_writer *json, const struct ledger *ledger)
{
    json_write_array(json, "runs");
    for (size_t i = 0; i < ledger->count; i++)
        record_write(&ledger->records[i], json);
    json_write_end(json);
}

static int write_race(FILE *out, const struct race *race)
{
    struct json_writer json = {.out = out, .lines = 2};
    char date[DATE_SIZE], commit[COMMIT_SIZE];

    machine_date(date);
    int error = machine_commit(commit);
    json_write_object(&json, NULL);
    json_write_count(&json, "version", RESULTS_VERSION);
    json_write_bool(&json, "complete", race->complete);
    json_write_text(&json, "date", date);
    json_write_text(&json, "commit", commit);
    error = machine_write(&json) ? -ENOMEM : error;
    write_settings(&json, race);
    write_contestants(&json, &race->plan);
    write_runs(&json, &race->ledger);
    balance_write(&json, &race->plan, &race->ledger);
    json_write_end(&json);
    return error;
}

static int append_path(struct buffer *path, const struct race *race)
{
    return buffer_print(path, "%s/results.json%c", race->folder.data, '\0');
}

int results_try(const struct race *race)
{
    struct buffer path = {0};
    int status = append_path(&path, race);
    if (!status)
        status = whole_file_try(path.data);
    buffer_deinit(&path);
    return status;
}

static int write_text(const struct race *race, struct slice text)
{
    struct buffer path = {0};
    /* In the middle of a race this does not wait for the disk, which would then
     * be busy while the next contestant runs. */
    enum whole_file_effort effort =
        race->ended ? WHOLE_FILE_ON_DISK : WHOLE_FILE_WRITTEN;
    int status = append_path(&path, race);
    if (!status)
        status = whole_file_write(path.data, text, effort);
    buffer_deinit(&path);
    return status;
}

int results_write(const struct race *race)
{
    struct buffer text = {0};
    FILE *out = buffer_stream_open(&text);
    if (!out)
        return -ENOMEM;
    int error = write_race(out, race);
    if (buffer_stream_close(out))
        error = -ENOMEM;
    if (!error)
        error = write_text(race, buffer_slice(&text));
    buffer_deinit(&text);
    return error;
}
