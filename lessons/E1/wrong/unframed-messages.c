/* SPDX-License-Identifier: MIT */
/* What data_received gets is taken for one message. The network cuts bytes as
 * it likes: a message may come in two pieces, or with others. */
#include "lessons/wrong.h"

#include "deferreds/line_receiver.h"

static const char *const orders[] = {"buy 10\r\n", "sell 7\r\n", "buy 3\r\n"};
enum { ORDERS = 3 };

/* The same bytes, as the network may hand them over. */
static const char *const pieces[] = {"buy 1", "0\r\nsell 7\r\nbuy", " 3\r\n"};
enum { PIECES = 3 };

struct broker {
    struct protocol protocol;
    struct line_receiver lines;
    long understood;
};

static void understand(struct broker *broker, struct slice message)
{
    const char *expected = orders[broker->understood % ORDERS];
    struct slice line = {expected, strlen(expected) - 2};
    broker->understood += slice_equal(slice_trim(message), line);
}

/* ---- wrong ---- */

static void data_received(struct protocol *protocol, struct slice data)
{
    while (data.size && (data.data[data.size - 1] == '\n' ||
                         data.data[data.size - 1] == '\r'))
        data.size--;
    understand(container_of(protocol, struct broker, protocol), data);
}

static long make(void)
{
    static const struct protocol_ops ops = {.data_received = data_received};
    struct broker broker = {.protocol = {&ops}};
    for (int i = 0; i < PIECES; i++)
        ops.data_received(&broker.protocol, slice_of(pieces[i]));
    return ORDERS - broker.understood;
}

/* ---- right ---- */

static void line_received(struct line_receiver *lines, struct slice line)
{
    understand(container_of(lines, struct broker, lines), line);
}

static void connection_lost(struct line_receiver *lines, int error)
{
    (void)lines;
    (void)error;
}

static long mend(void)
{
    static const struct line_receiver_ops ops = {
        .line_received = line_received, .connection_lost = connection_lost};
    struct broker broker = {.understood = 0};
    struct protocol *protocol = &broker.lines.protocol;
    line_receiver_init(&broker.lines, &ops);
    for (int i = 0; i < PIECES; i++)
        protocol->ops->data_received(protocol, slice_of(pieces[i]));
    protocol->ops->connection_lost(protocol, 0);
    return ORDERS - broker.understood;
}

int main(void)
{
    static const struct wrong data_for_message = {
        .mistake = "a protocol takes what data_received gets for one message",
        .damage = "orders of three that are not understood",
        .make = make,
        .mend = mend,
        .why = "TCP carries bytes, not messages. One write may arrive in "
               "pieces, and several writes at once. On one machine, with short "
               "messages and time between them, it nearly always works.",
        .instead = "say where a message ends, and gather bytes until it does: "
                   "for lines that is deferreds/line_receiver.h. A test that "
                   "hands the bytes over one by one tells.",
    };
    return wrong_show(&data_for_message);
}
