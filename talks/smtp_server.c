/* SPDX-License-Identifier: MIT */
#include "talks/smtp_server.h"

#include "base/line.h"
#include "base/number.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PYTHON "/usr/bin/python3"

/* Says its port, serves until its input ends, and says what it has seen. */
static const char program[] =
    "import asyncio, sys\n"
    "from aiosmtpd.smtp import SMTP\n"
    "together = int(sys.argv[1])\n"
    "taken = open_now = most = sending = 0\n"
    "class Handler:\n"
    "    async def handle_DATA(self, server, session, envelope):\n"
    "        global sending, taken\n"
    "        sending += 1\n"
    "        if sending >= together:\n"
    "            all_here.set()\n"
    "        try:\n"
    "            await asyncio.wait_for(all_here.wait(), 10)\n"
    "        except asyncio.TimeoutError:\n"
    "            return '451 the others did not come'\n"
    "        taken += 1\n"
    "        return '250 OK'\n"
    "class Counted(SMTP):\n"
    "    def connection_made(self, transport):\n"
    "        global open_now, most\n"
    "        open_now += 1\n"
    "        most = max(most, open_now)\n"
    "        super().connection_made(transport)\n"
    "    def connection_lost(self, error):\n"
    "        global open_now\n"
    "        open_now -= 1\n"
    "        super().connection_lost(error)\n"
    "async def main():\n"
    "    global all_here\n"
    "    all_here = asyncio.Event()\n"
    "    loop = asyncio.get_running_loop()\n"
    "    server = await loop.create_server(\n"
    "        lambda: Counted(Handler(), hostname='localhost'),\n"
    "        '127.0.0.1', 0, backlog=128)\n"
    "    print(server.sockets[0].getsockname()[1], flush=True)\n"
    "    await loop.run_in_executor(None, sys.stdin.read)\n"
    "    print(taken, most, flush=True)\n"
    "asyncio.run(main())\n";

/* The program is one of the system's, and knows nothing of what a user has set
 * for Python. */
static void run_python(int in, int out, int together)
{
    char number[16];
    char *environment[] = {"PATH=/usr/bin:/bin", NULL};
    snprintf(number, sizeof number, "%d", together);
    char *arguments[] = {PYTHON, "-I", "-c", (char *)(uintptr_t)program,
                         number, NULL};
    int nothing = open("/dev/null", O_WRONLY);
    if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
        dup2(nothing, STDERR_FILENO) >= 0)
        execve(PYTHON, arguments, environment);
    _exit(127);
}

static bool read_line(int fd, char *line, size_t size)
{
    size_t count = 0;
    while (count + 1 < size && read(fd, &line[count], 1) == 1)
        if (line[count++] == '\n')
            break;
    line[count] = '\0';
    return count > 0;
}

static void end(struct smtp_server *server)
{
    if (server->to >= 0)
        close(server->to);
    close(server->from);
    while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static int start(struct smtp_server *server, int together)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC))
        return -errno;
    if (pipe2(out, O_CLOEXEC)) {
        int error = -errno;
        close(in[0]);
        close(in[1]);
        return error;
    }
    *server = (struct smtp_server){fork(), 0, in[1], out[0]};
    if (server->pid == 0)
        run_python(in[0], out[1], together);
    int error = server->pid < 0 ? -errno : 0;
    close(in[0]);
    close(out[1]);
    if (error) {
        close(in[1]);
        close(out[0]);
    }
    return error;
}

int smtp_server_start(struct smtp_server *server, int together)
{
    char line[64];
    int error = start(server, together);
    if (error)
        return error;
    uint64_t port;
    if (read_line(server->from, line, sizeof line) &&
        number_read(line, UINT16_MAX, &port)) {
        server->port = (uint16_t)port;
        return 0;
    }
    end(server);
    puts("There is no SMTP server to send mail to: apt-get install "
         "python3-aiosmtpd");
    return -ENOENT;
}

void smtp_server_stop(struct smtp_server *server, const char *what)
{
    char line[64];
    int taken = 0, most = 0;
    close(server->to);
    server->to = -1;
    if (read_line(server->from, line, sizeof line) &&
        number_read_int(line, &taken) &&
        number_read_int(line_field(line, 1), &most))
        printf("%s: %d mails were taken, at most %d at a time\n", what, taken,
               most);
    end(server);
}
