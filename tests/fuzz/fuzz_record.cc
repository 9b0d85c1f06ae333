/* SPDX-License-Identifier: MIT */
/* A contestant's line, as the race reads it. */
#include "fuzz.h"

#include "harness/race/record.h"

#include <cstdlib>
#include <cstring>

/* Others may have been cut in the middle of a character, or be none. */
static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if (static_cast<unsigned char>(*text) > 0x7f)
            return false;
    return true;
}

static void check_json(const struct record &record)
{
    char *line = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&line, &size);
    record_report_print(&record, out);
    fclose(out);
    struct record again;
    record_init(&again);
    fuzz_require(record_report_read(&again, {line, size}) == 0,
                 "a report that was written can be read");
    fuzz_require(
        again.finished == record.finished && again.errors == record.errors &&
            again.body_bytes == record.body_bytes &&
            again.in_flight_max == record.in_flight_max &&
            again.wall_s == record.wall_s &&
            again.switches_voluntary == record.switches_voluntary &&
            (!is_ascii(record.error) || !strcmp(again.error, record.error)),
        "and is the same");
    free(line);
}

void fuzz_record(std::string_view input)
{
    struct record record;
    record_init(&record);
    record.requests = 1;
    if (record_report_read(&record, {input.data(), input.size()}) == 0) {
        fuzz_require(memchr(record.error, 0, sizeof record.error),
                     "an error's text ends");
        fuzz_require(record.wall_s >= 0 && record.cpu_user_s >= 0 &&
                         record.cpu_system_s >= 0,
                     "no time is less than none");
        record_is_good(&record);
        check_json(record);
    } else {
        fuzz_require(record.finished == 0 && !record.error[0],
                     "what is refused leaves the record as it was");
    }
}
