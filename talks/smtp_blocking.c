/* SPDX-License-Identifier: MIT */
/* The client that waits: connect, wait, say, wait, and so on. */
#include "talks/smtp.h"

#include "base/write_all.h"
#include "http/address.h"

#include <errno.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

/* The reply to one step. */
static struct outcome read_reply(FILE *in, enum smtp_step step)
{
    struct smtp_reply reply = {0};
    char text[1024];
    struct slice line;
    do {
        if (!fgets(text, sizeof text, in))
            return outcome_errno(ferror(in) ? -ETIMEDOUT : -ECONNRESET);
        line = (struct slice){text, strcspn(text, "\r\n")};
        int error = smtp_reply_line(&reply, line);
        if (error)
            return outcome_errno(error);
    } while (!reply.whole);
    return smtp_judge(step, reply.code, line);
}

static struct outcome converse(int fd, FILE *in, const struct mail *mail)
{
    struct outcome outcome = outcome_none();
    struct buffer words = {0};
    for (int step = 0; step < SMTP_STEPS && outcome_is_none(&outcome); step++) {
        buffer_clear(&words);
        int error = smtp_say((enum smtp_step)step, mail, &words);
        if (!error && words.size > 0)
            error = write_all(fd, buffer_slice(&words));
        outcome =
            error ? outcome_errno(error) : read_reply(in, (enum smtp_step)step);
    }
    buffer_deinit(&words);
    return outcome;
}

struct outcome smtp_send_blocking(uint16_t port, const struct mail *mail)
{
    struct timeval patience = {.tv_sec = 30};
    struct address address;
    (void)address_from_literal(&address, "127.0.0.1", port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return outcome_errno(-errno);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct outcome outcome;
    FILE *in = NULL;
    if (connect(fd, &address.socket.any, address.size) ||
        !(in = fdopen(fd, "r")))
        outcome = outcome_errno(-errno);
    else
        outcome = converse(fd, in, mail);
    if (in)
        fclose(in);
    else
        close(fd);
    return outcome;
}
