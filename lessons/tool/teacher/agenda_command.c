/* SPDX-License-Identifier: MIT */
/* `agenda 3h`: a course of that length. It knows of lessons what is in their
 * lesson.json and in their folders. */
#include "lessons/tool/commands.h"

#include "base/ascii.h"
#include "base/path.h"
#include "lessons/tool/files.h"
#include "lessons/tool/session.h"
#include "lessons/tool/teacher/timetable.h"

#include <stdio.h>

enum { LESSONS_MAX = 64, NINE = 9 * 60 };

/* Minutes of what is beside the steps. */
enum { OPENING = 10, READING = 10, QUESTION = 3, MISTAKE = 5, RACE = 10 };

struct agenda {
    struct lesson **lessons;
    const char *wanted; /* "E0,P3"; NULL: all */
    struct course_time time;
    int depth[LESSONS_MAX]; /* each lesson is done up to this step */
    int count;
    int error; /* a mistake may be missing: its folder could not be read */
};

/* A stretch is passed over where the course goes on behind it. */
static bool is_done(const struct agenda *agenda, int lesson, int step)
{
    int depth = agenda->depth[lesson];
    return step <= depth &&
           (step == depth || agenda->lessons[lesson]->steps[step].spine);
}

/* ---- the timetable of what is chosen ---- */

static void add_steps(const struct agenda *agenda, int index,
                      struct timetable *table)
{
    const struct lesson *lesson = agenda->lessons[index];
    for (int i = 1; i <= lesson->count; i++) {
        const struct step *step = &lesson->steps[i];
        if (!is_done(agenda, index, i))
            continue;
        bool asks = step->predict.question != NULL;
        timetable_add(table, step->minutes + (asks ? QUESTION : 0),
                      "%s.%d  %s%s", lesson->name, i, step->name,
                      asks ? "; before it ./lab predict" : "");
    }
}

/* The first mistake of the lesson, to see it happen. */
static int add_mistake(const struct lesson *lesson, struct timetable *table)
{
    char folder[PATH_MAX];
    struct file_list files;
    snprintf(folder, sizeof folder, "%s/wrong", lesson->folder);
    int error = file_list_init(&files, folder, ".c");
    if (error)
        return error;
    if (files.count) {
        const char *name = path_base_name(files.paths[0]);
        timetable_add(table, MISTAKE, "%s    on purpose  ./lab wrong %.*s",
                      lesson->name, (int)strcspn(name, "."), name);
    }
    file_list_deinit(&files);
    return 0;
}

static void add_lesson(struct agenda *agenda, int index,
                       struct timetable *table)
{
    const struct lesson *lesson = agenda->lessons[index];
    timetable_add(table, READING, "%s    %s: talk, and its README",
                  lesson->name, lesson->title);
    add_steps(agenda, index, table);
    int error = add_mistake(lesson, table);
    if (error)
        agenda->error = error;
    if (agenda->depth[index] == lesson->count && lesson_is_raced(lesson))
        timetable_add(table, RACE, "%s    ./lab race --mine %s", lesson->name,
                      lesson->name);
}

static void lay_out(struct agenda *agenda, struct timetable *table)
{
    timetable_init(table, &agenda->time);
    if (agenda->time.minutes > 60)
        timetable_add(table, OPENING, "what waiting costs  ./lab race --quick");
    for (int i = 0; i < agenda->count; i++)
        if (agenda->depth[i])
            add_lesson(agenda, i, table);
}

/* ---- choosing ---- */

static bool is_wanted(const struct agenda *agenda, const struct lesson *lesson)
{
    size_t size = strlen(lesson->name);
    for (const char *at = agenda->wanted; at && *at;) {
        size_t word = strcspn(at, ",");
        if (word == size && !strncasecmp(at, lesson->name, size))
            return true;
        at += word + (at[word] == ',');
    }
    return !agenda->wanted;
}

static bool is_lesson(const struct agenda *agenda, const char *name,
                      size_t size)
{
    for (int i = 0; i < agenda->count; i++)
        if (strlen(agenda->lessons[i]->name) == size &&
            !strncasecmp(name, agenda->lessons[i]->name, size))
            return true;
    return false;
}

/* Says which one it does not know. */
static bool knows_all_wanted(const struct agenda *agenda)
{
    for (const char *at = agenda->wanted; at && *at;) {
        size_t word = strcspn(at, ",");
        if (!is_lesson(agenda, at, word)) {
            fprintf(stderr, "lab: there is no lesson '%.*s' (./lab list)\n",
                    (int)word, at);
            return false;
        }
        at += word + (at[word] == ',');
    }
    return true;
}

