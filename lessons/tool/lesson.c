/* SPDX-License-Identifier: MIT */
#include "lessons/tool/lesson.h"

#include "base/number.h"
#include "base/program.h"
#include "harness/json.h"
#include "harness/models.h"
#include "lessons/tool/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- out of the JSON ---- */

/* A list of texts, NULL-closed; NULL itself without memory. A text alone is a
 * list of one. */
static const char **texts_of(const cJSON *json, const char *key)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(json, key);
    const cJSON *item;
    const char **list =
        calloc((size_t)cJSON_GetArraySize(array) + 2, sizeof *list);
    size_t count = 0;
    if (list && cJSON_IsString(array))
        list[count++] = array->valuestring;
    cJSON_ArrayForEach(item, array)
    {
        if (list && cJSON_IsString(item))
            list[count++] = item->valuestring;
    }
    return list;
}

static bool list_has(const cJSON *json, const char *key, const char *text)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(json, key);
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        if (cJSON_IsString(item) && !strcmp(item->valuestring, text))
            return true;
    }
    return false;
}

static void read_step(struct step *step, const cJSON *json)
{
    const cJSON *predict = cJSON_GetObjectItemCaseSensitive(json, "predict");
    *step = (struct step){
        .name = json_text(json, "name"),
        .minutes = json_int(json, "minutes", 1, MINUTES_MAX, 0),
        .spine = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "spine")),
        .rank = json_int(json, "rank", 1, RANK_LAST, 0),
        .fails = json_text(json, "fails"),
        .functions = texts_of(json, "functions"),
        .hints = texts_of(json, "hints"),
        .predict = {.question = json_text(predict, "question"),
                    .answer = json_text(predict, "answer"),
                    .because = json_text(predict, "because"),
                    .program = json_text(predict, "program")},
    };
}

static struct lesson_race read_race(const cJSON *json)
{
    const cJSON *race = cJSON_GetObjectItemCaseSensitive(json, "race");
    return (struct lesson_race){.beside = json_text(race, "beside"),
                                .options = json_text(race, "options")};
}

/* These functions return what is wrong, or NULL. */

static const char *read_core(struct lesson_core *core, const cJSON *json)
{
    core->objects = texts_of(json, "object");
    if (!json || !core->objects)
        return NULL;
    core->contestant = json_text(json, "contestant");
    if (!core->objects[0] || !core->contestant)
        return "its core needs an object and a contestant";
    if (!models_find(core->contestant))
        return "the contestant of its core is not a model of this lab";
    return NULL;
}

static const char *read_steps(struct lesson *lesson, const cJSON *steps)
{
    const cJSON *item;
    if (cJSON_GetArraySize(steps) < 1 || cJSON_GetArraySize(steps) > STEPS_MAX)
        return "it needs 1 to 16 steps";
    cJSON_ArrayForEach(item, steps)
    {
        struct step *step = &lesson->steps[++lesson->count];
        read_step(step, item);
        if (!step->name || !step->fails || step->minutes < 1 || step->rank < 1)
            return "each step needs a name, minutes, a rank from 1 to 4 and "
                   "the test that its starter fails";
    }
    return NULL;
}

static const char *read_lesson(struct lesson *lesson, const cJSON *json)
{
    if (json_number(json, "format", 0) > (double)LESSON_FORMAT)
        return "its format is newer than this lab, which reads format 1";
    if (json_number(json, "format", 0) < 1)
        return "it needs a format, which is 1";
    lesson->name = json_text(json, "name");
    lesson->title = json_text(json, "title");
    lesson->source = json_text(json, "source");
    lesson->model = json_text(json, "model");
    lesson->race = read_race(json);
    lesson->check = json_text(json, "check");
    lesson->later = json_text(json, "later");
    lesson->threads = list_has(json, "sanitizers", "thread");
    lesson->given = texts_of(json, "given");
    lesson->rows = texts_of(json, "rows");
    const char *wrong = read_core(
        &lesson->core, cJSON_GetObjectItemCaseSensitive(json, "core"));
    if (wrong)
        return wrong;
    if (lesson_has_core(lesson) && lesson->model)
        return "it replaces a core or offers a model, and cannot do both";
    if (!lesson->name || !lesson->title || !lesson->source || !lesson->check)
        return "it needs a name, a title, a source and a check";
    return read_steps(lesson, cJSON_GetObjectItemCaseSensitive(json, "steps"));
}

/* Was there memory for all of it? */
static bool is_whole(const struct lesson *lesson)
{
    bool whole =
        lesson->folder && lesson->given && lesson->rows && lesson->core.objects;
    for (int i = 1; whole && i <= lesson->count; i++)
        whole = lesson->steps[i].functions && lesson->steps[i].hints;
    return whole;
}

static int refuse(struct lesson *lesson, int error, const char *folder,
                  const char *wrong, struct buffer *why)
{
    lesson_free(lesson);
    if (buffer_print(why, "%s/lesson.json: %s", folder, wrong))
        return -ENOMEM;
    return error;
}

