/* SPDX-License-Identifier: MIT */
#include "talks/smtp.h"

#include <errno.h>

const struct failure_type smtp_error_type = {"SMTPError", NULL};
const struct failure_type smtp_transient_type = {"SMTPTransientError",
                                                 &smtp_error_type};
const struct failure_type smtp_permanent_type = {"SMTPPermanentError",
                                                 &smtp_error_type};

/* ---- what is said ---- */

static int append_line(struct buffer *out, struct slice line)
{
    int error = 0;
    if (line.size && line.data[line.size - 1] == '\r')
        line.size--;
    if (line.size && line.data[0] == '.')
        error = buffer_append_text(out, ".");
    if (!error)
        error = buffer_append(out, line.data, line.size);
    return error ? error : buffer_append_text(out, "\r\n");
}

static int append_text(struct buffer *out, const char *text)
{
    int error = 0;
    while (!error && *text) {
        size_t size = strcspn(text, "\n");
        error = append_line(out, (struct slice){text, size});
        text += size + (text[size] == '\n');
    }
    return error ? error : buffer_append_text(out, ".\r\n");
}

static int append_address(struct buffer *out, const char *command,
                          const char *address)
{
    if (strpbrk(address, "\r\n<>"))
        return -EINVAL;
    return buffer_print(out, "%s:<%s>\r\n", command, address);
}

int smtp_say(enum smtp_step step, const struct mail *mail, struct buffer *out)
{
    switch (step) {
    case SMTP_EHLO:
        return buffer_append_text(out, "EHLO localhost\r\n");
    case SMTP_MAIL:
        return append_address(out, "MAIL FROM", mail->from);
    case SMTP_RCPT:
        return append_address(out, "RCPT TO", mail->to);
    case SMTP_DATA:
        return buffer_append_text(out, "DATA\r\n");
    case SMTP_TEXT:
        return append_text(out, mail->text);
    case SMTP_QUIT:
        return buffer_append_text(out, "QUIT\r\n");
    default:
        return 0;
    }
}

/* ---- what is answered ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "250-first", "250-second", "250 last": all with the same code. */
int smtp_reply_line(struct smtp_reply *reply, struct slice line)
{
    const char *text = line.data;
    if (line.size < 3 || !is_digit(text[0]) || !is_digit(text[1]) ||
        !is_digit(text[2]) ||
        (line.size > 3 && text[3] != ' ' && text[3] != '-'))
        return -EBADMSG;
    int code = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    if (reply->whole)
        *reply = (struct smtp_reply){0};
    if (reply->code && reply->code != code)
        return -EBADMSG;
    reply->code = code;
    reply->whole = line.size == 3 || text[3] == ' ';
    return 0;
}

struct outcome smtp_judge(enum smtp_step step, int code, struct slice line)
{
    static const int wanted[SMTP_STEPS] = {220, 250, 250, 250, 354, 250, 221};
    const struct failure_type *type = &smtp_error_type;
    if (code == wanted[step] || (step == SMTP_RCPT && code == 251))
        return outcome_none();
    if (code >= 400 && code < 500)
        type = &smtp_transient_type;
    else if (code >= 500)
        type = &smtp_permanent_type;
    return outcome_fail(type, code, "%.*s", (int)line.size, line.data);
}
