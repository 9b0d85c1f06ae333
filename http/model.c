/* SPDX-License-Identifier: MIT */
#include "http/model.h"

bool result_is_refusal(const struct result *result)
{
    return result->error == FETCH_NO_DESCRIPTOR ||
           result->error == FETCH_UNWATCHABLE ||
           result->error == FETCH_NO_PROCESS;
}

/* Nothing is refused after a request was sent but the connection for a
 * redirect, or for another try, which only a request gets that may have it. */
static bool may_begin_again(const struct job *job, const struct result *result)
{
    return result->redirects == 0 || method_is_idempotent(job->request->method);
}

/* One less each time: how many there is room for cannot be told from one that
 * is refused, since others come back at any moment. */
bool batch_do_with_fewer(struct batch *batch, const struct job *job,
                         const struct result *result)
{
    if (!result_is_refusal(result) || batch_most(batch) == 1 ||
        batch_cancelled(batch) || !may_begin_again(job, result))
        return false;
    batch_tell_fewer(batch, result->error);
    batch->most = batch_most(batch) - 1;
    return true;
}

void batch_tell_fewer(struct batch *batch, enum fetch_error why)
{
    if (!batch->told && batch->fewer)
        batch->fewer(batch, why);
    batch->told = true;
}
