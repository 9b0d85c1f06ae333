/* SPDX-License-Identifier: MIT */
#include "harness/race/machine.h"

#include "harness/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 256 };

/* The value of the first "key<separators>value" of a file; quotes come off. */
static void find_value(const char *path, const char *key, char *value)
{
    char line[LINE_SIZE];
    FILE *file = fopen(path, "re");

    snprintf(value, LINE_SIZE, "unknown");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, key, strlen(key)) != 0)
            continue;
        char *start = line + strlen(key);
        start += strspn(start, " \t:=\"");
        start[strcspn(start, "\"\n")] = '\0';
        snprintf(value, LINE_SIZE, "%s", start);
        break;
    }
    if (file)
        fclose(file);
}

static void add_text(cJSON *json, const char *name, const char *path,
                     const char *key)
{
    char value[LINE_SIZE];
    find_value(path, key, value);
    json_add_text(json, name, value);
}

static void add_kernel(cJSON *json)
{
    struct utsname name;
    char text[sizeof name.sysname + sizeof name.release + sizeof name.machine +
              3];

    uname(&name);
    snprintf(text, sizeof text, "%s %s %s", name.sysname, name.release,
             name.machine);
    json_add_text(json, "kernel", text);
}

cJSON *machine_to_json(void)
{
    struct rlimit limit = {0};
    cJSON *json = cJSON_CreateObject();

    if (!json)
        return NULL;
    getrlimit(RLIMIT_NOFILE, &limit);
    add_text(json, "cpu", "/proc/cpuinfo", "model name");
    cJSON_AddNumberToObject(json, "cores",
                            (double)sysconf(_SC_NPROCESSORS_ONLN));
    cJSON_AddNumberToObject(json, "memory_bytes",
                            (double)sysconf(_SC_PHYS_PAGES) *
                                (double)sysconf(_SC_PAGESIZE));
    add_kernel(json);
    add_text(json, "distribution", "/etc/os-release", "PRETTY_NAME");
    json_add_text(json, "compiler", WAITLAB_COMPILER);
    json_add_text(json, "flags", WAITLAB_FLAGS);
    cJSON_AddNumberToObject(json, "descriptors", (double)limit.rlim_cur);
    return json;
}

/* Asked when the race runs, not when it was built: who commits does not build
 * again. The front door builds before it races, so both are the same. */
char *machine_commit(void)
{
    char line[LINE_SIZE] = "";
    FILE *git = popen("git -C '" WAITLAB_SOURCE_DIR
                      "' describe --always --dirty 2>/dev/null",
                      "re");
    if (git) {
        if (!fgets(line, sizeof line, git))
            line[0] = '\0';
        pclose(git);
    }
    line[strcspn(line, "\n")] = '\0';
    return strdup(*line ? line : "unknown");
}

void machine_date(char text[DATE_SIZE])
{
    time_t now = time(NULL);
    struct tm date;
    strftime(text, DATE_SIZE, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &date));
}
