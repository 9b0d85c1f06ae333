/* SPDX-License-Identifier: MIT */
/* A TinyServer in a process of its own. A model that forks must find no other
 * thread in the test: one that held a lock at that moment, of OpenSSL for one,
 * would hold it for ever in the child. */
#ifndef SUPPORT_SERVER_PROCESS_H
#define SUPPORT_SERVER_PROCESS_H

#include "support/tiny_server.h"

#include <cstdlib>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/wait.h>
#include <utility>

/* A number that a test shares with the processes that it forks afterwards. */
class SharedCount
{
  public:
    SharedCount()
    {
        void *memory = mmap(nullptr, sizeof *count_, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            abort();
        count_ = new (memory) std::atomic<int>(0);
    }
    ~SharedCount()
    {
        munmap(static_cast<void *>(count_), sizeof *count_);
    }
    SharedCount(const SharedCount &) = delete;
    void add()
    {
        ++*count_;
    }
    int value() const
    {
        return *count_;
    }

  private:
    std::atomic<int> *count_;
};

class ServerProcess
{
  public:
    /* The script runs in the other process: what it changes here is seen by it
     * alone, but for a SharedCount. */
    explicit ServerProcess(TinyServer::Script script)
    {
        int told[2], end[2];
        if (pipe2(told, O_CLOEXEC) || pipe2(end, O_CLOEXEC))
            abort();
        pid_ = fork();
        if (pid_ < 0)
            abort();
        if (pid_ == 0) {
            close(end[1]);
            serve(std::move(script), told[1], end[0]);
        }
        close(told[1]);
        close(end[0]);
        end_ = end[1];
        if (read(told[0], &port_, sizeof port_) != sizeof port_)
            abort();
        close(told[0]);
    }
    ~ServerProcess()
    {
        close(end_);
        waitpid(pid_, nullptr, 0);
    }
    ServerProcess(const ServerProcess &) = delete;

    uint16_t port() const
    {
        return port_;
    }
    int accepted() const
    {
        return accepted_.value();
    }

  private:
    /* Until the test closes its end of the pipe, or is gone. */
    [[noreturn]] void serve(TinyServer::Script script, int told, int end)
    {
        {
            TinyServer server([this, &script](int fd, int number) {
                accepted_.add();
                script(fd, number);
            });
            uint16_t port = server.port();
            char byte;
            if (write(told, &port, sizeof port) == sizeof port)
                while (read(end, &byte, 1) > 0)
                    ;
        }
        _exit(0);
    }

    SharedCount accepted_;
    uint16_t port_ = 0;
    pid_t pid_ = 0;
    int end_ = -1;
};

#endif
