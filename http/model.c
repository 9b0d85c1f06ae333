/* SPDX-License-Identifier: MIT */
#include "http/model.h"

#include <errno.h>

bool result_is_refusal(const struct result *result)
{
    return result->error == FETCH_NO_DESCRIPTOR ||
           result->error == FETCH_UNWATCHABLE ||
           result->error == FETCH_NO_PORT || result->error == FETCH_NO_PROCESS;
}

/* After a request was sent, this machine can only have refused the connection
 * for a redirect or for another try; and only a request that may be sent twice
 * gets another try. None does whose time was up meanwhile. */
bool batch_may_begin_again(const struct batch *batch, const struct job *job,
                           const struct result *result)
{
    return result_is_refusal(result) && result->detail != -ETIMEDOUT &&
           !batch_cancelled(batch) &&
           (result->redirects == 0 ||
            method_is_idempotent(job->request->method));
}

/* One less each time: a refusal does not say how many there is room for,
 * because others end at any moment. */
bool batch_do_with_fewer(struct batch *batch, const struct job *job,
                         const struct result *result)
{
    if (batch_most(batch) == 1 || !batch_may_begin_again(batch, job, result))
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
