/* SPDX-License-Identifier: MIT */
/* `lesson check`: for authors of lessons. */
#include "lessons/tool/commands.h"

#include "lessons/tool/author/proof.h"
#include "lessons/tool/files.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What is to be proven, and what has been. */
struct course {
    const struct place *place;
    struct lesson **lessons;
    char **names; /* of the wanted ones, closed by NULL; none: all */
    bool quick;
    const char *sanitizer; /* with this one only; NULL: with both */
    char folder[32];
    int proofs;
    struct proof sum;
};

static void print_proof(const struct lesson *lesson, const char *sanitizer,
                        const struct proof *proof)
{
    printf("%-4s %-7s %2d steps  %2d starters  %2d solutions  %2d merges  "
           "%2d mutants  %d kin  %s%s\n",
           lesson->name, sanitizer, proof->steps, proof->starters,
           proof->solutions, proof->merges, proof->mutants, proof->kin,
           proof->raced ? "raced  " : "",
           proof->failures ? "NOT PROVEN" : "proven");
    fflush(stdout);
}

static void add(struct proof *sum, const struct proof *one)
{
    sum->steps += one->steps;
    sum->starters += one->starters;
    sum->solutions += one->solutions;
    sum->merges += one->merges;
    sum->mutants += one->mutants;
    sum->caught += one->caught;
    sum->blind += one->blind;
    sum->mended += one->mended;
    sum->kin += one->kin;
    sum->raced += one->raced;
    sum->failures += one->failures;
}

static bool is_wanted(const struct course *course, const struct lesson *lesson,
                      bool threads)
{
    if (threads && !lesson->threads)
        return false;
    for (char **name = course->names; *name; name++)
        if (!strcasecmp(*name, lesson->name))
            return true;
    return !*course->names;
}

static bool any_is_wanted(const struct course *course, bool threads)
{
    for (struct lesson **lesson = course->lessons; *lesson; lesson++)
        if (is_wanted(course, *lesson, threads))
            return true;
    return false;
}

static int prove_with(struct course *course, const struct toolchain *check,
                      const struct toolchain *race, bool threads,
                      struct buffer *why)
{
    char folder[64];
    snprintf(folder, sizeof folder, "%s/%s", course->folder,
             threads ? "thread" : "address");
    const struct proof_setup setup = {.check = check,
                                      .race = race,
                                      .folder = folder,
                                      .again = threads,
                                      .quick = course->quick,
                                      .out = stdout};
    int error = 0;
    for (struct lesson **lesson = course->lessons; !error && *lesson;
         lesson++) {
        struct proof proof = {0};
        if (!is_wanted(course, *lesson, threads))
            continue;
        error = lesson_prove(*lesson, &setup, &proof, why);
        print_proof(*lesson, threads ? "thread" : "address", &proof);
        add(&course->sum, &proof);
        course->proofs++;
    }
    return error;
}

/* Proves all lessons that are wanted with the checks of the build in `build`.
 * -ENOENT: there is no such build. */
static int prove(struct course *course, const char *build, bool threads,
                 struct buffer *why)
{
    struct toolchain check = {0}, race = {0};
    if (!any_is_wanted(course, threads))
        return 0;
    int error = toolchain_load(&check, build, why);
    if (!error && !toolchain_is_built(&check)) {
        error = -ENOENT;
        buffer_print(why, "%s is not built", build);
    }
    if (!error)
        error = toolchain_load_race(&race, build, why);
    check.cc = race.cc = course->place->cc;
    if (!error)
        error = prove_with(course, &check, &race, threads, why);
    toolchain_deinit(&check);
    toolchain_deinit(&race);
    return error;
}

/* Proves with both sanitizers, or with the one that is asked for, "address" or
 * "thread". The thread sanitizer is left out if its build is not there. */
static int prove_all(struct course *course, struct buffer *why)
{
    const struct place *place = course->place;
    const char *sanitizer = course->sanitizer;
    int error = 0;
    if (!sanitizer || !strcmp(sanitizer, "address"))
        error = prove(course, place->build, false, why);
    if (error || (sanitizer && strcmp(sanitizer, "thread")))
        return error;
    error = prove(course, place->threads, true, why);
    if (error != -ENOENT || sanitizer)
        return error;
    struct slice reason = buffer_reason(why);
    printf("not with the thread sanitizer: %.*s\n", (int)reason.size,
           reason.data);
    return 0;
}

static void print_sum(int proofs, const struct proof *sum)
{
    printf("%d proofs: %d steps, %d starters, %d solutions, %d merges, "
           "%d mutants, %d raced; %d failures\n",
           proofs, sum->steps, sum->starters, sum->solutions, sum->merges,
           sum->mutants, sum->raced, sum->failures);
    if (sum->mutants)
        printf("wrong ones: %d tried, %d caught; right ones written "
               "differently: %d\n",
               sum->mutants, sum->caught, sum->kin);
    if (sum->blind)
        printf("written without a look at the checks: %d, of which %d were "
               "caught at once\n",
               sum->blind, sum->blind - sum->mended);
}

static int finish(const struct course *course, int error,
                  const struct buffer *why)
{
    const struct proof *sum = &course->sum;
    struct slice reason = buffer_reason(why);
    if (error)
        fprintf(stderr, "lesson check: %.*s\n", (int)reason.size, reason.data);
    else if (!course->proofs && *course->names)
        fprintf(stderr, "lesson check: there is no lesson of that name\n");
    else
        print_sum(course->proofs, sum);
    if (!error && !course->proofs && *course->names)
        return 2;
    return error || sum->failures ? 1 : 0;
}

static int check(struct course *course)
{
    struct buffer why = {0};
    int status = 1;
    int error = lessons_load(&course->lessons, course->place->lessons, &why);
    if (!error && !mkdtemp(course->folder)) {
        perror("lesson check: /tmp");
    } else {
        if (!error)
            error = prove_all(course, &why);
        status = finish(course, error, &why);
        folder_remove(course->folder);
    }
    lessons_free(course->lessons);
    buffer_deinit(&why);
    return status;
}

static int prove_main(const struct place *place, int argc, char **argv)
{
    static const struct option options[] = {
        {"sanitizer", required_argument, NULL, 's'},
        {"quick", no_argument, NULL, 'q'},
        {NULL, 0, NULL, 0},
    };
    struct course course = {
        .place = place,
        .folder = "/tmp/waitlab-proof-XXXXXX",
    };
    optind = 0; /* start over */
    for (int option;
         (option = getopt_long(argc, argv, "", options, NULL)) >= 0;)
        if (option == 's')
            course.sanitizer = optarg;
        else if (option == 'q')
            course.quick = true;
        else
            return 2;
    course.names = argv + optind;
    return check(&course);
}

int lesson_main(const struct place *place, int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "check"))
        return prove_main(place, argc - 1, argv + 1);
    if (argc > 1 && !strcmp(argv[1], "new"))
        return new_main(place, argc - 1, argv + 1);
    fputs("usage: lesson new NAME\n"
          "       lesson check [--sanitizer address|thread] [--quick] "
          "[NAME ...]\n",
          stderr);
    return 2;
}
