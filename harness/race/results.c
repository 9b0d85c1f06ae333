/* SPDX-License-Identifier: MIT */
#include "harness/race/results.h"
#include "base/whole_file.h"
#include "harness/json.h"
#include "harness/race/machine.h"

#include <errno.h>
#include <stdlib.h>

static cJSON *block_to_json(const struct block *block)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "name", block->name);
    cJSON_AddNumberToObject(json, "level", (double)block->level);
    cJSON_AddNumberToObject(json, "requests", (double)block->requests);
    cJSON_AddNumberToObject(json, "delay_s", (double)block->delay / 1e9);
    cJSON_AddBoolToObject(json, "keep_alive", block->keep_alive);
    cJSON_AddBoolToObject(json, "pinned", block->pinned);
    cJSON_AddNumberToObject(json, "rounds", block->rounds);
    cJSON_AddNumberToObject(json, "rounds_done", block->rounds_done);
    return json;
}

static cJSON *settings_to_json(const struct race *race)
{
    const struct plan *plan = &race->plan;
    cJSON *json = cJSON_CreateObject();
    cJSON *command = cJSON_AddArrayToObject(json, "command");
    cJSON *blocks = cJSON_AddArrayToObject(json, "blocks");
    cJSON *left_out = json_text(plan->left_out[0] ? plan->left_out : NULL);

    for (char **word = race->arguments; word && *word; word++)
        cJSON_AddItemToArray(command, json_text(*word));
    cJSON_AddBoolToObject(json, "quick", plan->quick);
    cJSON_AddNumberToObject(json, "seed", (double)plan->seed);
    cJSON_AddNumberToObject(json, "page_bytes", PAGE_BYTES);
    cJSON_AddNumberToObject(json, "origin_addresses", plan->addresses);
    cJSON_AddItemToObject(json, "left_out", left_out);
    for (size_t i = 0; i < plan->block_count; i++)
        cJSON_AddItemToArray(blocks, block_to_json(&plan->blocks[i]));
    return json;
}

static cJSON *contestants_to_json(const struct plan *plan)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < plan->contestant_count; i++) {
        const struct contestant *contestant = &plan->contestants[i];
        const struct model *model = contestant->model;
        cJSON *json = cJSON_CreateObject();
        json_add_text(json, "name", contestant->name);
        json_add_text(json, "family", model ? model->family : "floor");
        json_add_text(json, "summary",
                      model ? model->summary : contestant->floor->summary);
        cJSON_AddBoolToObject(json, "overlaps",
                              contestant_overlaps(contestant));
        json_add_text(json, "floor",
                      model ? floors_name_for_family(model->family) : NULL);
        cJSON_AddItemToArray(list, json);
    }
    return list;
}

static cJSON *runs_to_json(const struct ledger *ledger)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < ledger->count; i++)
        cJSON_AddItemToArray(list, record_to_json(&ledger->records[i]));
    return list;
}

static cJSON *race_to_json(const struct race *race)
{
    char date[DATE_SIZE];
    char *commit = machine_commit();
    cJSON *json = cJSON_CreateObject();

    machine_date(date);
    cJSON_AddNumberToObject(json, "version", RESULTS_VERSION);
    cJSON_AddBoolToObject(json, "complete", race->complete);
    json_add_text(json, "date", date);
    json_add_text(json, "commit", commit ? commit : "unknown");
    cJSON_AddItemToObject(json, "machine", machine_to_json());
    cJSON_AddItemToObject(json, "settings", settings_to_json(race));
    cJSON_AddItemToObject(json, "models", contestants_to_json(&race->plan));
    cJSON_AddItemToObject(json, "runs", runs_to_json(&race->ledger));
    free(commit);
    return json;
}

static int write_text(const struct race *race, const char *text)
{
    struct buffer path = {0};
    /* In the middle of a race no one waits for the disk: it would be busy while
     * the next contestant runs. */
    enum whole_file_effort effort =
        race->ended ? WHOLE_FILE_ON_DISK : WHOLE_FILE_WRITTEN;
    int status = buffer_print(&path, "%s/results.json%c", race->plan.out, '\0');
    if (!status)
        status = whole_file_write(path.data, slice_of(text), effort);
    buffer_deinit(&path);
    return status;
}

int results_write(const struct race *race)
{
    cJSON *json = race_to_json(race);
    char *text = json ? cJSON_Print(json) : NULL;
    int status = text ? write_text(race, text) : -ENOMEM;
    cJSON_free(text);
    cJSON_Delete(json);
    return status;
}
