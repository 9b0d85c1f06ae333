/* SPDX-License-Identifier: MIT */
/* What the check calls but the learner's file does not have before a later
 * step, between #if STEP < n and #endif. */
#include "pages.h"
