/* SPDX-License-Identifier: MIT */
/* An errback returns a value by mistake, and the next callback runs as if there
 * had been no error. */
#include "lessons/wrong.h"

#include "callbacks/failure.h"
#include "deferreds/deferred.h"

enum { ORDERS = 10 };

/* It only wants to write the error down. What it returns is a value: from here
 * on all is well again. */
static struct outcome log_error(void *shop, struct outcome error)
{
    (void)shop;
    outcome_drop(error);
    return outcome_none();
}

static struct outcome log_error_and_pass_it_on(void *shop, struct outcome error)
{
    (void)shop;
    return error;
}

static struct outcome ship(void *shipped, struct outcome payment)
{
    ++*(long *)shipped;
    return payment;
}

static struct outcome cancel_order(void *shop, struct outcome error)
{
    (void)shop;
    outcome_drop(error);
    return outcome_none();
}

/* Orders of which each is shipped when it is paid; none of them is. */
static long shipped_unpaid(deferred_fn *logs)
{
    long shipped = 0;
    for (int i = 0; i < ORDERS; i++) {
        struct deferred *payment = deferred_new(NULL);
        wrong_need(payment != NULL, "deferred_new");
        deferred_add_errback(payment, logs, NULL);
        deferred_add_callbacks(payment, ship, cancel_order, &shipped);
        deferred_errback(payment, failure_ref(&failure_cancelled));
        deferred_detach(payment);
    }
    return shipped;
}

static long make(void)
{
    return shipped_unpaid(log_error);
}

static long mend(void)
{
    return shipped_unpaid(log_error_and_pass_it_on);
}

int main(void)
{
    static const struct wrong errback_value = {
        .mistake = "an errback writes the error down, and returns nothing",
        .damage = "orders of ten that are shipped and not paid",
        .make = make,
        .mend = mend,
        .why = "what an errback returns goes on, as with a callback. None is a "
               "value, so the outcome is on the left side again, and the next "
               "callback is called as if there had been no error.",
        .instead =
            "an errback that does not mend anything returns the failure "
            "that it was given. outcome_trap says which ones it mends. "
            "A drawing (./lab talk C4 --draw) shows the change of sides.",
    };
    return wrong_show(&errback_value);
}
