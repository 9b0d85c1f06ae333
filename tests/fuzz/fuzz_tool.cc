/* SPDX-License-Identifier: MIT */
/* What wrk, ab, h2load and curl say. The first line of the input is which of
 * them. */
#include "fuzz.h"

#include "harness/race/peers.h"

void fuzz_tool(std::string_view input)
{
    const struct peer *peer = peers_find(fuzz_line(&input).c_str());
    if (!peer || !peer->read)
        return;
    std::string said(input);
    struct record record;
    record_init(&record);
    record.requests = 100;
    if (!peer->read(&record, said.c_str())) {
        fuzz_require(record.finished == 0 && record.errors == 0 &&
                         record.requests == 100,
                     "what is refused leaves the record as it was");
        return;
    }
    fuzz_require(!peer->by_time || (record.requests == record.finished &&
                                    record.finished >= 1 && record.wall_s > 0),
                 "what runs by time has had as many as it says");
    fuzz_require(peer->by_time || record.requests == 100,
                 "any other was told how many");
    const uint64_t most = 10'000'000'000'000'000;
    fuzz_require(record.finished < most && record.errors < most &&
                     record.body_bytes < most && record.wall_s < 1e16,
                 "no number is larger than any count");
    record_is_good(&record);
}
