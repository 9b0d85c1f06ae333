/* SPDX-License-Identifier: MIT */
#include "failing.h"

#include "http/message.h"
#include "http/result.h"
#include "http/tls.h"
#include "http/url.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <netdb.h>
#include <random>
#include <regex>
#include <sys/mman.h>
#include <unistd.h>

/* A page takes milliseconds. */
enum { PATIENCE_S = 30 };

bool memory_test_is_long()
{
    const char *is_long = getenv("WAITLAB_LONG");
    return is_long && *is_long;
}

bool says_so(const std::string &text)
{
    static const std::vector<std::string> sentences = {
        fetch_error_sentence(FETCH_NO_MEMORY),
        /* pthread_create() says EAGAIN for that, too */
        fetch_error_sentence(FETCH_NO_PROCESS),
        strerrordesc_np(ENOMEM),
        gai_strerror(EAI_MEMORY),
        "there is no memory to print the page",
        "there is no memory to read its report",
        "there is no memory for what it said",
        "out of memory: some of this is missing",
        "no descriptor or no memory is free for io_uring: raise ulimit -n or "
        "ulimit -l",
        url_error_sentence(URL_NO_MEMORY),
        message_error_sentence(MESSAGE_NO_MEMORY),
        tls_error_sentence(TLS_NO_MEMORY),
    };
    /* Sentences are wrapped, and in reports they are in quotes. */
    static const std::regex wraps("\n +");
    std::string flat = std::regex_replace(text, wraps, " ") + "\n";
    for (const std::string &sentence : sentences)
        for (size_t at = 0; (at = flat.find(sentence, at)) != flat.npos; at++)
            if (strchr("\n.\"", flat[at + sentence.size()]))
                return true;
    return false;
}

bool has_report(const std::string &text)
{
    return text.find("Sanitizer") != text.npos ||
           text.find("runtime error: ") != text.npos;
}

Failing::Failing() : fd_(memfd_create("preloaded_malloc", 0))
{
    void *shared = MAP_FAILED;
    if (fd_ >= 0 && !ftruncate(fd_, sizeof *counts_))
        shared = mmap(nullptr, sizeof *counts_, PROT_READ | PROT_WRITE,
                      MAP_SHARED, fd_, 0);
    if (shared == MAP_FAILED)
        abort();
    counts_ = static_cast<struct preloaded_malloc *>(shared);
}

Failing::~Failing()
{
    munmap(counts_, sizeof *counts_);
    close(fd_);
}

static void add_option(const char *variable, const char *option)
{
    const char *options = getenv(variable);
    std::string all = options ? options : "";
    setenv(variable, (all + ":" + option).c_str(), 1);
}

Before Failing::before(const Failure &failure)
{
    *counts_ = {};
    counts_->process = failure.process;
    counts_->fail_at = failure.number;
    std::string path =
        "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(fd_);
    return [path] {
        setenv("LD_PRELOAD", PRELOADED_MALLOC_LIBRARY, 1);
        setenv("PRELOADED_MALLOC", path.c_str(), 1);
        /* Memory is never zero by luck, and not what it was once it is free. */
        setenv("MALLOC_PERTURB_", "165", 1);
        /* A sanitizer wants to be the first that is preloaded. */
        add_option("ASAN_OPTIONS", "verify_asan_link_order=0");
        add_option("LSAN_OPTIONS",
                   "print_suppressions=0:suppressions=" LEAKS_TO_SUPPRESS);
        alarm(PATIENCE_S);
    };
}

std::vector<Failure> Failing::places(unsigned divisor,
                                     const Common &common) const
{
    /* Whatever it is, it allocates. If not, it was not seen, and the caller
     * would try nothing. */
    EXPECT_GT(seen(0), 0u) << PRELOADED_MALLOC_LIBRARY " was not preloaded";
    std::vector<Failure> all;
    std::minstd_rand random(1);
    unsigned one_in = memory_test_is_long() ? 1 : divisor;
    uint32_t processes =
        std::min<uint32_t>(counts_->processes, PRELOADED_PROCESSES);
    for (uint32_t process = 0; process < processes; process++)
        for (uint64_t number = 1; number <= counts_->seen[process]; number++) {
            Failure place = {process, number};
            bool is_ours = !common.has || !common.has(place) ||
                           number % common.parts == common.part;
            if (random() % one_in == 0 && is_ours)
                all.push_back(place);
        }
    return all;
}
