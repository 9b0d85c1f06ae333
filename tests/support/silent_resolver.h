/* SPDX-License-Identifier: MIT */
/* A machine whose resolver never answers: namespaces of this process's own, in
 * which the only name server is a UDP socket that is not read. What is started
 * from here on, origins and programs, lives in there, too. No question leaves
 * the machine. */
#ifndef TESTS_SUPPORT_SILENT_RESOLVER_H
#define TESTS_SUPPORT_SILENT_RESOLVER_H

#include <arpa/inet.h>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

class SilentResolver
{
  public:
    /* For the whole process and for good; it must have one thread. Empty, or
     * why it cannot be: a sentence for a test that is skipped. */
    static std::string enter()
    {
        static std::string why_not = make();
        return why_not;
    }

    /* Waits until a question has arrived, and takes all there are away. */
    static void await_question()
    {
        struct pollfd asked = {server(), POLLIN, 0};
        char question[512];
        while (poll(&asked, 1, -1) != 1)
            ;
        while (recv(server(), question, sizeof question, MSG_DONTWAIT) > 0)
            ;
    }

  private:
    static int &server()
    {
        static int fd = -1;
        return fd;
    }

    static std::string make()
    {
        const int uid = (int)getuid(), gid = (int)getgid();
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET))
            return failed("namespaces are refused");
        if (!write_file("/proc/self/setgroups", "deny") ||
            !write_file("/proc/self/uid_map",
                        "0 " + std::to_string(uid) + " 1") ||
            !write_file("/proc/self/gid_map",
                        "0 " + std::to_string(gid) + " 1"))
            return failed("a user namespace cannot be set up");
        if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
            !replace("/etc/nsswitch.conf", "hosts: files dns\n") ||
            !replace("/etc/resolv.conf", "nameserver 127.0.0.1\n"
                                         "options timeout:30 attempts:5\n"))
            return failed("the resolver's files cannot be replaced");
        if (!raise_loopback() || !listen_at_port_53())
            return failed("there is no network of its own");
        return "";
    }

    static std::string failed(const std::string &what)
    {
        return what + ": " + strerror(errno);
    }

    static bool write_file(const char *path, const std::string &text)
    {
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        bool written = fd >= 0 && write(fd, text.data(), text.size()) ==
                                      (ssize_t)text.size();
        if (fd >= 0)
            close(fd);
        return written;
    }

    /* For this mount namespace only; the file behind it has no name. */
    static bool replace(const char *path, const std::string &text)
    {
        char made[] = "/tmp/waitlab-silent-XXXXXX";
        int fd = mkstemp(made);
        if (fd < 0)
            return false;
        bool done = write_file(made, text) &&
                    !mount(made, path, nullptr, MS_BIND, nullptr);
        close(fd);
        int error = errno;
        unlink(made);
        errno = error;
        return done;
    }

    static bool raise_loopback()
    {
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        struct ifreq request = {};
        strcpy(request.ifr_name, "lo");
        request.ifr_flags = IFF_UP | IFF_RUNNING;
        bool up = fd >= 0 && !ioctl(fd, SIOCSIFFLAGS, &request);
        if (fd >= 0)
            close(fd);
        return up;
    }

    static bool listen_at_port_53()
    {
        struct sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(53);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        server() = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        return !bind(server(), reinterpret_cast<struct sockaddr *>(&address),
                     sizeof address);
    }
};

#endif
