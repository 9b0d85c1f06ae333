/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/timetable.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    DAY = 8 * 60,
    TOGETHER_MAX = 80, /* minutes of work without a break */
    TOGETHER_MIN = 30, /* and how many before one is due */
    LAST_MAX = 90,     /* minutes of work, when they are the last ones */
    BREAK = 10,
    LUNCH = 60,
    LUNCH_BEHIND = 3 * 60, /* on a day longer than LONG_DAY */
    LONG_DAY = 5 * 60,
};

/* ---- how long ---- */

bool course_time_read(struct course_time *time, const char *text)
{
    double sum = 0;
    int days = 0;
    while (*text) {
        char *end;
        double value = strtod(text, &end);
        if (end == text || !(value >= 0 && value <= 10000))
            return false;
        if (*end == 'd')
            days += (int)value;
        else if (*end == 'h')
            sum += value * 60;
        else if (*end == 'm')
            sum += value;
        else
            return false;
        text = end + 1;
    }
    time->days = days ? days : 1;
    time->minutes = days ? DAY : (int)sum;
    return days ? sum == 0 && days <= 10 : sum >= 1 && sum <= 12 * 60;
}

/* ---- entries ---- */

void timetable_init(struct timetable *table, const struct course_time *time)
{
    *table = (struct timetable){.time = *time, .at = time->from};
}

__attribute__((format(printf, 3, 0))) static void
add(struct timetable *table, int minutes, const char *format, va_list values)
{
    if (table->count == ENTRIES_MAX) {
        table->is_full = true;
        return;
    }
    int i = table->count++;
    table->entries[i].day = table->day;
    table->entries[i].at = table->at;
    table->entries[i].minutes = minutes;
    vsnprintf(table->entries[i].text, sizeof table->entries[i].text, format,
              values);
    table->at += minutes;
}

__attribute__((format(printf, 3, 4))) static void
pause_for(struct timetable *table, int minutes, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    add(table, minutes, format, values);
    va_end(values);
    table->worked_before = table->worked;
    table->worked = 0;
}

static bool is_lunch_time(const struct timetable *table)
{
    return table->time.minutes > LONG_DAY && !table->had_lunch &&
           table->at - table->time.from >= LUNCH_BEHIND;
}

static bool fits_today(const struct timetable *table, int minutes)
{
    return table->at + minutes <= table->time.from + table->time.minutes;
}

static void next_day(struct timetable *table)
{
    table->day++;
    table->at = table->time.from;
    table->worked = 0;
    table->had_lunch = false;
    table->is_full |= table->day >= table->time.days;
}

/* Whatever has to be in front of `minutes` of work. */
static void make_room(struct timetable *table, int minutes)
{
    bool is_tired =
        table->worked >= TOGETHER_MIN && table->worked + minutes > TOGETHER_MAX;
    bool is_hungry = is_lunch_time(table);
    int pause = is_hungry ? LUNCH : is_tired ? BREAK : 0;
    if (!fits_today(table, pause + minutes)) {
        next_day(table);
    } else if (is_hungry) {
        table->had_lunch = true;
        pause_for(table, LUNCH, "lunch");
    } else if (is_tired) {
        pause_for(table, BREAK, "break");
    }
    if (!fits_today(table, minutes))
        table->is_full = true;
}

void timetable_add(struct timetable *table, int minutes, const char *format,
                   ...)
{
    va_list values;
    make_room(table, minutes);
    va_start(values, format);
    add(table, minutes, format, values);
    va_end(values);
    table->worked += minutes;
}

void timetable_end(struct timetable *table)
{
    int last = table->count - 1;
    bool follows_a_break =
        last > 0 && table->entries[last].day == table->entries[last - 1].day &&
        table->worked == table->entries[last].minutes;
    if (!follows_a_break || table->entries[last - 1].minutes != BREAK ||
        table->worked_before + table->worked > LAST_MAX)
        return;
    table->entries[last].at = table->entries[last - 1].at;
    table->entries[last - 1] = table->entries[last];
    table->count--;
    table->at -= BREAK;
}

static void print_time(int at)
{
    printf("  %2d:%02d", at / 60 % 24, at % 60);
}

void timetable_print(const struct timetable *table)
{
    for (int i = 0; i < table->count; i++) {
        bool begins =
            i == 0 || table->entries[i].day != table->entries[i - 1].day;
        if (begins && table->time.days > 1)
            printf("%sday %d\n", i ? "\n" : "", table->entries[i].day + 1);
        print_time(table->entries[i].at);
        printf("  %3d min  %s\n", table->entries[i].minutes,
               table->entries[i].text);
    }
    print_time(table->at);
    puts("           the end");
}
