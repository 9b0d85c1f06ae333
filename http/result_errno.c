/* SPDX-License-Identifier: MIT */
#include "http/result.h"

#include <errno.h>
#include <string.h>

/* Where the fault is: at the server, in the network, or on this machine. Lists
 * only what socket, bind, connect, send, recv, fork, pthread_create and malloc
 * may report. Any other errno counts as this machine's: it has refused
 * something that our program asked for. */
static const struct {
    int number;
    enum fetch_error error;
} sides[] = {
    /* the server */
    {ECONNREFUSED, FETCH_REFUSED},
    {ECONNRESET, FETCH_RESET},
    {ECONNABORTED, FETCH_RESET},
    {EPIPE, FETCH_RESET},

    /* the network: ip(7) and what icmp messages become */
    {ENETUNREACH, FETCH_UNREACHABLE},
    {EHOSTUNREACH, FETCH_UNREACHABLE},
    {ENETDOWN, FETCH_UNREACHABLE},
    {EHOSTDOWN, FETCH_UNREACHABLE},
    {ENONET, FETCH_UNREACHABLE},
    {ENOPROTOOPT, FETCH_UNREACHABLE},
    {ETIMEDOUT, FETCH_TIMEOUT},

    /* this machine. A connect without a port is told EADDRNOTAVAIL, a bind
     * without one EADDRINUSE. */
    {EADDRNOTAVAIL, FETCH_NO_PORT},
    {EADDRINUSE, FETCH_NO_PORT},
    {EMFILE, FETCH_NO_DESCRIPTOR},
    {ENFILE, FETCH_NO_DESCRIPTOR},
    /* Of fork and pthread_create; from a socket it means "not yet", which is
     * not an error. */
    {EAGAIN, FETCH_NO_PROCESS},
    {ENOMEM, FETCH_NO_MEMORY},
    {ENOBUFS, FETCH_NO_MEMORY},

    /* of neither */
    {ECANCELED, FETCH_CANCELLED},
};

enum fetch_error fetch_error_from_errno(int negative_errno)
{
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (sides[i].number == -negative_errno)
            return sides[i].error;
    return FETCH_SYSTEM;
}

const char *fetch_errno_sentence(int negative_errno)
{
    enum fetch_error error = fetch_error_from_errno(negative_errno);
    if (error != FETCH_SYSTEM && fetch_error_exit_code(error) == 8)
        return fetch_error_sentence(error);
    const char *words = strerrordesc_np(-negative_errno);
    return words ? words : "unknown error";
}
