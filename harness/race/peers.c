/* SPDX-License-Identifier: MIT */
#include "harness/race/peers.h"

#include "base/path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The number that begins there; `otherwise` if there is none that could be a
 * count. */
static double number_at(const char *text, double otherwise)
{
    const double most = 1e15;
    double number = strtod(text, NULL);
    return number >= 0 && number < most ? number : otherwise;
}

/* The number after a label, which may be missing, too. */
static double number_behind(const char *text, const char *label,
                            double otherwise)
{
    const char *found = text ? strstr(text, label) : NULL;
    return found ? number_at(found + strlen(label), otherwise) : otherwise;
}

/* ---- wrk ---- */

/* Long enough for a figure; wrk cannot run for less than a second. */
enum { WRK_SECONDS = 2 };

static void compose_wrk(struct arguments *words, const struct peer_task *task)
{
    arguments_add(words, "wrk");
    arguments_add(words, "-t1");
    arguments_add(words, "-d%ds", WRK_SECONDS);
    arguments_add(words, "-c%zu", task->concurrency);
    arguments_add(words, "%s", task->url);
}

/* "  115061 requests in 2.01s, 121.25MB read" */
static bool read_wrk(struct record *record, const char *said)
{
    static const char what[] = " requests in ";
    const char *found = strstr(said, what), *digits = found;

    while (digits && digits > said && digits[-1] != ' ')
        digits--;
    double finished = digits ? number_at(digits, 0) : 0;
    double wall_s = number_behind(said, what, 0);
    if (finished < 1 || wall_s <= 0)
        return false;
    record->requests = record->finished = (size_t)finished;
    record->wall_s = wall_s;
    const char *errors = strstr(said, "Socket errors:");
    double sum = number_behind(said, "Non-2xx or 3xx responses: ", 0) +
                 number_behind(errors, "connect ", 0) +
                 number_behind(errors, "read ", 0) +
                 number_behind(errors, "write ", 0) +
                 number_behind(errors, "timeout ", 0);
    record->errors = (size_t)sum;
    return true;
}

static const struct peer wrk = {
    .name = "wrk",
    .summary = "a load generator on an event loop, in C; here for two seconds",
    .package = "wrk",
    .level_max = 10000,
    .always_keeps = true,
    .by_time = true,
    .compose = compose_wrk,
    .read = read_wrk,
};

/* ---- ab ---- */

static void compose_ab(struct arguments *words, const struct peer_task *task)
{
    arguments_add(words, "ab");
    arguments_add(words, "-q");
    arguments_add(words, "-n%zu", task->requests);
    arguments_add(words, "-c%zu", task->concurrency);
    if (task->keep_alive)
        arguments_add(words, "-k");
    arguments_add(words, "%s", task->url);
}

static bool read_ab(struct record *record, const char *said)
{
    double finished = number_behind(said, "Complete requests:", NOT_KNOWN);
    if (finished < 0)
        return false;
    record->finished = (size_t)finished;
    record->errors = (size_t)(number_behind(said, "Failed requests:", 0) +
                              number_behind(said, "Non-2xx responses:", 0));
    record->body_bytes = (uint64_t)number_behind(said, "HTML transferred:", 0);
    return true;
}

static const struct peer ab = {
    .name = "ab",
    .summary = "ApacheBench, a load generator of one thread, in C",
    .package = "apache2-utils",
    .level_max = 10000,
    .compose = compose_ab,
    .read = read_ab,
};

/* ---- h2load ---- */

static void compose_h2load(struct arguments *words,
                           const struct peer_task *task)
{
    arguments_add(words, "h2load");
    arguments_add(words, "--h1");
    arguments_add(words, "-t1");
    arguments_add(words, "-n%zu", task->requests);
    arguments_add(words, "-c%zu", task->concurrency);
    if (!task->keep_alive)
        arguments_add(words, "--header=Connection: close");
    arguments_add(words, "%s", task->url);
}

/* "requests: 100 total, 100 started, 100 done, 98 succeeded, 2 failed, …
 * status codes: 98 2xx, 0 3xx, 2 4xx, 0 5xx
 * traffic: 0B (0) total, … 100.00KB (102400) data" */
static bool read_h2load(struct record *record, const char *said)
{
    const char *requests = strstr(said, "requests: ");
    double done = number_behind(requests, " started, ", NOT_KNOWN);
    double right = number_behind(requests, "status codes: ", NOT_KNOWN);
    const char *data = requests ? strstr(requests, ") data") : NULL;

    if (done < 0 || right < 0 || right > done)
        return false;
    record->finished = (size_t)done;
    record->errors = (size_t)(done - right);
    while (data && data > requests && data[-1] != '(')
        data--;
    record->body_bytes = data ? (uint64_t)number_at(data, 0) : 0;
    return true;
}

static const struct peer h2load = {
    .name = "h2load",
    .summary = "nghttp2's load generator, here by HTTP/1.1, in C++",
    .package = "nghttp2-client",
    .level_max = 10000,
    .compose = compose_h2load,
    .read = read_h2load,
};

/* ---- curl ---- */

/* curl makes many URLs out of one with a counter; what follows '#' is not sent.
 * Without --http1.1 it would wait to see whether one connection suffices. */
