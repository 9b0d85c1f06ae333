/* SPDX-License-Identifier: MIT */
/* The memory of another program, which may change while it is looked at, so
 * that anything may be in it. The program is tests/ps/waiting.c; the input says
 * what is read in place of what is there: four bytes for each change. */
#include "fuzz.h"

#include "harness/ps/print.h"
#include "harness/ps/snapshot.h"
#include "harness/ps/warnings.h"
#include "support/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sys/prctl.h>
#include <unistd.h>

namespace
{

/* It ends by itself after some minutes, and with us. */
class Waiting
{
  public:
    ~Waiting()
    {
        end();
    }
    /* NULL: no program may look into another one here. */
    struct target *look()
    {
        if (pid > 0 && waitpid(pid, nullptr, WNOHANG) == pid)
            pid = -1;
        if (pid < 0)
            begin();
        return pid > 0 ? &target : nullptr;
    }

  private:
    void begin()
    {
        end();
        char line[32];
        int out[2];
        if (pipe(out))
            abort();
        pid = fork();
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            dup2(out[1], STDOUT_FILENO);
            execl(WAITING, WAITING, "nine", nullptr);
            _exit(127);
        }
        close(out[1]);
        ssize_t said;
        do /* the fuzzer has a timer */
            said = read(out[0], line, sizeof line);
        while (said < 0 && errno == EINTR);
        close(out[0]);
        if (pid < 0 || said <= 0)
            abort();
        if (target_open(&target, pid))
            end();
        else
            is_open = true;
    }
    void end()
    {
        if (is_open)
            target_close(&target);
        if (pid > 0)
            end_child(pid);
        pid = -1;
        is_open = false;
    }
    struct target target;
    pid_t pid = -1;
    bool is_open = false;
};

/* Changes what is read. */
struct Changed : target {
    std::string_view changes;
    bool (*truly)(struct target *, place, void *, size_t);
    size_t reads = 0, due = 0;
    std::array<place, 256> places = {};

    bool change(void *to, size_t size)
    {
        size_t at = static_cast<unsigned char>(changes[1]) * 4U % size;
        auto byte = static_cast<unsigned char>(changes[3]);
        int what = changes[2] & 3;
        changes.remove_prefix(4);
        char *place = static_cast<char *>(to) + at;
        size_t room = std::min(sizeof(uint64_t), size - at);
        if (what == 0)
            *place = static_cast<char>(byte);
        else if (what == 1)
            memset(place, byte, room);
        else if (what == 2) /* where something else is: a circle, perhaps */
            memcpy(place, &places[(reads - 1 - byte) % places.size()], room);
        return what != 3;
    }
    static bool copy_changed(struct target *target, place from, void *to,
                             size_t size)
    {
        auto *self = static_cast<Changed *>(target);
        self->places[self->reads++ % self->places.size()] = from;
        bool can = self->truly(target, from, to, size);
        if (!can || size == 0 || self->changes.size() < 4)
            return can;
        if (self->due++ < static_cast<unsigned char>(self->changes[0]))
            return true;
        self->due = 0;
        return self->change(to, size);
    }
};

} /* namespace */

static void print_all(struct snapshot *snapshots, struct target *target)
{
    FILE *null = fopen("/dev/null", "we");
    print_ps(&snapshots[1], null);
    print_pstree(&snapshots[1], null);
    warnings_find(
        target, snapshots, 2,
        [](void *, const char *sentence) {
            fuzz_require(*sentence, "a warning is a sentence");
        },
        nullptr);
    fclose(null);
}

void fuzz_ps(std::string_view input)
{
    static Waiting waiting;
    struct target *target = waiting.look();
    if (!target)
        return;
    Changed changed = {};
    static_cast<struct target &>(changed) = *target;
    changed.line_count = KNOWN_LINES_MAX; /* addr2line is not asked */
    changed.names = nullptr;
    changed.shapes = nullptr;
    changed.changes = input;
    changed.truly = target->copy;
    changed.copy = Changed::copy_changed;
    struct snapshot snapshots[2];
    for (struct snapshot &snapshot : snapshots) {
        int error = snapshot_take(&snapshot, &changed);
        fuzz_require(error == 0 || error == -ESRCH, "it is looked at");
        fuzz_require(!snapshot.cut, "it takes no more memory than there is");
    }
    print_all(snapshots, &changed);
    for (struct snapshot &snapshot : snapshots)
        snapshot_free(&snapshot);
    free(changed.names);
    free(changed.shapes);
}
