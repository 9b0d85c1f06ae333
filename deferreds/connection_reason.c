/* SPDX-License-Identifier: MIT */
#include "deferreds/connector.h"

#include <errno.h>

const struct failure_type connection_done_type = {"ConnectionDone", NULL};
const struct failure_type connection_lost_type = {"ConnectionLost", NULL};
const struct failure_type connection_aborted_type = {"ConnectionAborted",
                                                     &connection_lost_type};
const struct failure_type connect_error_type = {"ConnectError", NULL};
const struct failure_type connection_refused_type = {"ConnectionRefusedError",
                                                     &connect_error_type};
const struct failure_type dns_lookup_type = {"DNSLookupError", NULL};
const struct failure_type user_error_type = {"UserError", &connect_error_type};

static const struct failure connection_done = {
    .type = &connection_done_type,
    .message = "Connection was closed cleanly.",
};

struct outcome connection_reason(int error)
{
    const char *words = strerrordesc_np(-error);
    if (!error)
        return outcome_failure(&connection_done);
    return outcome_fail(error == -ECONNABORTED ? &connection_aborted_type
                                               : &connection_lost_type,
                        error, "%s", words ? words : "unknown error");
}
