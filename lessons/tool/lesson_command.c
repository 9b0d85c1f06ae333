/* SPDX-License-Identifier: MIT */
/* `lesson check`: for those who write lessons. */
#include "lessons/tool/commands.h"

#include "lessons/tool/files.h"
#include "lessons/tool/proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print_lesson(const struct lesson *lesson, const struct proof *proof)
{
    printf("%-4s %2d steps  %2d starters  %2d solutions  %2d merges  "
           "%2d mutants  %s\n",
           lesson->name, proof->steps, proof->starters, proof->solutions,
           proof->merges, proof->mutants,
           proof->failures ? "NOT PROVEN" : "proven");
}

static void add(struct proof *sum, const struct proof *one)
{
    sum->steps += one->steps;
    sum->starters += one->starters;
    sum->solutions += one->solutions;
    sum->merges += one->merges;
    sum->mutants += one->mutants;
    sum->failures += one->failures;
}

static bool is_wanted(const struct lesson *lesson, int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        if (!strcasecmp(argv[i], lesson->name))
            return true;
    return argc == 2;
}

static int prove_all(struct lesson **lessons, const struct toolchain *toolchain,
                     const char *folder, int argc, char **argv)
{
    struct proof sum = {0};
    struct buffer why = {0};
    int count = 0, error = 0;
    for (; !error && *lessons; lessons++) {
        struct proof proof = {0};
        if (!is_wanted(*lessons, argc, argv))
            continue;
        error = lesson_prove(*lessons, toolchain, folder, &proof, stdout, &why);
        print_lesson(*lessons, &proof);
        fflush(stdout);
        add(&sum, &proof);
        count++;
    }
    if (error)
        fprintf(stderr, "lesson check: %.*s\n", (int)why.size, why.data);
    else if (!count)
        fprintf(stderr, "lesson check: there is no lesson of that name\n");
    else
        printf("%d lessons: %d steps, %d starters, %d solutions, %d merges, "
               "%d mutants; %d failures\n",
               count, sum.steps, sum.starters, sum.solutions, sum.merges,
               sum.mutants, sum.failures);
    buffer_deinit(&why);
    return error || sum.failures ? 1 : count ? 0 : 2;
}

static int check(const struct place *place, int argc, char **argv)
{
    struct buffer why = {0};
    struct lesson **lessons = NULL;
    struct toolchain toolchain = {0};
    char folder[] = "/tmp/waitlab-proof-XXXXXX";
    int status = 1;
    if (lessons_load(&lessons, place->lessons, &why) ||
        toolchain_load(&toolchain, place->build, &why)) {
        fprintf(stderr, "lesson check: %.*s\n", (int)why.size, why.data);
    } else if (!mkdtemp(folder)) {
        perror("lesson check: /tmp");
    } else {
        toolchain.cc = place->cc;
        status = prove_all(lessons, &toolchain, folder, argc, argv);
        folder_remove(folder);
    }
    toolchain_deinit(&toolchain);
    lessons_free(lessons);
    buffer_deinit(&why);
    return status;
}

int lesson_main(const struct place *place, int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "check"))
        return check(place, argc, argv);
    fputs("usage: lesson check [NAME ...]\n", stderr);
    return 2;
}
