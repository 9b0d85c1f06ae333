/* SPDX-License-Identifier: MIT */
#include "base/output.h"

#include "base/write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A program has one standard output, so this is as global as `stdout`. */
static struct {
    int error; /* of the first write that failed; 0 or negative */
    bool told;
} output;

/* After an error nothing more is written: the rest would look as if it followed
 * what came before the gap. */
static ssize_t write_out(void *cookie, const char *data, size_t size)
{
    (void)cookie;
    if (!output.error)
        output.error = write_all(STDOUT_FILENO, (struct slice){data, size});
    return output.error ? 0 : (ssize_t)size;
}

/* The program that started us may have closed standard input, output or error.
 * The first file or socket would get that number, and with it what is meant for
 * the screen. So each number is given to /dev/null, opened the wrong way round:
 * using it still fails. */
static int occupy_standard_descriptors(void)
{
    static const int useless[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", useless[fd]) != fd)
            return -errno;
    return 0;
}

int output_init(void)
{
    int error = occupy_standard_descriptors();
    if (error)
        return error;
    FILE *whole =
        fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_out});
    if (!whole)
        return -ENOMEM;
    setvbuf(whole, NULL, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, BUFSIZ);
    stdout = whole;
    /* A file size limit then is an error of write(), like a full disk. */
    signal(SIGXFSZ, SIG_IGN);
    return 0;
}

int output_flush(void)
{
    if (fflush(stdout) && !output.error)
        output.error = errno ? -errno : -EIO;
    return output.error;
}

int output_check(const char *who)
{
    int error = output_flush();
    if (error && !output.told)
        fprintf(stderr, "%s: the output cannot be written: %s\n", who,
                strerror(-error));
    output.told |= error != 0;
    return error;
}
