/* SPDX-License-Identifier: MIT */
#include "callbacks/unhandled.h"

#include "callbacks/exception_handler.h"

void unhandled_report(const char *what, const struct outcome *outcome)
{
    if (outcome_is_failure(outcome))
        exception_handler_call(&(struct exception_context){
            .message = what, .failure = outcome->failure});
}
