/* SPDX-License-Identifier: MIT */
/* Scripts in C++: what a generator does, step by step, and a diary of what it
 * was sent. */
#ifndef COROUTINES_SCRIPT_H
#define COROUTINES_SCRIPT_H

#include "scripted.h"
#include "support/outcomes.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

inline struct act yields(struct outcome value)
{
    return {ACT_YIELD, value, nullptr};
}
inline struct act yields(intptr_t number)
{
    return yields(outcome_number(number));
}
inline struct act awaits(struct outcome come)
{
    return {ACT_AWAIT, come, nullptr};
}
inline struct act yields_from(struct generator *callee)
{
    return {ACT_YIELD_FROM, outcome_none(), callee};
}
inline struct act returns(struct outcome value)
{
    return {ACT_RETURN, value, nullptr};
}
inline struct act returns(intptr_t number)
{
    return returns(outcome_number(number));
}
inline struct outcome a_failure(const char *message = "no")
{
    return outcome_fail(&system_type, -EIO, "%s", message);
}

/* Only looks. */
inline std::string seen(const struct outcome *outcome)
{
    struct buffer buffer = {};
    outcome_print(outcome, &buffer);
    return text_of(&buffer);
}

/* Steps in a row; behind the last one it returns None. A step that is not a
 * catching one raises a failure that comes to it, as a body without `except`
 * does. The diary has what came to each step, and "finally". */
class Script : public scripted
{
  public:
    using Step = std::function<struct act(struct outcome)>;

    explicit Script(std::string *written) : scripted(), diary(written)
    {
        next = [](scripted *self, struct outcome got) {
            return static_cast<Script *>(self)->go_on(got);
        };
        finally = [](scripted *self) {
            *static_cast<Script *>(self)->diary += "finally ";
        };
    }
    Script(const Script &) = delete;

    /* What is sent to it is shown in the diary and dropped. */
    Script &then(std::function<struct act()> what)
    {
        steps.push_back({false, [what](struct outcome got) {
                             outcome_drop(got);
                             return what();
                         }});
        return *this;
    }
    Script &then(struct act act)
    {
        return then([act] { return act; });
    }
    Script &with(Step step)
    {
        steps.push_back({false, std::move(step)});
        return *this;
    }
    Script &except(Step step)
    {
        steps.push_back({true, std::move(step)});
        return *this;
    }
    /* It catches, and goes on with this. */
    Script &except(struct act act)
    {
        return except([act](struct outcome got) {
            outcome_drop(got);
            return act;
        });
    }

  private:
    struct Known {
        bool catches;
        Step step;
    };
    struct act go_on(struct outcome got)
    {
        *diary += seen(&got) + " ";
        size_t step = at++;
        bool catches = step < steps.size() && steps[step].catches;
        if (outcome_is_failure(&got) && !catches)
            return returns(got);
        if (step < steps.size())
            return steps[step].step(got);
        outcome_drop(got);
        return returns(outcome_none());
    }
    std::string *diary;
    std::vector<Known> steps;
    size_t at = 0;
};

#endif
