/* SPDX-License-Identifier: MIT */
/* Tasks that wait for one thing after the other and tell what came of each, on
 * an engine. */
#ifndef COROUTINES_TELLERS_H
#define COROUTINES_TELLERS_H

#include "coroutines/open_connection.h"
#include "coroutines/task.h"
#include "script.h"

#include <functional>
#include <list>
#include <string>
#include <vector>

class Tellers
{
  public:
    using Begin = std::function<struct outcome()>;

    Tellers() = default;
    Tellers(const Tellers &) = delete;
    ~Tellers()
    {
        end();
    }
    /* Ends those that still wait. */
    void end()
    {
        for (struct task *task : tasks) {
            task_close(task);
            task_unref(task);
        }
        tasks.clear();
        scripts.clear();
    }
    /* A Task that begins each of these in turn, waits, and tells. */
    struct task *teller(struct loop *loop, const struct engine *engine,
                        const std::vector<Begin> &all)
    {
        scripts.emplace_back(&unread);
        Script &body = scripts.back();
        body.then([first = all.front()] { return awaits(first()); });
        for (size_t i = 1; i < all.size(); i++)
            body.except([this, next = all[i]](struct outcome got) {
                if (outcome_failed_with(&got, &generator_exit_type))
                    return returns(got);
                tell(got);
                return awaits(next());
            });
        body.except([this](struct outcome got) {
            if (outcome_failed_with(&got, &generator_exit_type))
                return returns(got);
            tell(got);
            return returns(0);
        });
        tasks.push_back(task_new(loop, engine->make(&body)));
        return tasks.back();
    }
    /* What was told since the last time. */
    std::string since()
    {
        std::string text;
        std::swap(text, told);
        return text;
    }
    std::string told;                /* what came, with a blank behind each */
    struct stream *opened = nullptr; /* the stream that came last: the test's */

  private:
    void tell(struct outcome got)
    {
        told += seen(&got) + " ";
        if (got.kind == &stream_kind)
            opened = static_cast<struct stream *>(got.pointer);
        else
            outcome_drop(got);
    }
    std::string unread;
    std::list<Script> scripts;
    std::vector<struct task *> tasks;
};

#endif
