/* SPDX-License-Identifier: MIT */
#include "other_selectors.h"

#include "callbacks/callbacks.h"

namespace
{

int on_select(struct batch *batch)
{
    return callbacks_run(batch, &select_selector, &monotonic_clock);
}

int on_poll(struct batch *batch)
{
    return callbacks_run(batch, &poll_selector, &monotonic_clock);
}

struct model callbacks_with(const char *name, int (*run)(struct batch *))
{
    struct model model = callbacks_model;
    model.name = name;
    model.run = run;
    return model;
}

const struct model callbacks_select =
    callbacks_with("callbacks-select", on_select);
const struct model callbacks_poll = callbacks_with("callbacks-poll", on_poll);

} // namespace

std::vector<const struct model *> models_on_other_selectors()
{
    return {&callbacks_select, &callbacks_poll};
}
