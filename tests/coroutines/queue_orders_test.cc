/* SPDX-License-Identifier: MIT */
/* A queue in every order that the loop's contract leaves open (SY5): items come
 * out as they went in, no getter waits beside an item, and a cancelled one
 * loses none. And with a fault planted in it, which has to be found. */
#include "coroutines/queue.h"
#include "coroutines/task.h"
#include "script.h"
#include "support/interleaved.h"

#include <list>
#include <vector>

extern "C" {
void lost_claim_queue_init(struct queue *, struct loop *, size_t);
void lost_claim_queue_deinit(struct queue *);
int lost_claim_queue_put_nowait(struct queue *, struct outcome);
struct outcome lost_claim_queue_get(struct queue *);
}

namespace
{

struct queue_calls {
    void (*init)(struct queue *, struct loop *, size_t);
    void (*deinit)(struct queue *);
    int (*put_nowait)(struct queue *, struct outcome);
    struct outcome (*get)(struct queue *);
};

const struct queue_calls real = {queue_init, queue_deinit, queue_put_nowait,
                                 queue_get};
const struct queue_calls lost_claim = {
    lost_claim_queue_init, lost_claim_queue_deinit, lost_claim_queue_put_nowait,
    lost_claim_queue_get};

class Getting
{
  public:
    Getting(struct interleaved_loop *on, const struct queue_calls *functions)
        : loop(on), calls(functions)
    {
        calls->init(&queue, loop->loop, 0);
    }
    ~Getting()
    {
        for (struct task *task : tasks) {
            task_close(task);
            task_unref(task);
        }
        calls->deinit(&queue);
    }
    Getting(const Getting &) = delete;

    struct task *getter()
    {
        scripts.emplace_back(&diary);
        Script &body = scripts.back();
        body.then([this] { return awaits(calls->get(&queue)); });
        body.with([this](struct outcome item) {
            got.push_back(item.number);
            return returns(0);
        });
        tasks.push_back(task_new(loop->loop, frame_engine.make(&body)));
        return tasks.back();
    }
    void happens(const char *name, std::function<void()> what)
    {
        acts.emplace_back(name, std::move(what));
        interleaved_loop_add(loop, &acts.back());
    }
    void put(const char *name)
    {
        happens(name, [this] {
            calls->put_nowait(&queue, outcome_number(++put_so_far));
        });
    }
    std::string run()
    {
        if (loop_run(loop->loop))
            return "the loop has failed";
        for (size_t i = 0; i < got.size(); i++)
            if (got[i] != (intptr_t)i + 1)
                return "items have changed their places";
        if (queue.getters.first && !queue_empty(&queue))
            return "one waits although there is an item";
        return queue.claimed ? "an item is claimed for ever" : "";
    }

  private:
    struct interleaved_loop *loop;
    const struct queue_calls *calls;
    struct queue queue;
    std::string diary;
    intptr_t put_so_far = 0;
    std::vector<intptr_t> got;
    std::vector<struct task *> tasks;
    std::list<Script> scripts;
    std::list<Act> acts;
};

Program getting(const struct queue_calls *calls)
{
    return [calls](struct interleaved_loop *loop) {
        Getting it(loop, calls);
        struct task *cancelled = it.getter();
        it.getter();
        it.put("put");
        it.put("put again");
        it.happens("cancel a", [cancelled] { task_cancel(cancelled); });
        it.happens("a latecomer", [&it] { it.getter(); });
        return it.run();
    };
}

} // namespace

TEST(QueueOrders, SY5_ItemsComeInOrderAndNoWakeUpIsLostInAnyOrder)
{
    expect_every_order(getting(&real));
}

TEST(QueueOrders, AnItemThatACancelledGetterLosesIsFound)
{
    expect_order_found(getting(&lost_claim),
                       "one waits although there is an item");
}
