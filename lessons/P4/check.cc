/* SPDX-License-Identifier: MIT */
/* What the steps of P4 promise. Both ends of every connection are here, and
 * nothing is waited for longer than some passes of some milliseconds. */
#include "lessons/P4/actors.h"

#include <csignal>
#include <memory>

namespace
{

using Step1 = Lesson;
using Step2 = Lesson;
using Step4 = Lesson;

/* Which methods are not the base class's. */
std::string overridden(const struct dispatcher_methods &m)
{
    Trace names;
#define COMPARE(method)                                                        \
    if (!m.method)                                                             \
        names.add(#method "=NULL");                                            \
    else if (m.method != dispatcher_defaults.method)                           \
        names.add(#method);
    COMPARE(readable)
    COMPARE(writable)
    COMPARE(handle_read_event)
    COMPARE(handle_write_event)
    COMPARE(handle_connect_event)
    COMPARE(handle_connect)
    COMPARE(handle_read)
    COMPARE(handle_write)
    COMPARE(handle_close)
    COMPARE(handle_error)
#undef COMPARE
    return names.text;
}

} // namespace

/* ---- 1: a class in C ---- */

TEST_F(Step1, ANewObjectHasNoSocket)
{
    struct dispatcher object;
    memset(&object, 1, sizeof object);
    dispatcher_init(&object, &dispatcher_defaults, &map);
    EXPECT_EQ(object.fd, -1)
        << "fd tells whether there is a socket, and 0 is a descriptor like any"
           " other.";
    EXPECT_EQ(object.methods, &dispatcher_defaults) << "its class";
    EXPECT_EQ(object.map, &map) << "the map that it was given";
    EXPECT_EQ(object.error, 0)
        << "all that is not said is zero: dispatcher_init was handed memory"
           " full of garbage.";
    EXPECT_FALSE(object.connecting) << "a new object is not connecting.";
    EXPECT_FALSE(object.connected) << "a new object is not connected.";
    EXPECT_EQ(map.count, 0) << "without a socket it is not in the map.";
}

TEST_F(Step1, OverridingOneMethodLeavesTheOthers)
{
    EXPECT_EQ(overridden(counter_class()), "handle_read")
        << "these are the methods in which counter_class differs from"
           " dispatcher_defaults. A subclass begins as a copy of the base"
           " class.";
}

TEST_F(Step1, AMethodGetsToItsOwnObject)
{
    struct dispatcher_methods methods = counter_class();
    struct counter counter = {};
    dispatcher_init(&counter.dispatcher, &methods, &map);
    ASSERT_EQ(counter.dispatcher.methods, &methods)
        << "dispatcher_init sets the class.";
    struct dispatcher *object = &counter.dispatcher;
    for (int i = 0; i < 2; i++) {
        int raised = object->methods->handle_read(object);
        EXPECT_EQ(raised, 0) << "what counter_handle_read has returned.";
    }
    EXPECT_EQ(counter.reads, 2)
        << "handle_read was called twice, through the table and with a struct"
           " dispatcher: this is all that a loop knows.";
}

TEST_F(Step1, TwoObjectsKeepTwoCounts)
{
    struct dispatcher_methods methods = counter_class();
    struct counter a = {}, b = {};
    dispatcher_init(&a.dispatcher, &methods, &map);
    dispatcher_init(&b.dispatcher, &methods, &map);
    ASSERT_EQ(a.dispatcher.methods, &methods)
        << "dispatcher_init sets the class.";
    methods.handle_read(&a.dispatcher);
    methods.handle_read(&a.dispatcher);
    methods.handle_read(&b.dispatcher);
    EXPECT_EQ(a.reads, 2) << "handle_read of a, of a, of b.";
    EXPECT_EQ(b.reads, 1)
        << "handle_read of a, of a, of b. What belongs to an object lies in the"
           " object; a static variable would belong to all of them.";
}

/* ---- 2: events become calls ---- */

TEST_F(Step2, ConnectComesBeforeTheFirstWrite)
{
    Recorder object(&map, &trace);
    start_connect(&object, bound(true));
    until(object.fd, POLLOUT);
    dispatcher_handle_write_event(&object);
    dispatcher_handle_write_event(&object);
    EXPECT_EQ(trace.text, "connect write write")
        << "the socket was writable twice. The first time it was also the news"
           " that it is connected; handle_write is called all the same.";
}

TEST_F(Step2, WithDataThereItIsConnectReadWrite)
{
    Recorder object(&map, &trace);
    int listener = bound(true);
    start_connect(&object, listener);
    say(accept_one(listener), "hello");
    until(object.fd, POLLIN);
    dispatcher_handle_read_event(&object);
    dispatcher_handle_write_event(&object);
    EXPECT_EQ(trace.text, "connect read write")
        << "the server spoke at once: the first event is a read. There is one"
           " connect, whichever event comes first.";
}

TEST_F(Step2, InsideHandleConnectItIsNotConnectedYet)
{
    Recorder object(&map, &trace);
    start_connect(&object, bound(true));
    until(object.fd, POLLOUT);
    std::string inside = "handle_connect was not called";
    object.on["connect"] = [&] {
        inside = state(object);
        return 0;
    };
    std::string raised = returned(dispatcher_handle_connect_event(&object));
    EXPECT_EQ(raised, "0") << "what the event has returned.";
    EXPECT_EQ(inside, "connecting")
        << "what the object was while its handle_connect ran.";
    EXPECT_EQ(state(object), "connected") << "and afterwards.";
}

TEST_F(Step2, ARefusedConnectionIsRaised)
{
    Recorder object(&map, &trace);
    start_connect(&object, bound(false));
    until(object.fd, POLLOUT);
    EXPECT_EQ(returned(dispatcher_handle_write_event(&object)), "-ECONNREFUSED")
        << "what dispatcher_handle_write_event has returned: no server listens "
           "there. Writable only says that the attempt is over;"
           " dispatcher_connect_result says how it ended.";
    EXPECT_EQ(trace.text, "")
        << "nothing is called when connecting has failed.";
    EXPECT_FALSE(object.connected) << "it is not connected now.";
}

TEST_F(Step2, WhatHandleConnectRaisesIsRaised)
{
    for (auto event :
         {dispatcher_handle_read_event, dispatcher_handle_write_event}) {
        trace.clear();
        Recorder object(&map, &trace);
        start_connect(&object, bound(true));
        until(object.fd, POLLOUT);
        object.on["connect"] = [] { return -ENOMEM; };
        EXPECT_EQ(returned(event(&object)), "-ENOMEM")
            << "what the event has returned: handle_connect has raised this, "
               "and so has the event.";
        EXPECT_EQ(trace.text, "connect") << "nothing comes after an exception.";
        EXPECT_FALSE(object.connected)
            << "handle_connect has raised: it is not connected now.";
        EXPECT_TRUE(object.connecting)
            << "handle_connect has raised: it is still connecting. Only when"
               " all is well it is not any more.";
    }
}

TEST_F(Step2, WhatAHandlerRaisesIsRaised)
{
    Recorder object(&map, &trace);
    object.connected = true;
    object.on["read"] = [] { return -EIO; };
    object.on["write"] = [] { return -EPROTO; };
    EXPECT_EQ(returned(dispatcher_handle_read_event(&object)), "-EIO")
        << "what dispatcher_handle_read_event has returned: handle_read has "
           "raised this.";
    EXPECT_EQ(returned(dispatcher_handle_write_event(&object)), "-EPROTO")
        << "what dispatcher_handle_write_event has returned: handle_write has "
           "raised this.";
    EXPECT_EQ(trace.text, "read write") << "this one is connected already.";
}

TEST_F(Step2, ASubclassMayOverrideTheConnectEventToo)
{
    struct dispatcher_methods methods = *Recorder::table();
    methods.handle_connect_event = [](struct dispatcher *self) {
        return Recorder::of(self)->happened("my-own-event");
    };
    Recorder object(&map, &trace);
    object.methods = &methods;
    object.connecting = true;
    dispatcher_handle_write_event(&object);
    dispatcher_handle_read_event(&object);
    EXPECT_EQ(trace.text, "my-own-event write my-own-event read")
        << "this object's class has a handle_connect_event of its own, and"
           " self->methods leads to it.";
}

/* ---- 3: one pass ---- */

namespace
{

/* Two objects, a before b, and something to read for both. */
class Step3 : public Lesson
{
  protected:
    void SetUp() override
    {
        for (Recorder *object : {a.get(), b.get()}) {
            say(attach(object), "x");
            until(object->fd, POLLIN | POLLOUT);
        }
    }

    void only_read()
    {
        a->wants_write = b->wants_write = false;
    }

    std::unique_ptr<Recorder> a = std::make_unique<Recorder>(&map, &trace, "a");
    std::unique_ptr<Recorder> b = std::make_unique<Recorder>(&map, &trace, "b");
};

} // namespace

TEST_F(Step3, ReadersAreCalledAndThenWriters)
{
    one_pass(0);
    EXPECT_EQ(trace.text, "a.read b.read a.write b.write")
        << "one pass; both objects want to read and to write, and both can.";
    one_pass(0);
    EXPECT_EQ(trace.text, "a.read b.read a.write b.write"
                          " a.read b.read a.write b.write")
        << "a second pass: nothing has been read, so it is all there still.";
}

TEST_F(Step3, EachIsAskedOnceInAPass)
{
    one_pass(0);
    for (const Recorder *object : {a.get(), b.get()}) {
        int read = object->asked_read, write = object->asked_write;
        EXPECT_EQ(read, 1) << "calls of " << object->prefix
                           << "readable in one pass.";
        EXPECT_EQ(write, 1)
            << "calls of " << object->prefix << "writable in one pass.";
    }
}

TEST_F(Step3, AnObjectThatWantsNothingHearsOfNothing)
{
    a->wants_read = a->wants_write = false;
    b->wants_write = false;
    one_pass(0);
    EXPECT_EQ(trace.text, "b.read")
        << "a wants nothing, b wants to read. Something to read is there for"
           " both, and both could write.";
}

TEST_F(Step3, EachHearsOfWhatItAskedFor)
{
    a->wants_read = false;
    b->wants_write = false;
    one_pass(0);
    EXPECT_EQ(trace.text, "b.read a.write")
        << "a wants to write, b wants to read: readers come first.";
}

TEST_F(Step3, AnObjectThatIsNotReadyIsNotCalled)
{
    Recorder c(&map, &trace, "c"), d(&map, &trace, "d");
    attach(&c);
    say(attach(&d), "x");
    until(d.fd, POLLIN);
    only_read();
    c.wants_write = d.wants_write = false;
    one_pass(0);
    EXPECT_EQ(trace.text, "a.read b.read d.read")
        << "a, b, c and d want to read; there is nothing to read for c. revents"
           " says what poll found, events what was asked for.";
}

TEST_F(Step3, AnObjectThatWasClosedInThePassIsNotCalled)
{
    only_read();
    a->on["read"] = [this] {
        b.reset(); /* closed, out of the map, and its memory given back */
        return 0;
    };
    one_pass(0);
    EXPECT_EQ(trace.text, "a.read")
        << "both were ready, and a has closed b. b is not in the map any more.";
}

TEST_F(Step3, WhatAHandlerRaisesGoesToHandleError)
{
    only_read();
    a->on["read"] = [] { return -EIO; };
    one_pass(0);
    EXPECT_EQ(trace.text, "a.read a.error b.read")
        << "a's handle_read raised; that is for a alone, and b has its turn.";
}

TEST_F(Step3, WhatHandleErrorRaisesEndsThePass)
{
    only_read();
    a->on["read"] = a->on["error"] = [] { return -EIO; };
    one_pass(0, "-EIO");
    EXPECT_EQ(trace.text, "a.read a.error") << "then b has no turn.";
}

/* ---- 4: send, recv, close, loop ---- */

TEST_F(Step4, TheLoopEndsWhenNoObjectIsLeft)
{
    Recorder a(&map, &trace, "a"), b(&map, &trace, "b");
    for (Recorder *object : {&a, &b}) {
        object->wants_write = false;
        object->on["read"] = [object] {
            char byte;
            return static_cast<int>(dispatcher_recv(object, &byte, 1));
        };
        object->on["close"] = [object] {
            dispatcher_close(object);
            return 0;
        };
        hang_up(attach(object));
    }
    run_loop(10, 50);
    EXPECT_EQ(trace.text, "a.read a.close b.read b.close")
        << "both peers have closed. recv finds that out, tells handle_close,"
           " and that closes.";
    EXPECT_EQ(map.count, 0)
        << "objects that were still in the map when the loop ended; it was"
           " allowed 50 passes. One that is closed leaves the map, or the loop"
           " never ends.";
    EXPECT_EQ(a.asked_read, 1) << "passes; one is enough for both.";
}

TEST_F(Step4, TheLoopMakesNoMorePassesThanItMay)
{
    Recorder a(&map, &trace, "a");
    attach(&a);
    int writes = 0;
    a.on["write"] = [&] {
        if (++writes == 50)
            drop(&a); /* then even this loop ends */
        return 0;
    };
    run_loop(10, 4);
    EXPECT_EQ(trace.text, "a.write a.write a.write a.write")
        << "a wants to write and can; four passes were allowed.";
}

TEST_F(Step4, WithoutALimitItEndsWhenNoObjectIsLeft)
{
    for (int passes : {0, -1}) {
        Recorder a(&map, &trace, "a");
        attach(&a);
        int writes = 0;
        a.on["write"] = [&] {
            if (++writes == 7)
                drop(&a);
            return 0;
        };
        run_loop(10, passes);
        EXPECT_EQ(writes, 7)
            << "passes that were made, with `passes` being " << passes
            << ". That is not a limit: a limit is above 0. The object leaves "
               "the"
               " map in the seventh pass.";
    }
}

TEST_F(Step4, AnEmptyMapNeedsNoPass)
{
    unsigned before = calls_seen(CALL_poll);
    run_loop(-1, 0);
    unsigned polls = calls_seen(CALL_poll) - before;
    EXPECT_EQ(polls, 0u) << "calls of poll, with an empty map: poll would wait"
                            " for ever.";
}

TEST_F(Step4, TheTimeoutIsTheOneThatWasGiven)
{
    Recorder a(&map, &trace, "a");
    attach(&a);
    for (int timeout : {-1, 0, 250}) {
        run_loop(timeout, 1);
        int asked = calls_poll_timeout();
        EXPECT_EQ(asked, timeout)
            << "poll's timeout in a pass, and the one that asyncore_loop was"
               " given. With another one a loop sleeps too long, or never.";
    }
}

TEST_F(Step4, AnErrorOfAPassEndsTheLoop)
{
    Recorder a(&map, &trace, "a");
    attach(&a);
    a.on["write"] = a.on["error"] = [] { return -EIO; };
    run_loop(10, 4, "-EIO");
    EXPECT_EQ(trace.text, "a.write a.error") << "after this there is no pass.";
}

TEST_F(Step4, SendTellsHowMuchWentOut)
{
    Recorder object(&map, &trace);
    int listener = bound(true);
    struct scripted_rule rules[] = {{SCRIPTED_SEND, 1, 0, 3, 0},
                                    {SCRIPTED_SEND, 2, 0, 0, EAGAIN}};
    script(listener, rules, 2);
    start_connect(&object, listener);
    until(object.fd, POLLOUT);
    EXPECT_EQ(returned(dispatcher_send(&object, "abcdef", 6)), "3")
        << "what dispatcher_send has returned: the system took three bytes.";
    EXPECT_EQ(returned(dispatcher_send(&object, "def", 3)), "0")
        << "what dispatcher_send has returned: the system took none now, "
           "EAGAIN. That is not an error.";
    EXPECT_EQ(trace.text, "") << "and no reason to call a handler.";
    unsigned sends = scripted_seen(SCRIPTED_SEND);
    EXPECT_EQ(sends, 2u)
        << "calls of send, in two calls of dispatcher_send: it does not insist."
           " The loop will say when there is room.";
}

TEST_F(Step4, SendToAPeerThatIsGoneIsHandleClose)
{
    static int signals;
    signal(SIGPIPE, [](int) { signals++; });
    Recorder object(&map, &trace);
    hang_up(attach(&object));
    EXPECT_EQ(returned(dispatcher_send(&object, "x", 1)), "0")
        << "what dispatcher_send has returned: the peer is gone (EPIPE).";
    EXPECT_EQ(trace.text, "close") << "and handle_close is told so, once.";
    EXPECT_EQ(signals, 0)
        << "how often the system has sent SIGPIPE, which ends a program. With"
           " MSG_NOSIGNAL it does not.";
    object.on["close"] = [] { return -EIO; };
    EXPECT_EQ(returned(dispatcher_send(&object, "x", 1)), "-EIO")
        << "what dispatcher_send has returned: this time handle_close has "
           "raised it.";
}

TEST_F(Step4, RecvGivesWhatIsThere)
{
    Recorder object(&map, &trace);
    say(attach(&object), "hello");
    char bytes[16];
    EXPECT_EQ(returned(dispatcher_recv(&object, bytes, sizeof bytes)), "5")
        << "what dispatcher_recv has returned: hello was sent.";
    EXPECT_EQ(returned(dispatcher_recv(&object, bytes, sizeof bytes)),
              "-EAGAIN")
        << "what dispatcher_recv has returned: now there is nothing, but the "
           "peer is still there.";
    EXPECT_EQ(trace.text, "") << "neither is a reason to call handle_close.";
}

TEST_F(Step4, TheEndOfTheStreamIsHandleClose)
{
    Recorder object(&map, &trace);
    hang_up(attach(&object));
    char byte;
    EXPECT_EQ(returned(dispatcher_recv(&object, &byte, 1)), "0")
        << "what dispatcher_recv has returned: the peer has closed.";
    EXPECT_EQ(trace.text, "close") << "and handle_close is told so, once.";
    object.on["close"] = [] { return -EIO; };
    EXPECT_EQ(returned(dispatcher_recv(&object, &byte, 1)), "-EIO")
        << "what dispatcher_recv has returned: this time handle_close has "
           "raised it.";
}

TEST_F(Step4, AResetIsHandleCloseToo)
{
    Recorder object(&map, &trace);
    int listener = bound(true);
    start_connect(&object, listener);
    reset(accept_one(listener));
    until(object.fd, POLLHUP);
    char byte;
    EXPECT_EQ(returned(dispatcher_recv(&object, &byte, 1)), "0")
        << "what dispatcher_recv has returned: the peer has reset the "
           "connection (ECONNRESET).";
    EXPECT_EQ(trace.text, "close") << "and handle_close is told so, once.";
}

TEST_F(Step4, OtherErrorsAreRaised)
{
    Recorder object(&map, &trace);
    int listener = bound(true);
    struct scripted_rule rules[] = {{SCRIPTED_SEND, 1, 0, 0, ENOBUFS},
                                    {SCRIPTED_RECV, 1, 0, 0, ENOMEM}};
    script(listener, rules, 2);
    start_connect(&object, listener);
    until(object.fd, POLLOUT);
    char byte = 'x';
    EXPECT_EQ(returned(dispatcher_send(&object, &byte, 1)), "-ENOBUFS")
        << "what dispatcher_send has returned: the system has said so.";
    EXPECT_EQ(returned(dispatcher_recv(&object, &byte, 1)), "-ENOMEM")
        << "what dispatcher_recv has returned: the system has said so.";
    EXPECT_EQ(trace.text, "") << "that does not mean that the peer is gone.";
}

TEST_F(Step4, ClosingClosesAndForgets)
{
    Recorder object(&map, &trace);
    int peer = attach(&object);
    int fd = object.fd;
    dispatcher_close(&object);
    char byte;
    EXPECT_EQ(recv(peer, &byte, 1, MSG_DONTWAIT), 0)
        << "the other end has to see the end.";
    EXPECT_EQ(object.fd, -1) << "it has no socket any more, and says so.";
    EXPECT_EQ(state(object), "neither") << "neither connecting nor connected.";
    EXPECT_EQ(map.count, 0) << "objects in the map.";
    bool is_found = socket_map_find(&map, fd) != nullptr;
    EXPECT_FALSE(is_found) << "the map still finds it under its old number.";
}

TEST_F(Step4, ClosingAgainDoesNoHarm)
{
    Recorder object(&map, &trace);
    attach(&object);
    int fd = object.fd;
    dispatcher_close(&object);
    ASSERT_EQ(object.fd, -1) << "without a socket fd is -1.";
    int stranger = keep(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(stranger, fd) << "the system gives the number to the next one.";
    dispatcher_close(&object);
    int type = 0;
    socklen_t size = sizeof type;
    EXPECT_EQ(getsockopt(stranger, SOL_SOCKET, SO_TYPE, &type, &size), 0)
        << "the second close has closed another socket, which had got that"
           " number meanwhile.";
}

/* ---- 5: the talk's client ---- */

namespace
{

/* Two clients, and the server's ends of their connections. */
class Step5 : public Lesson
{
  protected:
    /* The class of the clients, with two methods that count as well. */
    static bool count_and_ask(struct dispatcher *self)
    {
        passes++;
        return http_client_class().readable(self);
    }

    static int count_and_write(struct dispatcher *self)
    {
        writes++;
        return http_client_class().handle_write(self);
    }

    void SetUp() override
    {
        passes = writes = 0;
        methods = http_client_class();
        methods.readable = count_and_ask;
        methods.handle_write = count_and_write;
        for (Client &client : clients)
            http_client_init(&client.http, &methods, &map, slice_of(""));
    }

    ~Step5() override
    {
        for (Client &client : clients) {
            drop(&client.http.dispatcher);
            buffer_deinit(&client.http.read_buffer);
        }
    }

    struct Client {
        struct http_client http;
        std::string request;
        int server = -1;
        std::string heard;
    };

    void start(std::vector<struct scripted_rule> rules)
    {
        int listener = bound(true);
        script(listener, rules.data(), rules.size());
        for (Client &client : clients) {
            client.request =
                &client == clients ? "GET /a HTTP/1.1" : "GET /bbb HTTP/1.1";
            struct slice request = {client.request.data(),
                                    client.request.size()};
            http_client_init(&client.http, &methods, &map, request);
            start_connect(&client.http.dispatcher, listener);
            client.server = accept_one(listener);
        }
    }

    /* Makes passes until the server has heard both requests, or too many. */
    void send_requests()
    {
        for (int pass = 0; pass < 60; pass++) {
            bool whole = true;
            for (Client &client : clients) {
                client.heard += heard(client.server);
                whole = whole && client.heard.size() >= client.request.size();
            }
            if (whole)
                break;
            one_pass(10);
        }
    }

    std::string page(int i) const
    {
        const struct buffer &buffer = clients[i].http.read_buffer;
        return std::string(buffer.data ? buffer.data : "", buffer.size);
    }

    static int passes, writes; /* passes: of both clients, one for each */
    struct dispatcher_methods methods;
    Client clients[2] = {};
};

int Step5::passes, Step5::writes;

} // namespace

TEST_F(Step5, TheRequestsGoOutWhole)
{
    struct scripted_rule five = {SCRIPTED_SEND, 1, 1, 5, 0};
    start({five});
    send_requests();
    for (const Client &client : clients)
        EXPECT_EQ(client.heard, client.request)
            << "what the server has heard, and what it should have: the system"
               " took no more than five bytes at a time.";
}

TEST_F(Step5, WhenTheRequestIsOutItNeedNotWrite)
{
    start({});
    send_requests();
    for (int i = 0; i < 10; i++)
        one_pass(0);
    writes = 0;
    for (int i = 0; i < 1000; i++)
        one_pass(0);
    EXPECT_EQ(writes, 0)
        << "calls of handle_write in 1000 passes of two clients that had "
           "nothing"
           " left to send. A socket is nearly always writable: with writable"
           " true, and nothing to send, a loop never sleeps.";
}

TEST_F(Step5, NothingThereIsNotAnError)
{
    start({});
    struct dispatcher *self = &clients[0].http.dispatcher;
    EXPECT_EQ(returned(http_client_class().handle_read(self)), "0")
        << "what http_client_handle_read has returned: handle_read was called "
           "although nothing has come (EAGAIN).";
    EXPECT_GE(self->fd, 0) << "and it stays open.";
}

TEST_F(Step5, WhatSendRaisesIsRaised)
{
    struct scripted_rule broken = {SCRIPTED_SEND, 1, 1, 0, ENOBUFS};
    start({broken});
    struct http_client &client = clients[0].http;
    EXPECT_EQ(returned(http_client_class().handle_write(&client.dispatcher)),
              "-ENOBUFS")
        << "what http_client_handle_write has returned: send has failed with "
           "it, and dispatcher_send has raised it.";
    EXPECT_EQ(client.write_buffer.size, clients[0].request.size())
        << "bytes left to send: none of them went out.";
}

TEST_F(Step5, TwoPagesArriveWhole)
{
    struct scripted_rule seven = {SCRIPTED_RECV, 1, 1, 7, 0};
    start({seven});
    send_requests();
    const std::string a(500, 'a'), b(300, 'b');
    say(clients[1].server, b);
    say(clients[0].server, a.substr(0, 100));
    for (int pass = 0; pass < 20; pass++)
        one_pass(10);
    say(clients[0].server, a.substr(100));
    hang_up(clients[0].server);
    hang_up(clients[1].server);
    passes = 0;
    run_loop(10, 500);
    EXPECT_EQ(page(0).size(), a.size())
        << "bytes of the first page; recv gave seven at a time.";
    EXPECT_EQ(page(1).size(), b.size())
        << "bytes of the second page; recv gave seven at a time.";
    EXPECT_TRUE(page(0) == a) << "the first page is damaged.";
    EXPECT_TRUE(page(1) == b) << "the second page is damaged.";
    EXPECT_EQ(map.count, 0)
        << "clients that were still in the loop, although both servers have"
           " closed.";
    unsigned most = scripted_seen(SCRIPTED_RECV) + 20;
    EXPECT_LE(static_cast<unsigned>(passes), most)
        << "how often a client was asked whether it is readable: more often"
           " than it received.";
}

TEST_F(Step5, ARefusedConnectionIsNotedAndClosed)
{
    struct http_client client;
    http_client_init(&client, &methods, &map, slice_of("GET"));
    start_connect(&client.dispatcher, bound(false));
    run_loop(10, 100);
    EXPECT_EQ(returned(client.dispatcher.error), "-ECONNREFUSED")
        << "what handle_error has noted: no server listens there.";
    EXPECT_EQ(client.dispatcher.fd, -1) << "it is closed now.";
    EXPECT_EQ(map.count, 0) << "clients that are still in the loop.";
}
