/* SPDX-License-Identifier: MIT */
#include "deferreds/list.h"

#include "base/contract.h"
#include "callbacks/wait_shape.h"
#include "deferreds/rung_name.h"

#include <stdlib.h>

/* ---- values ---- */

static void list_drop(struct outcome outcome)
{
    struct outcome_list *list = outcome.pointer;
    for (size_t i = 0; i < list->count; i++)
        outcome_drop(list->outcomes[i]);
    free(list);
}

static void list_print(const struct outcome *outcome, struct buffer *out)
{
    const struct outcome_list *list = outcome->pointer;
    for (size_t i = 0; i < list->count; i++) {
        buffer_append_text(out, i ? ", " : "[");
        outcome_print(&list->outcomes[i], out);
    }
    buffer_append_text(out, list->count ? "]" : "[]");
}

static void first_drop(struct outcome outcome)
{
    struct outcome_at *first = outcome.pointer;
    outcome_drop(first->outcome);
    free(first);
}

static void first_print(const struct outcome *outcome, struct buffer *out)
{
    const struct outcome_at *first = outcome->pointer;
    buffer_print(out, "(%zu, ", first->index);
    outcome_print(&first->outcome, out);
    buffer_append_text(out, ")");
}

const struct kind list_kind = {
    .name = "list", .drop = list_drop, .print = list_print};
const struct kind first_kind = {
    .name = "first", .drop = first_drop, .print = first_print};

const struct failure_type first_error_type = {"FirstError", NULL};
const struct failure_type failure_group_type = {"FailureGroup", NULL};

/* ---- the list and its members ---- */

struct member {
    struct list *list;
    struct deferred *deferred; /* NULL: it has fired, and the list does not own
                                * it any more */
};

/* Lives until its own Deferred has ended and every member has fired. What it
 * may have to hand out is allocated at the beginning. */
struct list {
    struct deferred deferred; /* what the caller has */
    size_t references;
    size_t count, left;
    unsigned flags;
    bool races;
    struct outcome_list *outcomes; /* NULL: handed out */
    struct outcome_at *first;      /* NULL: handed out, or not needed */
    struct member members[];
};

static void list_unref(struct list *list)
{
    if (--list->references)
        return;
    if (list->outcomes)
        list_drop(outcome_value(&list_kind, list->outcomes));
    free(list->first);
    free(list);
}

static void list_release(struct deferred *deferred)
{
    list_unref(container_of(deferred, struct list, deferred));
}
WAIT_SHAPE_BY(list_release, "DeferredList", struct list, deferred,
              {WAIT_SEVERAL_IN, offsetof(struct list, members),
               offsetof(struct list, count), sizeof(struct member),
               offsetof(struct member, deferred)});

static void cancel_members(struct list *list)
{
    list->references++;
    for (size_t i = 0; i < list->count; i++)
        if (list->members[i].deferred)
            deferred_cancel(list->members[i].deferred);
    list_unref(list);
}

/* Cancelled members fail, so as a rule the list has fired when all have been
 * cancelled. A member whose canceller takes its time fires it later. */
static bool cancel_list(struct deferred *deferred)
{
    struct list *list = container_of(deferred, struct list, deferred);
    cancel_members(list);
    return list->left > 0;
}

/* ---- what a member's end means ---- */

static void fire_with_all(struct list *list)
{
    struct outcome outcomes = outcome_value(&list_kind, list->outcomes);
    list->outcomes = NULL;
    if (list->races)
        outcomes = outcome_detailed(
            outcome_fail(&failure_group_type, 0, "all %zu failed", list->count),
            outcomes);
    deferred_fire(&list->deferred, outcomes);
}

static void fire_with_first(struct list *list, size_t index)
{
    *list->first = (struct outcome_at){
        index, outcome_take(&list->outcomes->outcomes[index])};
    struct outcome first = outcome_value(&first_kind, list->first);
    list->first = NULL;
    deferred_fire(&list->deferred, first);
    if (list->races)
        cancel_members(list);
}

static void fire_with_error(struct list *list, size_t index)
{
    struct outcome cause = outcome_take(&list->outcomes->outcomes[index]);
    struct outcome error =
        outcome_fail(&first_error_type, (int)index, "member %zu", index);
    deferred_fire(&list->deferred, outcome_because(error, cause));
}

/* The list gets a share of the outcome with which the member goes on. A value
 * that can have one owner only goes to the list: outcome_share then leaves a
 * failure in its place, which is dropped, and the member goes on with None. */
