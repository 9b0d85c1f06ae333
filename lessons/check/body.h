/* SPDX-License-Identifier: MIT */
/* Generators of a check: what one does at each step is a function of the
 * check's, and what it was sent is written down. They use nothing of the core
 * but generator_yield and generator_return, which are given. */
#ifndef LESSONS_CHECK_BODY_H
#define LESSONS_CHECK_BODY_H

#include "coroutines/generator.h"
#include "support/outcomes.h"

#include <cerrno>
#include <functional>
#include <string>
#include <utility>
#include <vector>

inline std::string seen(const struct outcome *outcome)
{
    struct buffer buffer = {};
    outcome_print(outcome, &buffer);
    return text_of(&buffer);
}

inline struct outcome a_failure(const char *message = "no")
{
    return outcome_fail(&system_type, -EIO, "%s", message);
}

/* Steps in a row, and behind the last one it returns None. A failure that comes
 * to a step is raised, unless that step catches. The diary has what each was
 * sent, and "end" when it is over. Storage is the check's. */
struct Body : generator {
    using Step = std::function<struct outcome(Body *, struct outcome)>;

    explicit Body(std::string *text) : generator(), diary(text)
    {
        generator_init(this, resume_body, "body");
    }
    Body(const Body &) = delete;

    /* It drops what it is sent, and yields this, or does that. */
    Body &yields(std::function<struct outcome()> value)
    {
        return with([value](Body *self, struct outcome got) {
            outcome_drop(got);
            return generator_yield(self, value());
        });
    }
    Body &yields(intptr_t number)
    {
        return yields([number] { return outcome_number(number); });
    }
    Body &returns(std::function<struct outcome()> value)
    {
        return with([value](Body *self, struct outcome got) {
            outcome_drop(got);
            return generator_return(self, value());
        });
    }
    Body &with(Step step)
    {
        steps.push_back({false, std::move(step)});
        return *this;
    }
    /* The last step catches a failure. */
    Body &catching()
    {
        steps.back().catches = true;
        return *this;
    }

  private:
    struct Known {
        bool catches;
        Step step;
    };
    static struct outcome resume_body(struct generator *self,
                                      struct outcome got)
    {
        auto *body = static_cast<Body *>(self);
        struct outcome came = body->go_on(got);
        if (generator_is_over(body))
            *body->diary += "end ";
        return came;
    }
    struct outcome go_on(struct outcome got)
    {
        *diary += seen(&got) + " ";
        size_t step = at++;
        bool is_there = step < steps.size();
        if (outcome_is_failure(&got) && !(is_there && steps[step].catches))
            return generator_return(this, got);
        if (is_there)
            return steps[step].step(this, got);
        outcome_drop(got);
        return generator_return(this, outcome_none());
    }
    std::string *diary;
    std::vector<Known> steps;
    size_t at = 0;
};

#endif
