/* SPDX-License-Identifier: MIT */
#include "harness/race/record.h"

#include "base/text.h"
#include "harness/json.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

void record_init(struct record *record)
{
    *record = (struct record){
        .base_pss_bytes = NOT_KNOWN,
        .peak_pss_bytes = NOT_KNOWN,
        .memory_samples = NOT_KNOWN,
        .processes_max = NOT_KNOWN,
        .threads_max = NOT_KNOWN,
        .descriptors_max = NOT_KNOWN,
        .filled_s = NOT_KNOWN,
        .system_calls = NOT_KNOWN,
        .origin_max_in_flight = NOT_KNOWN,
        .origin_accepted = NOT_KNOWN,
        .origin_served = NOT_KNOWN,
        .origin_cpu_s = NOT_KNOWN,
        .steal_s = NOT_KNOWN,
        .throttled_s = NOT_KNOWN,
        .other_cpu_s = NOT_KNOWN,
        .interrupts = NOT_KNOWN,
        .mhz = NOT_KNOWN,
        .step_ns = NOT_KNOWN,
        .time_wait = NOT_KNOWN,
    };
}

bool record_is_good(const struct record *record)
{
    return record->error[0] == '\0' && record->errors == 0 &&
           record->finished == record->requests;
}

double record_cpu_s(const struct record *record)
{
    return record->cpu_user_s + record->cpu_system_s;
}

double record_cpu_us(const struct record *record)
{
    return record_cpu_s(record) * 1e6 / (double)record->requests;
}

double record_bytes_each(const struct record *record)
{
    if (record->peak_pss_bytes < 0 || record->base_pss_bytes < 0)
        return NOT_KNOWN;
    return (record->peak_pss_bytes - record->base_pss_bytes) /
           (double)record->requests;
}

bool record_is_short(const struct record *record)
{
    return record_cpu_s(record) < FIGURE_CPU_S;
}

/* ---- the fields, once for both directions ---- */

enum kind { TEXT, COUNT, BYTES, ROUND, REAL, MAYBE, FLAG };

struct field {
    const char *name;
    enum kind kind;
    size_t offset;
    size_t size; /* of a TEXT */
};

#define FIELD(kind, member)                                                    \
    {                                                                          \
#member, kind, offsetof(struct record, member), 0                      \
    }
#define TEXT_FIELD(member)                                                     \
    {                                                                          \
#member, TEXT, offsetof(struct record, member),                        \
            sizeof(((struct record *)0)->member)                               \
    }

static const struct field asked[] = {
    TEXT_FIELD(model),         TEXT_FIELD(block),    FIELD(COUNT, level),
    FIELD(COUNT, concurrency), FIELD(ROUND, round),  FIELD(ROUND, attempt),
    FIELD(COUNT, requests),    FIELD(REAL, delay_s), FIELD(COUNT, processes),
    FIELD(REAL, rate),         FIELD(COUNT, burst),  FIELD(REAL, work_s),
    FIELD(FLAG, keep_alive),   FIELD(FLAG, pinned),  {0},
};

static const struct field said[] = {
    FIELD(COUNT, finished),
    FIELD(COUNT, errors),
    FIELD(BYTES, body_bytes),
    FIELD(COUNT, in_flight_max),
    FIELD(REAL, wall_s),
    FIELD(REAL, cpu_user_s),
    FIELD(REAL, cpu_system_s),
    FIELD(MAYBE, switches_voluntary),
    FIELD(MAYBE, switches_involuntary),
    FIELD(MAYBE, base_pss_bytes),
    TEXT_FIELD(error),
    {0},
};

static const struct field seen[] = {
    FIELD(MAYBE, peak_pss_bytes),
    FIELD(MAYBE, memory_samples),
    FIELD(MAYBE, processes_max),
    FIELD(MAYBE, threads_max),
    FIELD(MAYBE, descriptors_max),
    FIELD(MAYBE, filled_s),
    FIELD(MAYBE, origin_max_in_flight),
    FIELD(MAYBE, origin_accepted),
    FIELD(MAYBE, origin_served),
    FIELD(MAYBE, origin_cpu_s),
    FIELD(FLAG, origin_limited),
    FIELD(MAYBE, steal_s),
    FIELD(MAYBE, throttled_s),
    FIELD(MAYBE, other_cpu_s),
    FIELD(MAYBE, interrupts),
    FIELD(MAYBE, mhz),
    FIELD(MAYBE, step_ns),
    FIELD(MAYBE, time_wait),
    FIELD(MAYBE, system_calls),
    TEXT_FIELD(disturbed),
    {0},
};

static void write_field(const struct field *field, const void *place,
                        struct json_writer *json)
{
    const char *text = place;
    const double *real = place;

