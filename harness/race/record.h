/* SPDX-License-Identifier: MIT */
/* The result of one run of one contestant. The contestant writes its half as a
 * line of JSON; the race adds what only it and the origin know. RESULTS.md says
 * what each field means. */
#ifndef HARNESS_RACE_RECORD_H
#define HARNESS_RACE_RECORD_H

#include "base/bytes.h"
#include "harness/json_write.h"
#include "harness/race/latency.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A number that was not measured, or is not known. */
#define NOT_KNOWN (-1.0)

/* How many seconds of CPU a run must have taken for its cost to be quotable: in
 * a shorter time, a few interrupts make the difference. */
#define FIGURE_CPU_S 0.5

struct record {
    /* What was asked. */
    char model[32];
    char block[16];
    size_t level;       /* in flight, by the block's setting */
    size_t concurrency; /* in flight, as this contestant was asked for */
    size_t requests;
    int round;        /* from 1 */
    int attempt;      /* from 1: a spoiled run is repeated */
    double delay_s;   /* of the origin; 0: prebuilt answers */
    size_t processes; /* that share the requests; 0: one */
    double rate;      /* requests that are due in a second; 0: none is */
    size_t burst;     /* of them due at the same moment */
    double work_s;    /* that the client computes for each page */
    bool keep_alive;
    bool pinned;

    /* What the contestant reports. */
    size_t finished;
    size_t errors;
    uint64_t body_bytes;
    size_t in_flight_max;
    double wall_s, cpu_user_s, cpu_system_s;
    double switches_voluntary, switches_involuntary;
    double base_pss_bytes;
    /* For open load, else empty: from when a request was due, and from when it
     * began. */
    struct latencies latency, latency_naive;

    /* What the race saw; NOT_KNOWN outside the rounds for memory. */
    double peak_pss_bytes;
    double memory_samples;
    double processes_max, threads_max, descriptors_max;

    /* How long after the first request of a run of several processes all of
     * them were in flight. */
    double filled_s;

    /* For one more request, counted in a round of its own. */
    double system_calls;

    /* What the origin saw. */
    double origin_max_in_flight, origin_accepted, origin_served;
    double origin_cpu_s;
    bool origin_limited;

    /* What the machine took away (taken.h), and how fast it was. */
    double steal_s, throttled_s, other_cpu_s;
    double mhz, step_ns;
    double interrupts;  /* of the whole machine, meanwhile */
    double time_wait;   /* earlier connections that still held their ports */
    char disturbed[96]; /* why the run is spoiled; empty when it is not */

    char error[200]; /* empty when all went well */
};

/* A record in which everything is unknown. */
void record_init(struct record *record);

/* Did the run count: no error and every request answered? */
bool record_is_good(const struct record *record);

/* CPU, user and system: in seconds, and in microseconds for each request that
 * was asked for. */
double record_cpu_s(const struct record *record);
double record_cpu_us(const struct record *record);

/* Memory for each request, when all of them wait at one moment: the peak less
 * what was used before. In bytes, or NOT_KNOWN. */
double record_bytes_each(const struct record *record);

/* Did it take less CPU than a figure needs? */
bool record_is_short(const struct record *record);

/* The contestant's half: printed as a line, and read back into a record that
 * knows what was asked. 0, -ENOMEM, or -EBADMSG when the text is not such a
 * line: it comes from another process, which may be any program, and may have
 * died while writing. After an error the record is unchanged. */
void record_report_print(const struct record *record, FILE *out);
int record_report_read(struct record *record, struct slice text);

/* The whole record, as in results.json. */
void record_write(const struct record *record, struct json_writer *json);

#ifdef __cplusplus
}
#endif

#endif