/* Does the course still fit when this lesson is done up to there? Then it is
 * to be. */
static bool take(struct agenda *agenda, int lesson, int depth)
{
    struct timetable table;
    int before = agenda->depth[lesson];
    if (depth <= before || !is_wanted(agenda, agenda->lessons[lesson]))
        return false;
    agenda->depth[lesson] = depth;
    lay_out(agenda, &table);
    if (table.is_full)
        agenda->depth[lesson] = before;
    return !table.is_full;
}

/* The steps of this rank or a lower one, and how far they go. */
static int steps_of_rank(const struct lesson *lesson, int rank, int *last)
{
    int count = 0;
    *last = 0;
    for (int i = 1; i <= lesson->count; i++)
        if (lesson->steps[i].rank <= rank) {
            count++;
            *last = i;
        }
    return count;
}

/* Whole chains: a step of this rank with all that it needs. The lessons
 * that have the most of them come first. */
static void take_chains(struct agenda *agenda, int rank)
{
    for (int most = STEPS_MAX; most > 0; most--)
        for (int i = 0; i < agenda->count; i++) {
            int last;
            if (steps_of_rank(agenda->lessons[i], rank, &last) == most)
                take(agenda, i, last);
        }
}

/* In what is left, the beginnings of lessons. */
static void take_beginnings(struct agenda *agenda)
{
    for (int i = 0; i < agenda->count; i++)
        for (int depth = agenda->lessons[i]->count; depth > 0; depth--)
            if (take(agenda, i, depth))
                break;
}

/* Of those that were asked for by name. */
static void print_left_out(const struct agenda *agenda)
{
    const char *gap = "There is no time for ";
    for (int i = 0; agenda->wanted && i < agenda->count; i++)
        if (!agenda->depth[i] && is_wanted(agenda, agenda->lessons[i])) {
            printf("%s%s", gap, agenda->lessons[i]->name);
            gap = ", ";
        }
    if (*gap == ',')
        putchar('\n');
}

static int print_agenda(struct agenda *agenda)
{
    struct timetable table;
    bool any = false;
    for (int i = 0; i < agenda->count; i++)
        any |= agenda->depth[i] > 0;
    if (!any) {
        fputs("lab: no step with what it needs fits into that time.\n", stderr);
        return 1;
    }
    lay_out(agenda, &table);
    if (agenda->error) {
        fprintf(stderr, "lab: the lessons' mistakes: %s\n",
                strerrordesc_np(-agenda->error));
        return 1;
    }
    timetable_end(&table);
    timetable_print(&table);
    print_left_out(agenda);
    return 0;
}

/* ---- the command ---- */

static bool read_from(struct course_time *time, const char *text)
{
    struct slice rest = slice_of(text);
    uint64_t hours, minutes;
    if (ascii_take_decimal(&rest, &hours) || hours > 23 || rest.size < 2 ||
        rest.size > 3 || *rest.data != ':')
        return false;
    rest = slice_behind(rest, 1);
    if (ascii_take_decimal(&rest, &minutes) || minutes > 59 || rest.size)
        return false;
    time->from = (int)(60 * hours + minutes);
    return true;
}

static bool read_words(struct agenda *agenda, int argc, char **argv)
{
    bool has_time = false, is_right = true;
    for (int i = 1; i < argc && is_right; i++)
        if (!strcmp(argv[i], "--lessons") && i + 1 < argc)
            agenda->wanted = argv[++i];
        else if (!strcmp(argv[i], "--from") && i + 1 < argc)
            is_right = read_from(&agenda->time, argv[++i]);
        else
            has_time = is_right =
                !has_time && course_time_read(&agenda->time, argv[i]);
    return has_time && is_right;
}

int agenda_main(const struct place *place, int argc, char **argv)
{
    struct session session;
    struct agenda agenda = {.time.from = NINE};
    if (!read_words(&agenda, argc, argv)) {
        fputs("usage: ./lab agenda TIME [--lessons E0,P3] [--from 9:00]\n"
              "TIME is written 3h, 90m or 1h30m; or 1d, 2d, of eight hours "
              "each\n",
              stderr);
        return 2;
    }
    if (session_open(&session, place))
        return 1;
    agenda.lessons = session.lessons;
    while (agenda.count < LESSONS_MAX && agenda.lessons[agenda.count])
        agenda.count++;
    if (!knows_all_wanted(&agenda)) {
        session_close(&session);
        return 2;
    }
    for (int rank = 1; rank <= RANK_LAST; rank++)
        take_chains(&agenda, rank);
    take_beginnings(&agenda);
    int status = print_agenda(&agenda);
    session_close(&session);
    return status;
}
