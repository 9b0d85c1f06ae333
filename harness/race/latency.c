/* SPDX-License-Identifier: MIT */
#include "harness/race/latency.h"

/* Up to 64 µs a step is a microsecond; from there on each doubling has 32
 * steps. */
enum { STEPS_OF_DOUBLING = 32 };

static size_t step_of(nanos took)
{
    uint64_t value = took > 0 ? (uint64_t)took / 1000 : 0;
    size_t doublings = 0;

    while (value >= 2 * STEPS_OF_DOUBLING) {
        value >>= 1;
        doublings++;
    }
    size_t step = doublings * STEPS_OF_DOUBLING + (size_t)value;
    return step < LATENCY_STEPS ? step : LATENCY_STEPS - 1;
}

/* A step includes its end; a nanosecond more belongs to the next step. */
static nanos end_of(size_t step)
{
    size_t doublings = 0;
    if (step >= 2 * STEPS_OF_DOUBLING)
        doublings = step / STEPS_OF_DOUBLING - 1;
    nanos value = (nanos)(step - doublings * STEPS_OF_DOUBLING) + 1;
    return ((value << doublings) * 1000) - 1;
}

static void add(struct latencies *latencies, nanos took, uint32_t count)
{
    latencies->counts[step_of(took)] += count;
    latencies->total += count;
    if (took > latencies->max)
        latencies->max = took;
}

void latencies_add(struct latencies *latencies, nanos took)
{
    add(latencies, took, 1);
}

nanos latencies_percentile(const struct latencies *latencies, double share)
{
    double wanted = share * (double)latencies->total;
    uint64_t seen = 0;

    for (size_t i = 0; i < LATENCY_STEPS && latencies->total; i++) {
        seen += latencies->counts[i];
        if (latencies->counts[i] && (double)seen >= wanted)
            return end_of(i) < latencies->max ? end_of(i) : latencies->max;
    }
    return latencies->total ? latencies->max : -1;
}

uint64_t latencies_between(const struct latencies *latencies, nanos from,
                           nanos to)
{
    uint64_t count = 0;
    for (size_t i = step_of(from); i < LATENCY_STEPS && end_of(i) < to; i++)
        count += latencies->counts[i];
    return count;
}

/* ---- JSON ---- */

/* The function of math.h would need another library. */
static nanos rounded(double seconds)
{
    return (nanos)(seconds * 1e9 + 0.5);
}

static void write_histogram(const struct latencies *latencies,
                            struct json_writer *json)
{
    json_write_array(json, "histogram");
    for (size_t i = 0; i < LATENCY_STEPS; i++) {
        if (!latencies->counts[i])
            continue;
        json_write_array(json, NULL);
        json_write_seconds(json, NULL, end_of(i));
        json_write_count(json, NULL, latencies->counts[i]);
        json_write_end(json);
    }
    json_write_end(json);
}

void latencies_write(const struct latencies *latencies, const char *name,
                     struct json_writer *json)
{
    static const struct {
        const char *name;
        double share;
    } shown[] = {
        {"p50_s", 0.5}, {"p90_s", 0.9}, {"p99_s", 0.99}, {"p999_s", 0.999}};

    if (!latencies->total) {
        json_write_null(json, name);
        return;
    }
    json_write_object(json, name);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        json_write_seconds(json, shown[i].name,
                           latencies_percentile(latencies, shown[i].share));
    json_write_seconds(json, "max_s", latencies->max);
    write_histogram(latencies, json);
    json_write_end(json);
}

/* Limits on what is read: a little more than an hour, and the size of a
 * counter. */
static bool read_pair(struct latencies *latencies, const cJSON *pair)
{
    static const double longest_s = 3601;
    double end = cJSON_GetNumberValue(cJSON_GetArrayItem(pair, 0));
    double count = cJSON_GetNumberValue(cJSON_GetArrayItem(pair, 1));

    if (!(end >= 0 && end < longest_s && count >= 1 && count <= UINT32_MAX))
        return false;
    add(latencies, rounded(end), (uint32_t)count);
    return true;
}

bool latencies_read(struct latencies *latencies, const cJSON *json)
{
    double max = cJSON_GetNumberValue(cJSON_GetObjectItem(json, "max_s"));
    const cJSON *pair;

    *latencies = (struct latencies){0};
    if (!json || cJSON_IsNull(json))
        return true;
    cJSON_ArrayForEach(pair, cJSON_GetObjectItem(json, "histogram"))
    {
        if (!read_pair(latencies, pair))
            return false;
    }
    if (!(max >= 0 && max < 1e6))
        return false;
    latencies->max = rounded(max);
    return latencies->total > 0;
}
