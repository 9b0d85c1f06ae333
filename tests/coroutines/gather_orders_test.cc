/* SPDX-License-Identifier: MIT */
/* gather in every order (CO1): its children end, fail and are cancelled, and it
 * is cancelled itself, at any moment. */
#include "coroutines/gather.h"
#include "coroutines/task.h"
#include "script.h"
#include "support/interleaved.h"

#include <cerrno>
#include <list>
#include <vector>

namespace
{

/* Tasks that wait for a Future each, and one more that gathers them. */
class Gathering
{
  public:
    explicit Gathering(struct interleaved_loop *on) : loop(on)
    {
    }
    ~Gathering()
    {
        for (struct task *task : tasks) {
            task_close(task);
            task_unref(task);
        }
        future_unref(all);
        for (struct future *future : futures)
            future_unref(future);
    }
    Gathering(const Gathering &) = delete;

    void child()
    {
        struct future *future = future_new(loop->loop);
        futures.push_back(future);
        start().then([future] { return awaits(future_await(future)); });
        make();
    }
    void gather(bool return_exceptions)
    {
        std::vector<struct future *> given;
        for (struct task *task : tasks)
            given.push_back(future_ref(task_future(task)));
        all = future_gather(loop->loop, given.data(), given.size(),
                            return_exceptions);
        Script &body = start();
        body.then([this] { return awaits(future_await(all)); });
        body.with([](struct outcome got) { return returns(got); });
        make();
    }
    void happens(const char *name, std::function<void()> what)
    {
        acts.emplace_back(name, std::move(what));
        interleaved_loop_add(loop, &acts.back());
    }
    void ends(size_t i)
    {
        happens("end", [this, i] {
            future_set_result(futures[i], outcome_number(1));
        });
    }
    void fails(size_t i)
    {
        happens("fail", [this, i] { future_finish(futures[i], a_failure()); });
    }
    void is_cancelled(size_t i)
    {
        happens("cancel", [this, i] { task_cancel(tasks[i]); });
    }
    int run()
    {
        return loop_run(loop->loop);
    }
    std::string result(size_t i) const
    {
        const struct outcome *outcome = nullptr;
        return future_result(task_future(tasks[i]), &outcome) ? "pending"
                                                              : seen(outcome);
    }
    Reports reports; /* of failures that a cancelled child does not look at */
    struct interleaved_loop *loop;
    std::vector<struct future *> futures;
    std::vector<struct task *> tasks;

  private:
    Script &start()
    {
        scripts.emplace_back(&diary);
        return scripts.back();
    }
    void make()
    {
        Script &body = scripts.back();
        tasks.push_back(task_new(loop->loop, frame_engine.make(&body)));
    }
    struct future *all = nullptr;
    std::string diary;
    std::list<Script> scripts;
    std::list<Act> acts;
};

} // namespace

TEST(GatherOrders, CO1_HasAllValuesInTheOrderOfItsArgumentsWhateverEndsFirst)
{
    expect_every_order([](struct interleaved_loop *loop) {
        Gathering it(loop);
        for (size_t i = 0; i < 3; i++) {
            it.child();
            it.ends(i);
        }
        it.gather(false);
        int error = it.run();
        return !error && it.result(3) == "[None, None, None]" ? ""
                                                              : it.result(3);
    });
}

/* The failure comes out, unless the cancel came before; then each child that
 * was not over is cancelled. */
static std::string fails_or_is_cancelled(struct interleaved_loop *loop)
{
    Gathering it(loop);
    it.child();
    it.child();
    it.gather(false);
    it.fails(0);
    it.is_cancelled(2);
    if (it.run())
        return "the loop has failed";
    std::string result = it.result(2);
    bool cancelled = result == "CancelledError()";
    if (!cancelled && result != "OSError(no)")
        return result;
    if (it.result(0) == "pending")
        return "the first one waits for ever";
    if (cancelled && it.result(0) == "CancelledError()" &&
        it.result(1) != "CancelledError()")
        return "only one was cancelled: " + it.result(1);
    return "";
}

TEST(GatherOrders, CO1_FailsOrIsCancelledAndNeverBoth)
{
    expect_every_order(fails_or_is_cancelled);
}

TEST(GatherOrders, CO1_WithExceptionsAmongItsValuesWaitsForAll)
{
    expect_every_order([](struct interleaved_loop *loop) {
        Gathering it(loop);
        it.child();
        it.child();
        it.child();
        it.gather(true);
        it.fails(0);
        it.ends(1);
        it.is_cancelled(2);
        if (it.run())
            return std::string("the loop has failed");
        std::string result = it.result(3);
        return result == "[OSError(no), None, CancelledError()]" ? "" : result;
    });
}