int lesson_parse(struct lesson **out, const char *folder, struct slice text,
                 struct buffer *why)
{
    struct lesson *lesson = calloc(1, sizeof *lesson);
    if (!lesson)
        return -ENOMEM;
    lesson->folder = strdup(folder);
    int error = json_parse(&lesson->json, text);
    if (error == -EBADMSG)
        return refuse(lesson, -EINVAL, folder, "it is not JSON", why);
    const char *wrong = error ? NULL : read_lesson(lesson, lesson->json);
    if (wrong)
        return refuse(lesson, -EINVAL, folder, wrong, why);
    if (error || !is_whole(lesson))
        return refuse(lesson, -ENOMEM, folder, "out of memory", why);
    *out = lesson;
    return 0;
}

int lesson_load(struct lesson **out, const char *folder, struct buffer *why)
{
    struct buffer text = {0};
    int error = file_read(&text, "%s/lesson.json", folder);
    error = error ? refuse(NULL, error, folder, strerrordesc_np(-error), why)
                  : lesson_parse(out, folder, buffer_slice(&text), why);
    buffer_deinit(&text);
    return error;
}

void lesson_free(struct lesson *lesson)
{
    if (!lesson)
        return;
    for (int i = 1; i <= lesson->count; i++) {
        free(lesson->steps[i].functions);
        free(lesson->steps[i].hints);
    }
    free(lesson->core.objects);
    free(lesson->given);
    free(lesson->rows);
    cJSON_Delete(lesson->json);
    free(lesson->folder);
    free(lesson);
}

/* ---- all of them ---- */

static int by_syllabus(const void *a, const void *b)
{
    const char *one = (*(struct lesson *const *)a)->name;
    const char *other = (*(struct lesson *const *)b)->name;
    /* The prologue, P0 to P4, comes before the episodes, E0 to E5. */
    if (one[0] != other[0] && (one[0] == 'P' || other[0] == 'P'))
        return one[0] == 'P' ? -1 : 1;
    return strcmp(one, other);
}

static int load_entry(struct lesson **lesson, const char *folder,
                      const char *entry, struct buffer *why)
{
    char *path = NULL;
    int error = 0;
    if (entry[0] == '.')
        return 0;
    if (asprintf(&path, "%s/%s", folder, entry) < 0)
        return -ENOMEM;
    if (file_exists("%s/lesson.json", path))
        error = lesson_load(lesson, path, why);
    free(path);
    return error;
}

int lessons_load(struct lesson ***out, const char *folder, struct buffer *why)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        int error = -errno;
        buffer_print(why, "%s: %s", folder, strerrordesc_np(-error));
        return error;
    }
    struct lesson **list = calloc(1, sizeof *list);
    size_t count = 0;
    int error = list ? 0 : -ENOMEM;
    const struct dirent *entry;
    while (!error && (entry = readdir(dir))) {
        struct lesson *lesson = NULL;
        error = load_entry(&lesson, folder, entry->d_name, why);
        if (!lesson)
            continue;
        struct lesson **more = realloc(list, (count + 2) * sizeof *list);
        if (!more) {
            lesson_free(lesson);
            error = -ENOMEM;
            break;
        }
        list = more;
        list[count++] = lesson;
        list[count] = NULL;
    }
    closedir(dir);
    if (!error && count == 0) {
        error = -ENOENT;
        buffer_print(why,
                     "there is no lesson in %s: a folder with a lesson.json in "
                     "it",
                     folder);
    }
    if (error) {
        lessons_free(list);
        return error;
    }
    qsort(list, count, sizeof *list, by_syllabus);
    *out = list;
    return 0;
}

void lessons_free(struct lesson **lessons)
{
    for (size_t i = 0; lessons && lessons[i]; i++)
        lesson_free(lessons[i]);
    free(lessons);
}

struct lesson *lessons_find(struct lesson **lessons, const char *name)
{
    for (size_t i = 0; lessons[i]; i++)
        if (!strcasecmp(lessons[i]->name, name))
            return lessons[i];
    return NULL;
}

bool lesson_is_raced(const struct lesson *lesson)
{
    return lesson_has_core(lesson) || lesson->model;
}

const char *lesson_contestant(const struct lesson *lesson)
{
    return lesson_has_core(lesson) ? lesson->core.contestant : "mine";
}

int lesson_step_of_function(const struct lesson *lesson, const char *function)
{
    for (int i = 1; i <= lesson->count; i++)
        for (size_t j = 0; lesson->steps[i].functions[j]; j++)
            if (!strcmp(lesson->steps[i].functions[j], function))
                return i;
    return 0;
}

int lesson_step_of_text(const struct lesson *lesson, const char *text)
{
    static const char heading[] = "/* ---- step ";
    int step = 0;
    while ((text = strstr(text, heading))) {
        text += sizeof heading - 1;
        int number = 0;
        number_read_int(text, &number);
        if (number > step && number <= lesson->count)
            step = number;
    }
    return step;
}

/* ---- the learner's text ---- */

int lesson_text(const struct lesson *lesson, int step, int solved,
                struct buffer *text, struct buffer *why)
{
    struct arguments unifdef = {0};
    arguments_add(&unifdef, "unifdef");
    arguments_add(&unifdef, "-x2"); /* "something changed" is not a failure */
    arguments_add(&unifdef, "-DSTEP=%d", step);
    arguments_add(&unifdef, "-DSOLVED=%d", solved);
    arguments_add(&unifdef, "%s/%s", lesson->folder, lesson->source);
    int status = arguments_run(&unifdef, text, why);
    arguments_deinit(&unifdef);
    if (status == 127)
        buffer_append_text(why, "unifdef is missing: apt install unifdef");
    return status > 0 ? -EINVAL : status;
}
