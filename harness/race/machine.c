/* SPDX-License-Identifier: MIT */
#include "harness/race/machine.h"
#include "base/processors.h"
#include "base/program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 256 };

/* The value of the first "key<separators>value" of a file; quotes come off. 0
 * or -ENOMEM: then it is not known whether there is one. */
static int find_value(const char *path, const char *key, char *value)
{
    char line[LINE_SIZE];
    FILE *file = fopen(path, "re");

    snprintf(value, LINE_SIZE, "unknown");
    if (!file)
        return errno == ENOMEM ? -ENOMEM : 0;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, key, strlen(key)) != 0)
            continue;
        char *start = line + strlen(key);
        start += strspn(start, " \t:=\"");
        start[strcspn(start, "\"\n")] = '\0';
        snprintf(value, LINE_SIZE, "%s", start);
        break;
    }
    fclose(file);
    return 0;
}

static int write_value(struct json_writer *json, const char *name,
                       const char *path, const char *key)
{
    char value[LINE_SIZE];
    int error = find_value(path, key, value);
    json_write_text(json, name, value);
    return error;
}

static void write_kernel(struct json_writer *json)
{
    struct utsname name;
    char text[sizeof name.sysname + sizeof name.release + sizeof name.machine +
              3];

    uname(&name);
    snprintf(text, sizeof text, "%s %s %s", name.sysname, name.release,
             name.machine);
    json_write_text(json, "kernel", text);
}

int machine_write(struct json_writer *json)
{
    struct rlimit limit = {0};

    getrlimit(RLIMIT_NOFILE, &limit);
    json_write_object(json, "machine");
    int error = write_value(json, "cpu", "/proc/cpuinfo", "model name");
    json_write_real(json, "cores", (double)processors_allowed());
    json_write_real(json, "cores_online", (double)processors_online());
    json_write_real(json, "memory_bytes",
                    (double)sysconf(_SC_PHYS_PAGES) *
                        (double)sysconf(_SC_PAGESIZE));
    write_kernel(json);
    if (write_value(json, "distribution", "/etc/os-release", "PRETTY_NAME"))
        error = -ENOMEM;
    json_write_text(json, "compiler", WAITLAB_COMPILER);
    json_write_text(json, "flags", WAITLAB_FLAGS);
    json_write_count(json, "descriptors", limit.rlim_cur);
    json_write_end(json);
    return error;
}

/* Asked when the race runs, not when it was built: a commit does not build
 * again. The front door builds before it races, so both are the same. */
int machine_commit(char text[COMMIT_SIZE])
{
    struct arguments git = {0};
    struct buffer said = {0};

    arguments_add(&git, "git");
    arguments_add(&git, "-C");
    arguments_add(&git, "%s", WAITLAB_SOURCE_DIR);
    arguments_add(&git, "describe");
    arguments_add(&git, "--always");
    arguments_add(&git, "--dirty");
    /* So that git only reads, and does not update its index. */
    arguments_set(&git, "GIT_OPTIONAL_LOCKS", "0");
    int status = arguments_run(&git, &said, NULL);
    snprintf(text, COMMIT_SIZE, "%.*s", (int)said.size, said.data);
    text[strcspn(text, "\n")] = '\0'; /* it prints a line */
    if (status || !text[0])
        strcpy(text, "unknown");
    arguments_deinit(&git);
    buffer_deinit(&said);
    return status == -ENOMEM ? status : 0;
}

void machine_date(char text[DATE_SIZE])
{
    time_t now = time(NULL);
    struct tm date;
    strftime(text, DATE_SIZE, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &date));
}
