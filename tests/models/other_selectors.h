/* SPDX-License-Identifier: MIT */
/* The client on the loop, over the selectors that its contestant does not use:
 * a loop must not depend on what it waits in. */
#ifndef MODELS_OTHER_SELECTORS_H
#define MODELS_OTHER_SELECTORS_H

#include "http/model.h"

#include <vector>

std::vector<const struct model *> models_on_other_selectors();

#endif
