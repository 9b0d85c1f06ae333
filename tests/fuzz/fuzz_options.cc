/* SPDX-License-Identifier: MIT */
/* Command lines, a word a line; the first word is the command. Only read, never
 * carried out. */
#include "fuzz.h"

#include "harness/claims/claims_options.h"
#include "harness/diff/diff_options.h"
#include "harness/fetch.h"
#include "harness/ps/ps_options.h"
#include "harness/race/contestant_setup.h"
#include "harness/race/plan_options.h"
#include "harness/serve_options.h"
#include "harness/timeline/timeline_options.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <getopt.h>
#include <unistd.h>
#include <vector>

/* Help and complaints go nowhere meanwhile. */
class Quiet
{
  public:
    Quiet()
    {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        fflush(stdout);
        for (int i = 0; i < 2; i++) {
            kept[i] = fcntl(i + 1, F_DUPFD_CLOEXEC, 3);
            dup2(null, i + 1);
        }
        close(null);
    }
    ~Quiet()
    {
        fflush(stdout);
        for (int i = 0; i < 2; i++) {
            dup2(kept[i], i + 1);
            close(kept[i]);
        }
    }
    Quiet(const Quiet &) = delete;
    Quiet &operator=(const Quiet &) = delete;

  private:
    int kept[2];
};

template <typename Options>
static int quietly(int (*read)(Options *, int, char **), Options *options,
                   int argc, char **argv)
{
    Quiet quiet;
    return read(options, argc, argv);
}

/* Does the command go on, or does it end with that exit code? */
static bool goes_on(int code)
{
    fuzz_require(code >= -1 && code <= 8, "an exit code, or -1 to go on");
    return code < 0;
}

static void read_fetch(int argc, char **argv)
{
    struct fetch_options options;
    if (goes_on(quietly(fetch_options_init, &options, argc, argv))) {
        fuzz_require(options.model && options.url_count && options.count,
                     "there is something to fetch");
        fuzz_require(options.concurrency >= 1 &&
                         options.concurrency <= options.count,
                     "as many at once as there are pages, at most");
        for (size_t i = 0; i < options.url_count; i++)
            fuzz_require(options.pages[i].url.target, "each URL was read");
    }
    fetch_options_deinit(&options);
}

static void read_race(int argc, char **argv)
{
    struct plan plan;
    if (goes_on(quietly(plan_init, &plan, argc, argv)))
        fuzz_require(plan.contestant_count && plan.block_count,
                     "there is a race to run");
}

static void read_timeline(int argc, char **argv)
{
    struct timeline_options options;
    if (!goes_on(quietly(timeline_options_read, &options, argc, argv)))
        return;
    fuzz_require(options.count >= 1 && options.count <= DRAWN_MOST,
                 "there is something to draw");
    for (size_t i = 0; i < options.count; i++)
        fuzz_require(options.contestants[i].model &&
                         options.contestants[i].name,
                     "each of them is a model");
    fuzz_require(options.concurrency >= 1 && options.requests >= 1 &&
                     options.delay >= 0 && options.out,
                 "there are pages to fetch, and a folder");
}

static void read_contestant(int argc, char **argv)
{
    struct contestant_setup setup = {};
    int error = quietly(contestant_setup_read, &setup, argc, argv);
    fuzz_require(error == 0 || error == -EINVAL, "0, or it was explained");
    if (!error) {
        fuzz_require(!setup.model != !setup.floor, "a model or a floor");
        fuzz_require(setup.made && setup.url_count && setup.requests &&
                         setup.concurrency,
                     "there is something to measure");
    }
    contestant_setup_deinit(&setup);
}

static void read_claims(int argc, char **argv)
{
    struct claims_options options;
    if (!goes_on(quietly(claims_options_read, &options, argc, argv)))
        return;
    fuzz_require(options.count >= 1 && options.count <= CLAIMS_MAX,
                 "there is something to put to the test");
    for (size_t i = 0; i < options.count; i++)
        for (size_t j = 0; j < i; j++)
            fuzz_require(options.chosen[i] != options.chosen[j],
                         "each claim once");
}

static void read_diff(int argc, char **argv)
{
    struct diff_options options;
    if (!goes_on(quietly(diff_options_read, &options, argc, argv)))
        return;
    fuzz_require(options.models[0] && options.models[1],
                 "there are two to compare");
    fuzz_require(options.width >= 43 && options.width <= UINT16_MAX,
                 "wide enough for two columns, and possible on a terminal");
}

static void read_ps(int argc, char **argv)
{
    struct ps_options options;
    if (!goes_on(quietly(ps_options_read, &options, argc, argv)))
        return;
    fuzz_require(options.name && options.pid >= 1, "it is one process");
    fuzz_require(options.span >= 0 &&
                     options.span <= 366 * 86400 * NANOS_PER_SECOND,
                 "it is looked at for a while that ends");
}

static void read_serve(int argc, char **argv)
{
    struct serve_options options;
    if (!goes_on(quietly(serve_options_read, &options, argc, argv)))
        return;
    fuzz_require(options.origin.host && !options.origin.tls,
                 "an address, and nothing has been opened");
    fuzz_require(!options.key_file == !options.certificate_file &&
                     (options.tls || !options.key_file),
                 "a certificate has a key, and is for https");
}

static const struct {
    const char *name;
    void (*read)(int argc, char **argv);
} commands[] = {
    {"claims", read_claims}, {"contestant", read_contestant},
    {"diff", read_diff},     {"fetch", read_fetch},
    {"ps", read_ps},         {"race", read_race},
    {"serve", read_serve},   {"timeline", read_timeline},
};

void fuzz_options(std::string_view input)
{
    if (input.find('\0') != input.npos || input.size() > 4000)
        return; /* no program is given such words */
    std::vector<std::string> words;
    while (!input.empty())
        words.push_back(fuzz_line(&input));
    std::vector<char *> argv;
    for (std::string &word : words)
        argv.push_back(&word[0]);
    argv.push_back(nullptr);
    int argc = static_cast<int>(words.size());
    if (argc == 0)
        return;
    optind = 0; /* getopt begins anew */
    for (const auto &command : commands)
        if (words[0] == command.name)
            command.read(argc, argv.data());
}
