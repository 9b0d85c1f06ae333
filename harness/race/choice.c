/* SPDX-License-Identifier: MIT */
#include "harness/race/choice.h"

#include "harness/models.h"
#include "harness/race/complaint.h"
#include "harness/race/simultaneous.h"
#include "http/result.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The models of --quick, unless others are asked for: one for each idea. */
static const char quick_models[] =
    "sequential,threads,thread-pool,fork,epoll,callbacks";

static bool is_in_list(const char *name, const char *list)
{
    size_t size = strlen(name);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (!strncmp(at, name, size) && (!at[size] || at[size] == ','))
            return true;
    }
    return false;
}

static void add(struct plan *plan, const struct model *model,
                const struct floor *floor)
{
    if (plan->contestant_count == CONTESTANTS_MAX)
        return;
    size_t place = plan->contestant_count++;
    plan->contestants[place] = (struct contestant){
        .name = model ? model->name : floor->name,
        .model = model,
        .floor = floor,
        .place = place,
        .size = client_size_unknown,
    };
}

/* Adds a peer, unless it cannot be found. */
static int add_peer(struct plan *plan, const struct peer *peer)
{
    size_t place = plan->contestant_count;
    struct contestant contestant = {
        .name = peer->name,
        .peer = peer,
        .place = place,
        .size = client_size_unknown,
    };

    int error = peer_find(peer, contestant.path);
    if (!error && place < CONTESTANTS_MAX)
        plan->contestants[plan->contestant_count++] = contestant;
    return error;
}

static int note_missing(struct buffer *missing, const struct peer *peer)
{
    return buffer_print(missing, "%s%s (%s%s)", missing->size ? ", " : "",
                        peer->name, peer->package ? "apt install " : "",
                        peer->package ? peer->package
                                      : "this Python has it no more");
}

/* Adds the peers that are asked for; a missing one is reported, with what to
 * install. */
static int add_peers(struct plan *plan, const struct plan_options *options,
                     const char *list)
{
    struct buffer missing = {0};
    bool refused = false;
    int error = 0;

    for (size_t i = 0; peers[i] && !error; i++) {
        const struct peer *peer = peers[i];
        bool named = list && is_in_list(peer->name, list);
        if (!named && !options->peers)
            continue;
        error = add_peer(plan, peer);
        if (error == -ENOENT) {
            error = note_missing(&missing, peer);
            refused = refused || named;
        }
        if (error)
            fprintf(stderr, "race: %s could not be looked for: %s\n",
                    peer->name, fetch_errno_sentence(error));
    }
    if (missing.size && !error)
        fprintf(stderr, "race: %s %.*s\n",
                refused ? "cannot do without" : "without", (int)missing.size,
                missing.data);
    buffer_deinit(&missing);
    return error ? error : refused ? -EINVAL : 0;
}

size_t choice_highest_level(const struct plan_options *options)
{
    size_t highest = 0;
    for (size_t i = 0; i < options->level_count; i++)
        if (options->levels[i] > highest)
            highest = options->levels[i];
    return highest;
}

static bool add_model(struct plan *plan, const struct plan_options *options,
                      const struct model *model, const char *list)
{
    char why_not_here[160];
    const char *why_not = models_why_not(model);
    if (!why_not && plan->processes)
        why_not =
            simultaneous_refuses_model(model, choice_highest_level(options),
                                       why_not_here, sizeof why_not_here);
    /* The base case takes part, because it is subtracted from all others. */
    bool named = list && (is_in_list(model->name, list) ||
                          (plan->ledger && !strcmp(model->name, "sequential")));

    if (list && !named) {
        size_t size = strlen(plan->left_out);
        snprintf(plan->left_out + size, sizeof plan->left_out - size, "%s%s",
                 size ? ", " : "", model->name);
    } else if (!why_not)
        add(plan, model, NULL);
    else if (named && list != quick_models)
        return race_complain("%s: %s", model->name, why_not);
    else
        fprintf(stderr, "race: without %s: %s\n", model->name, why_not);
    return true;
}

