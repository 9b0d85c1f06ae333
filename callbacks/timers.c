/* SPDX-License-Identifier: MIT */
/* A pairing heap: no handle is earlier than its parent, and that is all the
 * order there is. The children of a handle are a list:
 *
 *     handle->child      its first child
 *     child->next        the next child of the same parent; NULL: the last
 *     child->previous    the one before; for the first child, the parent
 *
 * To set a timer is to compare it with the top; the later one of the two
 * becomes the other's child. The work comes when the top leaves: its children
 * are merged in pairs from left to right, and the pairs into one heap from
 * right to left. (Fredman, Sedgewick, Sleator, Tarjan: "The pairing heap: a new
 * form of self-adjusting heap", 1986.)
 *
 * With many timers the comparisons are cheap, but the handles that are compared
 * come from all over the memory. Two things keep them in the cache:
 *
 * - Timeouts are most often set in the order in which they are due. A timer
 *   that is not earlier than the one set before it becomes its child, and
 *   nothing else is looked at.
 * - Timers that were set recently are in a heap of their own. Before it is too
 *   large for the cache, it is emptied in order into a chain, in which each
 *   handle is the only child of the one before: a heap like any other, but one
 *   of which only the first handle is compared with others. It is merged into
 *   the second heap, which holds all the chains.
 */
#include "callbacks/timers.h"

#include "base/contract.h"

/* How many timers are set before they are sorted: 4096 handles fit into the
 * cache. */
enum { RECENT_MAX = 4096 };

static void add_child(struct handle *parent, struct handle *child)
{
    child->next = parent->child;
    child->previous = parent;
    if (child->next)
        child->next->previous = child;
    parent->child = child;
}

/* Two heaps become one. */
static struct handle *merge(struct handle *a, struct handle *b)
{
    if (!a || !b)
        return a ? a : b;
    struct handle *top = timers_before(a, b) ? a : b;
    add_child(top, top == a ? b : a);
    return top;
}

/* Merges neighbours in a list of heaps. The pairs come out last first. A loop
 * and not a recursion, for thousands may have one parent. */
static struct handle *merge_pairs(struct handle *list)
{
    struct handle *pairs = NULL;
    while (list) {
        struct handle *first = list, *second = list->next;
        list = second ? second->next : NULL;
        struct handle *pair = merge(first, second);
        pair->next = pairs;
        pairs = pair;
    }
    return pairs;
}

/* Removes the top of a heap and returns the rest, NULL when nothing is left. */
static struct handle *merge_children(struct handle *top)
{
    struct handle *pairs = merge_pairs(top->child), *merged = NULL;
    while (pairs) {
        struct handle *next = pairs->next;
        merged = merge(merged, pairs);
        pairs = next;
    }
    if (merged)
        merged->next = merged->previous = NULL;
    return merged;
}

/* Turns the recent timers into a chain. */
static void sort_recent(struct timers *timers)
{
    struct handle *head = timers->recent, *tail = NULL;
    while (timers->recent) {
        struct handle *top = timers->recent;
        timers->recent = merge_children(top);
        top->child = NULL;
        if (tail)
            add_child(tail, top);
        tail = top;
    }
    timers->sorted = merge(timers->sorted, head);
    timers->unsorted = 0;
}

static void find_first(struct timers *timers)
{
    struct handle *a = timers->recent, *b = timers->sorted;
    timers->first = !a || (b && timers_before(b, a)) ? b : a;
}

void timers_set(struct timers *timers, struct handle *handle, nanos when)
{
    REQUIRE(handle->state == HANDLE_IDLE,
            "timers_set: the handle is in no queue and in no heap");
    struct handle *last = timers->last;
    handle->state = HANDLE_TIMED;
    handle->when = when;
    handle->sequence = timers->sequence++;
    handle->next = handle->previous = handle->child = NULL;
    timers->last = handle;
    if (last && !timers_before(handle, last)) {
        add_child(last, handle);
        return;
    }
    timers->recent = merge(timers->recent, handle);
    if (++timers->unsorted == RECENT_MAX)
        sort_recent(timers);
    find_first(timers);
}

/* Replaces a child by another heap, or by nothing. */
static void replace_child(struct handle *child, struct handle *heap)
{
    struct handle *before = child->previous, *after = child->next;
    struct handle *here = heap ? heap : after;
    if (before->child == child)
        before->child = here;
    else
        before->next = here;
    if (after)
        after->previous = heap ? heap : before;
    if (heap) {
        heap->previous = before;
        heap->next = after;
    }
}

void timers_remove(struct timers *timers, struct handle *handle)
{
    REQUIRE(handle->state == HANDLE_TIMED,
            "timers_remove: the handle is in the heap");
    struct handle *below = merge_children(handle);
    handle->state = HANDLE_IDLE;
    if (timers->last == handle)
        timers->last = NULL;
    if (timers->recent == handle)
        timers->recent = below;
    else if (timers->sorted == handle)
        timers->sorted = below;
    else
        replace_child(handle, below);
    if (timers->first == handle)
        find_first(timers);
}

/* ---- inspection ---- */

static const struct handle *parent_of(const struct handle *child)
{
    while (child->previous && child->previous->child != child)
        child = child->previous;
    return child->previous;
}

/* The next one when each comes before its children, and they before its
 * siblings; NULL after the last. */
static const struct handle *next_in_tree(const struct handle *handle)
{
    if (handle->child)
        return handle->child;
    while (handle && !handle->next)
        handle = parent_of(handle);
    return handle ? handle->next : NULL;
}

void timers_each(const struct timers *timers, handle_show *show, void *context)
{
    const struct handle *tops[] = {timers->recent, timers->sorted};
    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++)
        for (const struct handle *one = tops[i]; one; one = next_in_tree(one))
            show(context, one);
}