static void compose_curl(struct arguments *words, const struct peer_task *task)
{
    static const char *const options[] = {
        "curl",        "-q",
        "-sS",         "-f",
        "--http1.1",   "--no-progress-meter",
        "--noproxy",   "*",
        "--parallel",  "--parallel-immediate",
        "--output",    "/dev/null",
        "--write-out", "%{onerror}failed\\n",
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        arguments_add(words, "%s", options[i]);
    arguments_add(words, "--parallel-max");
    arguments_add(words, "%zu", task->concurrency);
    if (!task->keep_alive)
        arguments_add(words, "-HConnection: close");
    arguments_add(words, "%s#[1-%zu]", task->url, task->requests);
}

/* curl prints only what failed, and exits with 0 only if nothing did. */
static bool read_curl(struct record *record, const char *said)
{
    record->finished = record->requests;
    for (const char *at = said; (at = strstr(at, "failed\n")); at++)
        record->errors++;
    return true;
}

static const struct peer curl = {
    .name = "curl",
    .summary = "curl --parallel, on an event loop, in C",
    .package = "curl",
    .level_max = 300,
    .compose = compose_curl,
    .read = read_curl,
};

/* ---- the talks' own programs, in Python ---- */

static const struct peer py_threads = {
    .name = "py-threads",
    .summary = "ThreadPoolExecutor.map, in Python",
    .package = "python3",
    .script = "thread_pool.py",
    .level_max = 1000,
    .never_keeps = true,
};

static const struct peer py_processes = {
    .name = "py-processes",
    .summary = "ProcessPoolExecutor.map, in Python",
    .package = "python3",
    .script = "process_pool.py",
    .level_max = 100,
    .never_keeps = true,
};

static const struct peer py_asyncore = {
    .name = "py-asyncore",
    .summary = "an asyncore.dispatcher for each page, in Python",
    .script = "dispatcher.py",
    .module = "asyncore",
    .level_max = 900, /* it uses select() */
    .never_keeps = true,
};

static const struct peer py_twisted = {
    .name = "py-twisted",
    .summary = "Twisted: a ClientFactory for each page, in Python",
    .package = "python3-twisted",
    .script = "factory.py",
    .module = "twisted",
    .level_max = 10000,
    .never_keeps = true,
};

static const struct peer py_tornado = {
    .name = "py-tornado",
    .summary = "Tornado's AsyncHTTPClient, in Python",
    .package = "python3-tornado",
    .script = "tornado_client.py",
    .module = "tornado",
    .level_max = 10000,
    .never_keeps = true,
};

static const struct peer py_asyncio = {
    .name = "py-asyncio",
    .summary = "a coroutine on asyncio's streams, in Python",
    .package = "python3",
    .script = "streams.py",
    .level_max = 10000,
    .never_keeps = true,
};

static const struct peer py_aiohttp = {
    .name = "py-aiohttp",
    .summary = "aiohttp, a client on asyncio, in Python",
    .package = "python3-aiohttp",
    .script = "aiohttp_session.py",
    .module = "aiohttp",
    .level_max = 10000,
};

/* The system's Python, for which the packages are made; another one if there is
 * none. A user's settings and modules are ignored. */
static bool find_python(char path[PEER_PATH_SIZE])
{
    snprintf(path, PEER_PATH_SIZE, "/usr/bin/python3");
    return !access(path, X_OK) ||
           path_find_program("python3", path, PEER_PATH_SIZE);
}

static void add_python(struct arguments *words, const char *python)
{
    arguments_add(words, "%s", python);
    arguments_add(words, "-EsB");
}

static int find_module(const char *python, const char *module)
{
    struct arguments words = {0};
    struct buffer ignored = {0};

    add_python(&words, python);
    arguments_add(&words, "-c");
    arguments_add(&words,
                  "import importlib.util as u, sys\n"
                  "sys.exit(not u.find_spec('%s'))",
                  module);
    int code = arguments_run(&words, NULL, &ignored);
    arguments_deinit(&words);
    buffer_deinit(&ignored);
    return code > 0 ? -ENOENT : code;
}

void peer_compose_script(struct arguments *words, const struct peer *peer)
{
    add_python(words, "python3");
    arguments_add(words, "%s/harness/peers/%s", WAITLAB_SOURCE_DIR,
                  peer->script);
}

/* ---- all of them ---- */

const struct peer *const peers[] = {
    &wrk,        &ab,           &h2load,      &curl,
    &py_threads, &py_processes, &py_asyncore, &py_twisted,
    &py_tornado, &py_asyncio,   &py_aiohttp,  NULL,
};

const struct peer *peers_find(const char *name)
{
    for (size_t i = 0; peers[i]; i++)
        if (!strcmp(peers[i]->name, name))
            return peers[i];
    return NULL;
}

int peer_find(const struct peer *peer, char path[PEER_PATH_SIZE])
{
    bool found = peer->script
                     ? find_python(path)
                     : path_find_program(peer->name, path, PEER_PATH_SIZE);
    if (!found)
        return -ENOENT;
    return peer->module ? find_module(path, peer->module) : 0;
}
