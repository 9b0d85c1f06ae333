/* SPDX-License-Identifier: MIT */
/* For the check: Deferreds that are cleaned up whatever becomes of them, rungs
 * that write down what they are called with, and the drawing. */
#ifndef LESSONS_E2_LADDERS_H
#define LESSONS_E2_LADDERS_H

#include "callbacks/failure.h"
#include "deferreds/ladder.h"
#include "deferreds/notes.h"
#include "deferreds/rung_name.h"
#include "lessons/check/words.h"
#include "support/outcomes.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

/* A Deferred that stays the check's. */
struct Made {
    explicit Made(deferred_canceller *canceller = nullptr)
    {
        deferred_init(&deferred, canceller);
    }
    ~Made()
    {
        if (!outcome_is_pending(&deferred.outcome))
            outcome_drop(outcome_take(&deferred.outcome));
        if (deferred.rungs != deferred.own)
            free(deferred.rungs);
    }
    Made(const Made &) = delete;
    struct deferred deferred;
};

/* Something to wait for that is not a Deferred; its outcome is 60. */
struct Promise : awaitable {
    Promise() : awaitable()
    {
        static const struct awaitable_ops all = {
            "Promise",
            false,
            [](const struct awaitable *self) { return of(self)->is_ready; },
            [](struct awaitable *self) {
                mine(self)->taken++;
                return outcome_number(60);
            },
            [](struct awaitable *self, struct handle *handle) {
                mine(self)->waiter = handle;
            },
            [](struct awaitable *self, struct handle *) {
                mine(self)->waiter = nullptr;
            },
            [](struct awaitable *self) {
                mine(self)->cancelled++;
                return true;
            },
            [](struct awaitable *) {},
        };
        ops = &all;
    }
    static const Promise *of(const struct awaitable *self)
    {
        return static_cast<const Promise *>(self);
    }
    static Promise *mine(struct awaitable *self)
    {
        return static_cast<Promise *>(self);
    }
    bool is_ready = false;
    int taken = 0, cancelled = 0;
    struct handle *waiter = nullptr;
};

class Ladders : public testing::Test
{
  public:
    std::string trace; /* what was called, and with what */
    std::function<struct outcome(struct outcome)> then;
    struct deferred *other = nullptr;
    int asked = 0;
    bool quiet = false;
    inline static Ladders *current = nullptr;

    void note(const std::string &what)
    {
        if (!quiet && trace.size() < 400)
            trace += (trace.empty() ? "" : ", ") + what;
    }

    static std::string shown_of(const struct outcome &outcome)
    {
        struct buffer text = {};
        outcome_print(&outcome, &text);
        return text_of(&text);
    }

    static std::string value_of(const Made &made)
    {
        return shown_of(made.deferred.outcome);
    }

  protected:
    Reports reports; /* what is reported is kept here, and not printed */

    void SetUp() override
    {
        current = this;
        ASSERT_EQ(deferred_notes_new(&notes), 0) << own_trouble;
    }
    void TearDown() override
    {
        deferred_notes_free(notes);
    }

    void add(Made &made, deferred_fn *callback, deferred_fn *errback = nullptr)
    {
        std::string added = returned(
            deferred_add_callbacks(&made.deferred, callback, errback, this));
        EXPECT_EQ(added, "0") << "what deferred_add_callbacks has returned.";
    }

    void fire(Made &made, struct outcome outcome)
    {
        std::string fired = returned(deferred_fire(&made.deferred, outcome));
        EXPECT_EQ(fired, "0") << "what deferred_fire has returned.";
    }

    static struct outcome failure()
    {
        static const struct failure_type no_page = {"NoPage", nullptr};
        return outcome_fail(&no_page, 404, "the page is not there");
    }

    /* The Deferred itself, as it is now. */
    static std::string ladder(const Made &made)
    {
        struct ladder picture = {};
        struct buffer text = {};
        ladder_add(&picture, &made.deferred);
        ladder_text(&picture, false, &text);
        ladder_deinit(&picture);
        return "\nYour Deferred, drawn from the object; [name] was called:\n" +
               text_of(&text);
    }

    /* ---- rungs ---- */

    static Ladders *of(void *context)
    {
        return static_cast<Ladders *>(context);
    }

    static void note_call(void *context, const std::string &name,
                          const struct outcome &outcome)
    {
        of(context)->note(name + " " + shown_of(outcome));
    }

  public:
    static struct outcome plus_one(void *context, struct outcome value)
    {
        note_call(context, "plus_one", value);
        return outcome_number(value.number + 1);
    }
    static struct outcome times_ten(void *context, struct outcome value)
    {
        note_call(context, "times_ten", value);
        return outcome_number(value.number * 10);
    }
    static struct outcome forget(void *context, struct outcome value)
    {
        of(context)->note("forget");
        outcome_drop(value);
        return outcome_number(5);
    }
    static struct outcome show(void *context, struct outcome value)
    {
        note_call(context, "show", value);
        return value;
    }
    static struct outcome call(void *context, struct outcome value)
    {
        of(context)->note("call");
        return of(context)->then(value);
    }
    static struct outcome fail(void *context, struct outcome value)
    {
        note_call(context, "fail", value);
        return failure();
    }
    static struct outcome mend(void *context, struct outcome failed)
    {
        of(context)->note("mend");
        outcome_drop(failed);
        return outcome_number(7);
    }
    static struct outcome still_bad(void *context, struct outcome failed)
    {
        of(context)->note("still_bad");
        return failed;
    }
    static struct outcome except_cancelled(void *context, struct outcome failed)
    {
        std::string type = outcome_is_failure(&failed)
                               ? failed.failure->type->name
                               : "(not a failure)";
        of(context)->note("except_cancelled " + type);
        outcome_drop(failed);
        return outcome_number(9);
    }
    static struct outcome ask_other(void *context, struct outcome value)
    {
        note_call(context, "ask_other", value);
        return outcome_deferred(of(context)->other);
    }
    /* These say nothing: the context is what is asked. */
    static struct outcome ask_given(void *context, struct outcome value)
    {
        outcome_drop(value);
        return outcome_deferred(static_cast<struct deferred *>(context));
    }
    static struct outcome ask_awaitable(void *context, struct outcome value)
    {
        outcome_drop(value);
        return outcome_pending(static_cast<Promise *>(context));
    }

  private:
    struct deferred_notes *notes = nullptr;
};

#define NAMED(function)                                                        \
    static const struct rung_name function##_name = {Ladders::function,        \
                                                     #function, __FILE__};     \
    static const struct rung_name *const function##_entry                      \
        __attribute__((used, section("rung_names"))) = &function##_name

NAMED(plus_one);
NAMED(times_ten);
NAMED(forget);
NAMED(show);
NAMED(call);
NAMED(fail);
NAMED(mend);
NAMED(still_bad);
NAMED(except_cancelled);
NAMED(ask_other);
NAMED(ask_given);
NAMED(ask_awaitable);
#undef NAMED

#endif