static struct outcome share_with_list(struct list *list, size_t index,
                                      struct outcome outcome)
{
    bool failed = outcome_is_failure(&outcome);
    list->outcomes->outcomes[index] = outcome_share(&outcome);
    bool taken = !failed && outcome_is_failure(&outcome);
    if (taken || (failed && list->flags & CONSUME_ERRORS))
        outcome_drop(outcome_take(&outcome));
    return outcome;
}

/* The list's Deferred fires once. Members that come later are only counted. */
static void settle_member(struct list *list, size_t index)
{
    bool failed = outcome_is_failure(&list->outcomes->outcomes[index]);
    if (!failed && list->flags & FIRE_ON_ONE_CALLBACK)
        fire_with_first(list, index);
    else if (failed && list->flags & FIRE_ON_ONE_ERRBACK)
        fire_with_error(list, index);
    else if (list->left == 0)
        fire_with_all(list);
}

/* The member is running, so it does not end before this rung has returned. */
static struct outcome on_member(void *context, struct outcome outcome)
{
    struct member *member = context;
    struct list *list = member->list;
    struct deferred *deferred = member->deferred;
    member->deferred = NULL;
    list->left--;
    if (!list->deferred.fired) {
        size_t index = (size_t)(member - list->members);
        outcome = share_with_list(list, index, outcome);
        settle_member(list, index);
    } else if (outcome_is_failure(&outcome) && list->flags & CONSUME_ERRORS) {
        outcome_drop(outcome_take(&outcome));
    }
    deferred_detach(deferred);
    list_unref(list);
    return outcome;
}
RUNG_NAME(on_member);

/* ---- making one ---- */

struct outcome_list *outcome_list_new(size_t count)
{
    struct outcome_list *list =
        calloc(1, sizeof *list + count * sizeof(struct outcome));
    if (!list)
        return NULL;
    list->count = count;
    list->outcomes = (struct outcome *)(list + 1);
    return list;
}

static struct list *list_new(size_t count, unsigned flags)
{
    struct list *list = calloc(1, sizeof *list + count * sizeof(struct member));
    struct outcome_list *outcomes = outcome_list_new(count);
    struct outcome_at *first = calloc(1, sizeof *first);
    if (!list || !outcomes || !first) {
        free(list);
        free(outcomes);
        free(first);
        return NULL;
    }
    deferred_init(&list->deferred, cancel_list);
    list->deferred.release = list_release;
    list->references = 1 + count;
    list->count = list->left = count;
    list->flags = flags;
    list->outcomes = outcomes;
    list->first = first;
    return list;
}

/* Without memory for a rung the member counts as failed, and the list goes on
 * with the others. */
static void add_member(struct list *list, size_t index,
                       struct deferred *deferred)
{
    struct member *member = &list->members[index];
    *member = (struct member){list, deferred};
    if (!deferred_add_both(deferred, on_member, member))
        return;
    outcome_drop(on_member(member, outcome_failure(&failure_no_memory)));
}

static struct deferred *make(struct deferred *const *members, size_t count,
                             unsigned flags, bool races)
{
    struct list *list = list_new(count, flags);
    if (!list) {
        for (size_t i = 0; i < count; i++)
            deferred_drop(members[i]);
        return NULL;
    }
    list->races = races;
    /* Held while it is being made, whatever the members do. */
    list->references++;
    for (size_t i = 0; i < count; i++)
        list->members[i] = (struct member){list, members[i]};
    for (size_t i = 0; i < count; i++)
        add_member(list, i, members[i]);
    if (count == 0 && !(flags & FIRE_ON_ONE_CALLBACK))
        fire_with_all(list);
    list_unref(list);
    return &list->deferred;
}

struct deferred *deferred_list(struct deferred *const *members, size_t count,
                               unsigned flags)
{
    return make(members, count, flags, false);
}

/* Fires with an error at the first failure, so the list with which it fires has
 * only values. */
struct deferred *deferred_gather(struct deferred *const *members, size_t count,
                                 unsigned flags)
{
    REQUIRE(!(flags & ~(unsigned)CONSUME_ERRORS),
            "deferred_gather: flags is 0 or CONSUME_ERRORS");
    return make(members, count, flags | FIRE_ON_ONE_ERRBACK, false);
}

struct deferred *deferred_race(struct deferred *const *members, size_t count)
{
    REQUIRE(count > 0, "deferred_race: there is at least one member");
    return make(members, count, FIRE_ON_ONE_CALLBACK | CONSUME_ERRORS, true);
}