    switch (field->kind) {
    case TEXT:
        json_write_text(json, field->name, *text ? text : NULL);
        break;
    case COUNT:
        json_write_count(json, field->name, *(const size_t *)place);
        break;
    case BYTES:
        json_write_count(json, field->name, *(const uint64_t *)place);
        break;
    case ROUND:
        json_write_count(json, field->name, (uint64_t) * (const int *)place);
        break;
    case FLAG:
        json_write_bool(json, field->name, *(const bool *)place);
        break;
    case MAYBE:
        if (*real < 0) {
            json_write_null(json, field->name);
            break;
        }
        /* fall through */
    case REAL:
        json_write_real(json, field->name, *real);
        break;
    }
}

/* Up to here a double represents every whole number. */
static const double count_max = 9007199254740992.0;

static bool is_count(double number, double max)
{
    return number >= 0 && number <= max && number == (double)(uint64_t)number;
}

static bool fits(const struct field *field, double number)
{
    switch (field->kind) {
    case COUNT:
    case BYTES:
        return is_count(number, count_max);
    case ROUND:
        return is_count(number, INT_MAX);
    case MAYBE:
        return number == NOT_KNOWN || (number >= 0 && number <= count_max);
    default:
        return number >= 0 && number <= count_max;
    }
}

/* Converting a number that does not fit is undefined in C. */
static bool number_from_json(const struct field *field, void *place,
                             const cJSON *value)
{
    double number = cJSON_IsNumber(value) ? value->valuedouble : NOT_KNOWN;
    if (field->kind == MAYBE && number < 0)
        number = NOT_KNOWN;
    if (!fits(field, number))
        return false;
    if (field->kind == COUNT)
        *(size_t *)place = (size_t)number;
    else if (field->kind == BYTES)
        *(uint64_t *)place = (uint64_t)number;
    else if (field->kind == ROUND)
        *(int *)place = (int)number;
    else
        *(double *)place = number;
    return true;
}

/* Copies as much as there is room for, but never a part of a character. A
 * contestant may be any program and print anything: none of it controls a
 * terminal. */
static void copy_text(char *place, size_t size, const char *text)
{
    struct buffer shown = {0};
    if (text_append_printable(&shown, slice_of(text), "") ||
        buffer_terminate(&shown)) {
        snprintf(place, size, "there is no memory for what it said");
    } else {
        size_t end = shown.size;
        if (end >= size) {
            end = size - 1;
            while (end && ((unsigned char)shown.data[end] & 0xc0) == 0x80)
                end--;
        }
        memcpy(place, shown.data, end);
        place[end] = '\0';
    }
    buffer_deinit(&shown);
}

static bool field_from_json(const struct field *field, void *place,
                            const cJSON *value)
{
    switch (field->kind) {
    case TEXT:
        copy_text(place, field->size,
                  cJSON_IsString(value) ? value->valuestring : "");
        return cJSON_IsString(value) || cJSON_IsNull(value);
    case FLAG:
        *(bool *)place = cJSON_IsTrue(value);
        return cJSON_IsBool(value);
    default:
        return number_from_json(field, place, value);
    }
}

static void write_fields(const struct record *record,
                         const struct field *fields, struct json_writer *json)
{
    for (; fields->name; fields++)
        write_field(fields, (const char *)record + fields->offset, json);
}

static bool read_fields(struct record *record, const struct field *fields,
                        const cJSON *json)
{
    for (; fields->name; fields++) {
        const cJSON *value = cJSON_GetObjectItem(json, fields->name);
        if (!value ||
            !field_from_json(fields, (char *)record + fields->offset, value))
            return false;
    }
    return true;
}

static void write_said(const struct record *record, struct json_writer *json)
{
    write_fields(record, said, json);
    latencies_write(&record->latency, "latency", json);
    latencies_write(&record->latency_naive, "latency_naive", json);
}

/* A program without open load does not write these fields. */
static bool read_said(struct record *record, const cJSON *json)
{
    return cJSON_IsObject(json) && read_fields(record, said, json) &&
           latencies_read(&record->latency,
                          cJSON_GetObjectItem(json, "latency")) &&
           latencies_read(&record->latency_naive,
                          cJSON_GetObjectItem(json, "latency_naive"));
}

void record_report_print(const struct record *record, FILE *out)
{
    struct json_writer json = {.out = out};

    json_write_object(&json, NULL);
    write_said(record, &json);
    json_write_end(&json);
}

int record_report_read(struct record *record, struct slice text)
{
    cJSON *json;
    int error = json_parse(&json, text);
    struct record read = *record;
    if (!error && !read_said(&read, json))
        error = -EBADMSG;
    if (!error)
        *record = read;
    cJSON_Delete(json);
    return error;
}

void record_write(const struct record *record, struct json_writer *json)
{
    json_write_object(json, NULL);
    write_fields(record, asked, json);
    write_said(record, json);
    write_fields(record, seen, json);
    json_write_bool(json, "too_short", record_is_short(record));
    json_write_end(json);
}
