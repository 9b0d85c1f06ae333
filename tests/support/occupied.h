/* SPDX-License-Identifier: MIT */
/* A program with many descriptors open, as select() does not like it. */
#ifndef SUPPORT_OCCUPIED_H
#define SUPPORT_OCCUPIED_H

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>
#include <vector>

/* Takes the numbers below FD_SETSIZE, but for a few. */
class Occupied
{
  public:
    explicit Occupied(int leave)
    {
        getrlimit(RLIMIT_NOFILE, &before_);
        struct rlimit more = before_;
        more.rlim_cur = more.rlim_max;
        setrlimit(RLIMIT_NOFILE, &more);
        for (int fd; more.rlim_max > FD_SETSIZE + 100;) {
            fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
            taken_.push_back(fd);
            if (fd >= FD_SETSIZE)
                break;
        }
        for (int i = 0; !taken_.empty() && i <= leave; i++) {
            close(taken_.back());
            taken_.pop_back();
        }
    }
    ~Occupied()
    {
        for (int fd : taken_)
            close(fd);
        setrlimit(RLIMIT_NOFILE, &before_);
    }
    bool is_possible() const
    {
        return !taken_.empty();
    }

  private:
    struct rlimit before_;
    std::vector<int> taken_;
};

#endif