/* The learner's contestant: in a program of the learner's, a model again on the
 * learner's core, or the learner's own model. */
static void add_mine(struct plan *plan, const struct plan_options *options)
{
    const struct model *model =
        options->mine ? options->mine_model : models_mine();
    if (!model || plan->contestant_count == CONTESTANTS_MAX)
        return;
    add(plan, model, NULL);
    struct contestant *mine = &plan->contestants[plan->contestant_count - 1];
    mine->name = "mine";
    mine->program = options->mine;
}

static bool check_names(const char *list)
{
    char copy[1024];
    char *rest = copy;

    if (snprintf(copy, sizeof copy, "%s", list) >= (int)sizeof copy)
        return race_complain("--models: the list is too long");
    for (char *name; (name = strsep(&rest, ","));)
        if (!models_find(name) && !floors_find(name) && !peers_find(name))
            return race_complain("--models: there is no model \"%s\" (fetch "
                                 "--list-models names them)",
                                 name);
    return true;
}

bool choice_has_floor(const struct plan_options *options)
{
    bool asks = options->floor || options->all_floors;
    for (size_t i = 0; floors[i] && options->models; i++)
        asks = asks || is_in_list(floors[i]->name, options->models);
    return asks;
}

bool choice_has_peer(const struct plan_options *options)
{
    bool asks = options->peers;
    for (size_t i = 0; peers[i] && options->models; i++)
        asks = asks || is_in_list(peers[i]->name, options->models);
    return asks;
}

static bool add_floor(struct plan *plan, const struct floor *floor, bool named)
{
    const char *why_not = floors_why_not(floor);
    if (why_not && named)
        return race_complain("%s: %s", floor->name, why_not);
    if (why_not)
        fprintf(stderr, "race: without %s: %s\n", floor->name, why_not);
    else
        add(plan, NULL, floor);
    return true;
}

static bool is_of_epoll(const struct floor *floor)
{
    return floor == &floor_epoll || floor == &floor_epoll_late;
}

static bool asks_for_all(const struct plan_options *options)
{
    return options->models && !strcmp(options->models, "all");
}

static bool check_asked(const struct plan *plan,
                        const struct plan_options *options)
{
    if (asks_for_all(options))
        return true;
    if (options->models && !check_names(options->models))
        return false;
    if (plan->tls && choice_has_floor(options))
        return race_complain("--tls: a floor speaks http only");
    if (plan->tls && choice_has_peer(options))
        return race_complain("--tls: with peers it is a race by http only");
    return true;
}

/* The models that are asked for; NULL: all that there are. */
static const char *list_asked(const struct plan *plan,
                              const struct plan_options *options)
{
    if (options->models)
        return asks_for_all(options) ? NULL : options->models;
    if (options->mine)
        return options->mine_model->name;
    if (plan->processes)
        return simultaneous_models;
    return plan->quick ? quick_models : NULL;
}

int choice_make(struct plan *plan, const struct plan_options *options)
{
    const char *list = list_asked(plan, options);
    bool usual =
        (!options->models || asks_for_all(options)) && !options->level_count;

    if (!check_asked(plan, options))
        return -EINVAL;
    for (size_t i = 0; models[i]; i++)
        if (!add_model(plan, options, models[i], list))
            return -EINVAL;
    add_mine(plan, options);
    int error = add_peers(plan, options, list);
    if (error)
        return error;
    if (options->models || options->mine)
        plan->left_out[0] = '\0'; /* the models were chosen, so nothing is
                                   * reported as left out */
    for (size_t i = 0; floors[i] && !plan->tls; i++) {
        bool named = list && is_in_list(floors[i]->name, list);
        bool wanted = named || options->all_floors ||
                      (is_of_epoll(floors[i]) && (options->floor || usual)) ||
                      (usual && !plan->quick);
        if (wanted && !add_floor(plan, floors[i], named))
            return -EINVAL;
    }
    if (plan->contestant_count == 0) {
        race_complain("there is no model to race");
        return -EINVAL;
    }
    return 0;
}
