/* SPDX-License-Identifier: MIT */
/* Locks, semaphores and gather in every order that the loop's contract leaves
 * open: fair, no lost wake-up, safe to cancel (SY1, SY4, CO1). And the same
 * with a fault planted in them, which has to be found. */
#include "base/wakeup.h"
#include "coroutines/lock.h"
#include "coroutines/sleep.h"
#include "coroutines/task.h"
#include "script.h"
#include "support/interleaved.h"

#include <list>
#include <unistd.h>
#include <vector>

/* ---- the lock, and those with a fault: see CMakeLists.txt ---- */

struct semaphore_calls {
    const struct kind *kind;
    void (*init)(struct semaphore *, struct loop *, size_t);
    struct outcome (*acquire)(struct semaphore *);
    int (*release)(struct semaphore *);
};

#define SEMAPHORE_OF(name)                                                     \
    extern "C" {                                                               \
    extern const struct kind name##_permit_kind;                               \
    void name##_semaphore_init(struct semaphore *, struct loop *, size_t);     \
    struct outcome name##_semaphore_acquire(struct semaphore *);               \
    int name##_semaphore_release(struct semaphore *);                          \
    }                                                                          \
    static const struct semaphore_calls name = {                               \
        &name##_permit_kind, name##_semaphore_init, name##_semaphore_acquire,  \
        name##_semaphore_release};

SEMAPHORE_OF(lost_permit)
SEMAPHORE_OF(forgotten_latecomer)
static const struct semaphore_calls real = {
    &permit_kind, semaphore_init, semaphore_acquire, semaphore_release};

/* ---- Tasks that take turns ---- */

namespace
{

/* What those that are inside wait for: a descriptor, ready from the first. */
struct Readable : watch {
    explicit Readable(struct loop *on)
        : watch(), loop(on), future(future_new(on))
    {
        fd = wakeup_open();
        wakeup_set(fd);
        handle.run = [](struct handle *run) {
            auto *it = static_cast<Readable *>(
                container_of(run, struct watch, handle));
            loop_watch(it->loop, it, 0);
            future_set_result(it->future, outcome_none());
        };
    }
    ~Readable()
    {
        loop_watch(loop, this, 0);
        future_unref(future);
        close(fd);
    }
    Readable(const Readable &) = delete;
    struct outcome wait()
    {
        loop_watch(loop, this, SELECT_READ);
        return future_await(future);
    }
    struct loop *loop;
    struct future *future;
};

class Turns
{
  public:
    Turns(struct interleaved_loop *on, const struct semaphore_calls *functions,
          size_t permits)
        : loop(on), calls(functions), permits_at_first(permits)
    {
        calls->init(&semaphore, loop->loop, permits);
        loop->when_quiet = [](void *turns) {
            static_cast<Turns *>(turns)->check_quiet();
        };
        loop->context = this;
    }
    ~Turns()
    {
        for (struct task *task : tasks) {
            task_close(task);
            task_unref(task);
        }
    }
    Turns(const Turns &) = delete;

    /* Takes a turn that lasts until a descriptor is ready. */
    struct task *worker()
    {
        size_t who = tasks.size();
        readables.emplace_back(loop->loop);
        Readable *readable = &readables.back();
        return start(
            [this, who, readable] { return enter(who), readable->wait(); });
    }
    /* Takes a turn that lasts this long. */
    struct task *sleeper(nanos span)
    {
        size_t who = tasks.size();
        return start([this, who, span] {
            return enter(who), sleep_for(loop->loop, span);
        });
    }
    void cancel(struct task *task, const char *name)
    {
        happens(name, [task] { task_cancel(task); });
    }
    /* A worker that comes at any moment. */
    void latecomer()
    {
        happens("a latecomer", [this] { worker(); });
    }
    /* To the end: what is wrong? */
    std::string run()
    {
        int error = loop_run(loop->loop);
        if (error)
            return std::string("the loop: ") + strerrorname_np(-error);
        if (!wrong.empty())
            return wrong;
        for (struct task *task : tasks)
            if (!future_done(task_future(task)))
                return "one waits for ever";
        return (size_t)semaphore.permits == permits_at_first
                   ? ""
                   : "a permit is lost";
    }

  private:
    void happens(const char *name, std::function<void()> what)
    {
        acts.emplace_back(name, std::move(what));
        interleaved_loop_add(loop, &acts.back());
    }
    struct task *start(std::function<struct outcome()> inside)
    {
        scripts.emplace_back(&diary);
        Script &body = scripts.back();
        size_t who = tasks.size();
        body.then([this, who] {
            arrived.push_back(who);
            return awaits(calls->acquire(&semaphore));
        });
        body.with([inside](struct outcome) { return awaits(inside()); });
        body.except([this](struct outcome got) {
            leave();
            return returns(got);
        });
        tasks.push_back(task_new(loop->loop, frame_engine.make(&body)));
        return tasks.back();
    }
    void enter(size_t who)
    {
        if (++inside_now > permits_at_first)
            wrong = "too many are inside";
        for (size_t other : entered)
            if (place_of(other) > place_of(who))
                wrong = "one has overtaken another";
        entered.push_back(who);
    }
    void check_quiet()
    {
        if (semaphore.waiting.first && semaphore.permits)
            wrong = "one waits although a permit is free";
    }
    size_t place_of(size_t who) const
    {
        size_t place = 0;
        while (arrived[place] != who)
            place++;
        return place;
    }
    void leave()
    {
        inside_now--;
        calls->release(&semaphore);
    }
    struct interleaved_loop *loop;
    const struct semaphore_calls *calls;
    struct semaphore semaphore;
    size_t permits_at_first, inside_now = 0;
    std::string diary, wrong;
    std::vector<size_t> arrived, entered;
    std::list<Script> scripts;
    std::list<Readable> readables;
    std::vector<struct task *> tasks;
    std::list<Act> acts;
};

Program lock_with(const struct semaphore_calls *calls)
{
    return [calls](struct interleaved_loop *loop) {
        Turns turns(loop, calls, 1);
        turns.worker();
        turns.cancel(turns.worker(), "cancel b");
        turns.worker();
        turns.latecomer();
        return turns.run();
    };
}

Program semaphore_with(const struct semaphore_calls *calls)
{
    return [calls](struct interleaved_loop *loop) {
        loop->late = 10;
        Turns turns(loop, calls, 2);
        turns.worker();
        turns.sleeper(10);
        turns.cancel(turns.sleeper(5), "cancel c");
        turns.latecomer();
        return turns.run();
    };
}

} // namespace

TEST(LockOrders, SY1_ALockIsFairAndLosesNoWakeUpInAnyOrder)
{
    expect_every_order(lock_with(&real));
}

TEST(LockOrders, SY4_ASemaphoreIsFairAndLosesNoWakeUpInAnyOrder)
{
    expect_every_order(semaphore_with(&real));
}

TEST(LockOrders, APermitThatACancelledTaskLosesIsFound)
{
    expect_order_found(lock_with(&lost_permit), "one waits for ever");
}

TEST(LockOrders, ALatecomerThatIsForgottenIsFound)
{
    expect_order_found(semaphore_with(&forgotten_latecomer),
                       "one waits although a permit is free");
}
