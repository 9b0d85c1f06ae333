/* SPDX-License-Identifier: MIT */
/* The core is whole from the first step on: there is nothing to replace.
 */
#include "deferreds/deferred.h"

#include <assert.h>

static_assert(STEP >= 1, "compiled with the step that is checked");
