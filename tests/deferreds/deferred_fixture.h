/* SPDX-License-Identifier: MIT */
/* Rungs that keep a diary of what passed through them, for tests of any core
 * behind deferreds/deferred.h. */
#ifndef DEFERREDS_DEFERRED_FIXTURE_H
#define DEFERREDS_DEFERRED_FIXTURE_H

#include "callbacks/failure.h"
#include "deferreds/deferred.h"
#include "support/outcomes.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <list>
#include <string>
#include <utility>

class DeferredTest : public testing::Test
{
  public:
    /* What a rung does with what it is given; owned by the test. */
    struct Rung {
        DeferredTest *test;
        std::string name;
        std::function<struct outcome(struct outcome)> answer;
        bool silent = false;
    };

  protected:
    /* A rung that writes "name(outcome) " and answers with `answer`. */
    Rung *rung(const std::string &name,
               std::function<struct outcome(struct outcome)> answer = same)
    {
        rungs.push_back(Rung{this, name, std::move(answer)});
        return &rungs.back();
    }
    Rung *silently(std::function<struct outcome(struct outcome)> answer)
    {
        Rung *made = rung("", std::move(answer));
        made->silent = true;
        return made;
    }
    static struct outcome same(struct outcome outcome)
    {
        return outcome;
    }
    static struct outcome fails(struct outcome outcome)
    {
        outcome_drop(outcome);
        return outcome_fail(&system_type, -EIO, "no");
    }
    static struct outcome mends(struct outcome outcome)
    {
        outcome_drop(outcome);
        return outcome_text("mended");
    }
    /* Answers with this Deferred, which is handed on. */
    static std::function<struct outcome(struct outcome)>
    asks(struct deferred *other)
    {
        return [other](struct outcome outcome) {
            outcome_drop(outcome);
            return outcome_deferred(other);
        };
    }

    static void callback(struct deferred *deferred, Rung *rung)
    {
        ASSERT_EQ(deferred_add_callback(deferred, run, rung), 0);
    }
    static void errback(struct deferred *deferred, Rung *rung)
    {
        ASSERT_EQ(deferred_add_errback(deferred, run, rung), 0);
    }
    static void both(struct deferred *deferred, Rung *rung)
    {
        ASSERT_EQ(deferred_add_both(deferred, run, rung), 0);
    }
    /* A level with two sides, told apart by their names. */
    void level(struct deferred *deferred, Rung *left, Rung *right)
    {
        levels.push_back({left, right});
        ASSERT_EQ(deferred_add_callbacks(deferred, run_left, run_right,
                                         &levels.back()),
                  0);
    }
    static int fire(struct deferred *deferred, intptr_t number)
    {
        return deferred_callback(deferred, outcome_number(number));
    }

    static struct outcome run(void *context, struct outcome outcome)
    {
        auto *rung = static_cast<Rung *>(context);
        if (!rung->silent) {
            struct outcome seen = outcome_share(&outcome);
            rung->test->diary += rung->name + "(" + shown(seen) + ") ";
        }
        return rung->answer(outcome);
    }

    std::string diary;
    Reports reports;

  private:
    struct Level {
        Rung *left, *right;
    };
    static struct outcome run_left(void *context, struct outcome outcome)
    {
        return run(static_cast<Level *>(context)->left, outcome);
    }
    static struct outcome run_right(void *context, struct outcome outcome)
    {
        return run(static_cast<Level *>(context)->right, outcome);
    }
    std::list<Rung> rungs;
    std::list<Level> levels;
};

/* Counts how often it was asked, and released. */
struct with_canceller {
    struct deferred deferred;
    std::function<bool()> cancel;
    int cancelled = 0, released = 0;

    explicit with_canceller(std::function<bool()> function)
        : deferred(), cancel(std::move(function))
    {
        deferred_init(&deferred, [](struct deferred *d) {
            with_canceller *self = of(d);
            self->cancelled++;
            return self->cancel();
        });
        deferred.release = [](struct deferred *d) { of(d)->released++; };
    }
    static with_canceller *of(struct deferred *d)
    {
        return reinterpret_cast<with_canceller *>(d);
    }
};

#endif
