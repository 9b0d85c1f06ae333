/* SPDX-License-Identifier: MIT */
/* What loops watch: the kernel has the list of epoll; select and poll have
 * lists of their own. */
#include "harness/ps/look.h"

#include "callbacks/loop.h"
#include "nonblocking/epoll_entry.h"

#include <dirent.h>
#include <poll.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

/* `data` is the selector's pointer for the descriptor, which need not be a
 * watch of a loop. */
static void add_watch(struct snapshot *snapshot, struct target *target, int fd,
                      place data)
{
    struct watch watch;
    bool unstable = target->unstable;
    if (!target_read(target, data, &watch, sizeof watch) || watch.fd != fd ||
        !target_symbol(target, (uintptr_t)watch.handle.run)) {
        target->unstable = unstable;
        return;
    }
    struct shown_handle shown = {.kind = SHOWN_WATCHED,
                                 .at = data + offsetof(struct watch, handle),
                                 .order = fd,
                                 .interest = watch.interest,
                                 .unread = -1,
                                 .was_ready = watch.ready != 0};
    look_add_handle(snapshot, target, shown, (uintptr_t)watch.handle.run);
}

/* ---- select ---- */

static void look_select(struct snapshot *snapshot, struct target *target,
                        place selector)
{
    struct select_layout layout;
    fd_set watched[2];
    int end = 0;
    if (!target_read(target, target_variable(target, "select_layout"), &layout,
                     sizeof layout) ||
        !target_read(target, selector + layout.watched, watched,
                     sizeof watched) ||
        !target_read(target, selector + layout.end, &end, sizeof end))
        return;
    for (int fd = 0; fd < end && fd < FD_SETSIZE; fd++)
        if (FD_ISSET(fd, &watched[0]) || FD_ISSET(fd, &watched[1]))
            add_watch(snapshot, target, fd,
                      target_pointer(target, selector + layout.data +
                                                 (place)fd * sizeof(void *)));
}

/* ---- poll ---- */

static void look_poll(struct snapshot *snapshot, struct target *target,
                      place selector)
{
    struct poll_layout layout;
    struct pollfd one;
    int count = 0;
    if (!target_read(target, target_variable(target, "poll_layout"), &layout,
                     sizeof layout) ||
        !target_read(target, selector + layout.count, &count, sizeof count))
        return;
    place list = target_pointer(target, selector + layout.list);
    place data = target_pointer(target, selector + layout.data);
    for (int i = 0; i < count; i++) {
        if (!target_read(target, list + (place)i * sizeof one, &one,
                         sizeof one))
            return;
        add_watch(snapshot, target, one.fd,
                  target_pointer(target, data + (place)i * sizeof(void *)));
    }
}

void look_selector(struct snapshot *snapshot, struct target *target,
                   place selector)
{
    place ops = selector ? target_pointer(target, selector) : 0;
    if (target_is(target, ops, "select_selector"))
        look_select(snapshot, target, selector);
    else if (target_is(target, ops, "poll_selector"))
        look_poll(snapshot, target, selector);
}

/* ---- epoll ---- */

/* Other code than our loops may use epoll, too: then `data` is not a watch. */
static void look_epoll(struct snapshot *snapshot, struct target *target,
                       FILE *list)
{
    char line[256];
    while (fgets(line, sizeof line, list)) {
        struct epoll_entry entry;
        if (epoll_entry_read(&entry, line))
            add_watch(snapshot, target, entry.fd, entry.data);
    }
}

static bool is_epoll(struct target *target, const char *fd)
{
    char path[300], leads[64];
    snprintf(path, sizeof path, "/proc/%d/fd/%s", (int)target->pid, fd);
    ssize_t size = readlink(path, leads, sizeof leads - 1);
    leads[size > 0 ? size : 0] = '\0';
    return !strcmp(leads, "anon_inode:[eventpoll]");
}

void look_epolls(struct snapshot *snapshot, struct target *target)
{
    char path[300];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)target->pid);
    DIR *all = target_folder(target, path);
    const struct dirent *one;
    while (all && (one = readdir(all))) {
        if (!is_epoll(target, one->d_name))
            continue;
        snprintf(path, sizeof path, "/proc/%d/fdinfo/%s", (int)target->pid,
                 one->d_name);
        FILE *list = target_file(target, path);
        if (list) {
            look_epoll(snapshot, target, list);
            fclose(list);
        }
    }
    if (all)
        closedir(all);
}
