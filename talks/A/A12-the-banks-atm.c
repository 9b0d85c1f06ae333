/* SPDX-License-Identifier: MIT */
/* A12 (coroutines): The bank's cash machine works until the crisis comes
 *
 * A generator hands out 100 dollars whenever it is asked, for as long as there
 * is no crisis. Then it is over, and stays so: StopIteration.
 *
 * Python: the generator create_atm, next(), and the end of a for. */
#include "talks/coroutine.h"

const char *const talk_sites[] = {NULL};

struct bank {
    struct frame frame; /* of its cash machine */
    bool crisis;
};

static struct outcome create_atm(struct generator *self, struct outcome got)
{
    CO_FRAME(struct bank, bank);
    CO_BEGIN;
    while (!bank->crisis)
        CO_YIELD(outcome_text("$100"));
    CO_END;
}

int talk_run(struct talk *talk)
{
    struct bank bank = {.crisis = false};
    struct generator *atm = frame_init(&bank.frame, create_atm);
    (void)talk;
    talk_print_values(atm, 1);
    talk_print_values(atm, 5);
    bank.crisis = true;
    talk_print_values(atm, 1); /* it returns: StopIteration */
    bank.crisis = false;
    talk_print_values(atm, 1); /* too late for this one */
    return 0;
}
