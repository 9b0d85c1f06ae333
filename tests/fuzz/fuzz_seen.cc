/* SPDX-License-Identifier: MIT */
/* What origins say at /stats: a line is what one of them says. */
#include "fuzz.h"

#include "harness/race/record.h"
#include "harness/race/seen.h"

static bool is_sum(double sum)
{
    return sum >= 0 && sum < 1e18;
}

void fuzz_seen(std::string_view input)
{
    struct seen seen;
    seen_init(&seen);
    while (!input.empty()) {
        std::string line = fuzz_line(&input);
        fuzz_require(seen_add(&seen, {line.data(), line.size()}) == 0,
                     "whatever it says is read");
    }
    for (double sum :
         {seen.most_in_flight, seen.accepted, seen.served, seen.cpu_s})
        fuzz_require(sum == NOT_KNOWN || is_sum(sum), "known or not");
    for (double sum :
         {seen.open, seen.in_flight, seen.gone, seen.since_first_s})
        fuzz_require(is_sum(sum), "what is counted or timed");
}
