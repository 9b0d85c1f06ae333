/* SPDX-License-Identifier: MIT */
#include "failing.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <sys/mman.h>
#include <unistd.h>

/* A page takes milliseconds. */
enum { PATIENCE_S = 30 };

bool memory_test_is_long()
{
    const char *is_long = getenv("WAITLAB_LONG");
    return is_long && *is_long;
}

bool says_so(const std::string &err)
{
    return err.find("memory") != err.npos ||
           /* pthread_create() says EAGAIN for that, too */
           err.find("no more processes or threads") != err.npos;
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
        alarm(PATIENCE_S);
    };
}

std::vector<Failure> Failing::places(unsigned divisor, unsigned part,
                                     unsigned parts) const
{
    std::vector<Failure> all;
    std::minstd_rand random(1);
    unsigned one_in = memory_test_is_long() ? 1 : divisor;
    uint32_t processes =
        std::min<uint32_t>(counts_->processes, PRELOADED_PROCESSES);
    for (uint32_t process = 0; process < processes; process++)
        for (uint64_t number = 1; number <= counts_->seen[process]; number++)
            if (random() % one_in == 0 && number % parts == part)
                all.push_back({process, number});
    return all;
}
