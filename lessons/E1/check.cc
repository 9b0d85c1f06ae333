/* SPDX-License-Identifier: MIT */
/* What the steps of E1 promise. The network and the clock are those of world.h:
 * nothing here waits. */
#include "lessons/E1/world.h"

#include <cstdlib>

/* ---- 1: a closure by hand ---- */

namespace
{

/* What a callback was called with. */
struct Called {
    int times = 0;
    struct result *result = nullptr;

    static void call(void *context, struct result *result)
    {
        auto *self = static_cast<Called *>(context);
        self->times++;
        self->result = result;
    }

    struct callback callback()
    {
        return {call, this};
    }
};

class Step1 : public testing::Test
{
  protected:
    Step1()
    {
        log = open_memstream(&text, &size);
        result_init(&ok);
        result_init(&missing);
        ok.status = 200;
        missing.status = 404;
    }
    ~Step1() override
    {
        fclose(log);
        free(text);
    }

    std::string written()
    {
        fflush(log);
        return std::string(text, size);
    }

    struct logged decorator(const char *name, Called *inside)
    {
        return {name, log, inside->callback(), 0};
    }

    FILE *log;
    char *text = nullptr;
    size_t size = 0;
    struct result ok, missing;
};

} // namespace

TEST_F(Step1, ACallbackIsCalledWithWhatItKnows)
{
    Called a, b;
    callback_call(a.callback(), &ok);
    callback_call(b.callback(), &missing);
    EXPECT_EQ(a.times, 1) << "calls of the first callback. The function of both"
                             " is the same; what they know is not.";
    EXPECT_EQ(b.times, 1) << "calls of the second callback.";
    EXPECT_EQ(a.result, &ok) << "the result that the first one was handed.";
    EXPECT_EQ(b.result, &missing) << "the result that the second was handed.";
}

TEST_F(Step1, ADecoratorPassesTheCallOn)
{
    Called inside;
    struct logged logged = decorator("page", &inside);
    struct callback outside = logged_callback(&logged);
    callback_call(outside, &missing);
    EXPECT_EQ(inside.times, 1) << "calls of the callback inside.";
    EXPECT_EQ(inside.result, &missing) << "the result that it was handed.";
    EXPECT_EQ(written(), "page 1: 404\n") << "what is in the log.";
}

TEST_F(Step1, EachDecoratorCountsItsOwnCalls)
{
    Called inside;
    struct logged a = decorator("a", &inside), b = decorator("b", &inside);
    callback_call(logged_callback(&a), &ok);
    callback_call(logged_callback(&a), &ok);
    callback_call(logged_callback(&b), &ok);
    EXPECT_EQ(written(), "a 1: 200\na 2: 200\nb 1: 200\n")
        << "what is in the log: a was called twice, then b. What a closure"
           " knows lies in its own struct; a static variable would belong to"
           " all closures of the function.";
    EXPECT_EQ(a.calls, 2) << "calls in the first struct logged.";
    EXPECT_EQ(inside.times, 3) << "calls of the callback inside.";
}

TEST_F(Step1, TheLogIsWrittenBeforeTheCall)
{
    std::string before = "the callback inside was not called";
    std::function<void()> inside = [&] { before = written(); };
    struct logged logged = {"page", log, {}, 0};
    logged.callback.context = &inside;
    logged.callback.fn = [](void *context, struct result *) {
        (*static_cast<std::function<void()> *>(context))();
    };
    callback_call(logged_callback(&logged), &ok);
    EXPECT_EQ(before, "page 1: 200\n")
        << "what was in the log when the callback inside was called. It may"
           " be the last that this closure is there for.";
}

TEST_F(Step1, TheCallbackInsideMayFreeTheClosure)
{
    auto *logged = static_cast<struct logged *>(malloc(sizeof(struct logged)));
    *logged = {"page", log, {}, 0};
    logged->callback.context = logged;
    logged->callback.fn = [](void *context, struct result *) { free(context); };
    callback_call(logged_callback(logged), &ok);
    EXPECT_EQ(written(), "page 1: 200\n") << "what is in the log.";
}

TEST_F(Step1, ADecoratorCanBeDecorated)
{
    Called inside;
    struct logged inner = decorator("inner", &inside);
    struct logged outer = decorator("outer", &inside);
    outer.callback = logged_callback(&inner);
    callback_call(logged_callback(&outer), &ok);
    EXPECT_EQ(written(), "outer 1: 200\ninner 1: 200\n")
        << "what is in the log: a decorated callback is a callback.";
    EXPECT_EQ(inside.times, 1) << "calls of the callback inside both.";
}

/* ---- 2: look up, connect, send ---- */

namespace
{

/* One fetch in the world of world.h. */
class Fetching : public testing::Test
{
  protected:
    void SetUp() override
    {
        calls_may_wait(CALLS_NONE);
        options.connect_timeout = 300 * ms;
        options.total_timeout = 1000 * ms;
        fetch_init(&fetch, world.network(), &options);
        fetch.call.result.error = FETCH_OK;
    }
    void TearDown() override
    {
        fetch_deinit(&fetch);
    }

    static struct callback when_done(Fetching *self)
    {
        return {[](void *context, struct result *result) {
                    static_cast<Fetching *>(context)->on_done(result);
                },
                self};
    }

    static constexpr size_t number_of_job = 5;

    void start(const std::string &url)
    {
        asked = std::make_unique<Asked>(url);
        struct job job = {number_of_job, &asked->request, 0};
        in_start = true;
        fetch_start(&fetch, &job, when_done(this));
        in_start = false;
    }

    void on_done(struct result *result)
    {
        if (++done > 10)
            return;
        error = fetch_error_word(result->error);
        detail = result->detail;
        body = body_of(*result);
        was_over = is_done();
        says_open = fetch.open;
        when = world.now();
        open_when_done = world.open();
        inside_start = inside_start || in_start;
        world.note("done");
        if (then)
            then();
    }

    const char *call_error() const
    {
        return fetch_error_word(fetch.call.result.error);
    }

    bool is_done() const
    {
        return call_need(&fetch.call) == CALL_IS_DONE;
    }

    /* Runs until nothing is left, and then `done` was called once. */
    void run_to_the_end(const std::string &wanted)
    {
        world.run();
        expect_end(wanted);
    }

    void expect_end(const std::string &wanted)
    {
        ASSERT_EQ(done, 1)
            << "how often done was called. The loop has nothing left to do, "
            << (world.open() ? "but a connection is open still. "
                             : "and no connection is open. ")
            << came();
        EXPECT_EQ(error, wanted) << "what has become of the page. " << came();
        EXPECT_TRUE(was_over)
            << "done was called although the call still needs something: it"
               " was not told how it ended. "
            << came();
        EXPECT_FALSE(says_open)
            << "fetch->open is true when done is called, and there is no"
               " stream any more. "
            << came();
        EXPECT_EQ(open_when_done, 0u)
            << "connections that were open when done was called: after that"
               " their memory may be gone. "
            << came();
        EXPECT_EQ(world.looking_up(), 0u)
            << "look-ups that are under way after the end. " << came();
    }

    std::string came() const
    {
        return "What has happened: " +
               (world.trace.empty() ? "nothing" : world.trace) + ".";
    }

    World world;
    struct call_options options = call_default_options;
    struct fetch fetch;
    std::unique_ptr<Asked> asked;
    int done = 0;
    std::string error = "(done was not called)", body;
    int detail = 0;
    long when = 0;
    size_t open_when_done = 0;
    bool was_over = false, says_open = false;
    bool in_start = false, inside_start = false;
    std::function<void()> then;
};

using Step2 = Fetching;
using Step3 = Fetching;
using Step4 = Fetching;

} // namespace

TEST_F(Step2, ThePageIsAskedFor)
{
    start("http://pages.test/never");
    world.run_for(100 * ms);
    EXPECT_EQ(world.trace, "look up pages.test, found, connect 192.0.2.1:80,"
                           " connected, asked for /never")
        << "what has happened, in this order.";
    EXPECT_EQ(world.heard.substr(0, 20), "GET /never HTTP/1.1\r")
        << "the beginning of what was sent.";
    EXPECT_EQ(done, 0) << "how often done was called: there is no answer yet.";
}

TEST_F(Step2, WhatItIsGivenIsKept)
{
    start("http://pages.test/never");
    EXPECT_EQ(fetch.call.index, number_of_job)
        << "the number with which the call was started: it is the job's index.";
    EXPECT_TRUE(fetch.done.fn == when_done(this).fn &&
                fetch.done.context == this)
        << "fetch->done is not the callback that fetch_start was given. It is"
           " called in step 3.";
}

TEST_F(Step2, AnAddressNeedsNoLookUp)
{
    start("http://192.0.2.7/never");
    world.run_for(100 * ms);
    EXPECT_EQ(world.trace, "connect 192.0.2.7:80, connected, asked for /never")
        << "what has happened. The URL has an address in place of a name;"
           " go_on knows what the call needs first.";
}

TEST_F(Step2, TheCallKnowsHowFarItIs)
{
    fetch.connected = true; /* it was, the last time */
    start("http://pages.test/never");
    world.run_for(5 * ms);
    EXPECT_FALSE(fetch.open) << "fetch->open is true during the look-up, and"
                                " there is no stream yet.";
    world.run_for(10 * ms);
    EXPECT_TRUE(fetch.open) << "fetch->open is false while it connects, and"
                               " there is a stream to be given back.";
    EXPECT_FALSE(fetch.connected)
        << "fetch->connected is true while it still connects.";
    world.run_for(10 * ms);
    EXPECT_TRUE(fetch.connected)
        << "fetch->connected is false although it is connected.";
    EXPECT_EQ(call_need(&fetch.call), CALL_NEEDS_TRANSFER)
        << "what the call needs: it was told of the connection.";
    std::string at = span(fetch.call.result.marks[MARK_CONNECTED] -
                          fetch.call.result.marks[MARK_START]);
    EXPECT_EQ(at, "20 ms") << "from the start to the connection, as the call"
                              " was told.";
    EXPECT_FALSE(fetch.call.result.reused)
        << "the call was told of a connection that was used before.";
}

TEST_F(Step2, AHostThatIsNotFoundEndsTheCall)
{
    start("http://nowhere.test/never");
    world.run_for(100 * ms);
    EXPECT_STREQ(call_error(), "no-host") << "what the call was told.";
    EXPECT_EQ(fetch.call.result.detail, EAI_NONAME)
        << "the detail of the error: the code with which on_resolved was"
           " called.";
    EXPECT_EQ(world.open(), 0u) << "connections to a host that was not found.";
}

TEST_F(Step2, WhatDoesNotEvenBeginEndsTheCall)
{
    for (std::string host :
         {"no-threads.test", "192.0.2.1:82", "unreachable.test"}) {
        start("http://" + host + "/never");
        world.run_for(100 * ms);
        ASSERT_TRUE(is_done())
            << "the call has not ended. " << host << ": "
            << (host[0] == 'n' ? "look_up has returned -EAGAIN."
                               : "connect has returned -ENETUNREACH.");
        EXPECT_EQ(returned(fetch.call.result.detail),
                  host[0] == 'n' ? "-EAGAIN" : "-ENETUNREACH")
            << "the detail of the call's error: what look_up or connect has"
               " returned.";
        EXPECT_FALSE(fetch.open)
            << "fetch->open is true, and nothing has begun.";
    }
}

/* ---- 3: receive, done ---- */

TEST_F(Step3, APageArrives)
{
    start("http://pages.test/bytes/100");
    run_to_the_end("ok");
    EXPECT_TRUE(body == World::body(100))
        << "the page is not the one that was sent: " << body.size()
        << " bytes, and 100 were sent.";
    EXPECT_EQ(world.trace,
              "look up pages.test, found, connect 192.0.2.1:80, connected,"
              " asked for /bytes/100, data, abort, lost, done")
        << "what has happened. The server leaves the connection open: when the"
           " page is whole we are the ones to end it.";
    EXPECT_EQ(when, 30) << "milliseconds after which done was called: three"
                           " things took 10 each, and then the page was whole.";
}

TEST_F(Step3, DripsMakeAPage)
{
    start("http://192.0.2.1/drip/7");
    run_to_the_end("ok");
    EXPECT_EQ(body, "abcdefg") << "the page, which came a byte at a time. One"
                                  " call of data_received is not a message.";
}

TEST_F(Step3, ThePageMayEndWithTheConnection)
{
    start("http://192.0.2.1/end/30");
    run_to_the_end("ok");
    EXPECT_TRUE(body == World::body(30))
        << "the page is not the one that was sent. Its head did not say how"
           " long it is: it ends with the connection, in good order.";
}

TEST_F(Step3, AConnectionThatIsLostIsAnError)
{
    start("http://192.0.2.1/reset");
    run_to_the_end("reset");
}

TEST_F(Step3, AServerThatClosesWithoutAnAnswerIsAnError)
{
    start("http://192.0.2.1/close");
    run_to_the_end("closed");
}

TEST_F(Step3, ARefusedConnectionIsAnError)
{
    start("http://192.0.2.1:81/bytes/1");
    run_to_the_end("refused");
}

TEST_F(Step3, TheNextAddressIsTried)
{
    start("http://two.test/bytes/5");
    run_to_the_end("ok");
    EXPECT_EQ(world.trace,
              "look up two.test, found, connect 192.0.2.1:81, lost,"
              " connect 192.0.2.2:80, connected, asked for /bytes/5, data,"
              " abort, lost, done")
        << "what has happened. The first address refuses, and the call knows"
           " another one: go_on asks it.";
}

TEST_F(Step3, ARedirectIsFollowed)
{
    options.redirects_max = 5;
    start("http://pages.test/go/192.0.2.9");
    run_to_the_end("ok");
    EXPECT_EQ(world.trace,
              "look up pages.test, found, connect 192.0.2.1:80, connected,"
              " asked for /go/192.0.2.9, data, abort, lost,"
              " connect 192.0.2.9:80, connected, asked for /bytes/7, data,"
              " abort, lost, done")
        << "what has happened. The answer leads to another host, and then the"
           " call needs a connection again; it was not this one that failed.";
}

TEST_F(Step3, ARedirectToAHostThatIsNotFoundEndsThePage)
{
    options.redirects_max = 5;
    start("http://192.0.2.1/go/nowhere.test");
    run_to_the_end("no-host");
}

TEST_F(Step3, TheFetchMayBeGoneWhenDoneReturns)
{
    struct Alone {
        struct fetch fetch;
        int done;
    };
    auto *alone = static_cast<Alone *>(calloc(1, sizeof(Alone)));
    Asked page("http://192.0.2.1/bytes/9");
    struct job job = {0, &page.request, 0};
    struct Seen {
        Alone *alone;
        int done;
    } seen = {alone, 0};
    fetch_init(&alone->fetch, world.network(), &options);
    fetch_start(&alone->fetch, &job,
                {[](void *context, struct result *) {
                     auto *self = static_cast<Seen *>(context);
                     self->done++;
                     fetch_deinit(&self->alone->fetch);
                     free(self->alone);
                 },
                 &seen});
    world.run();
    ASSERT_EQ(seen.done, 1) << "how often done was called. " << came();
}

/* From step 4 on on_end is what runs. */
TEST_F(Step3, TheTimerIsTakenBack)
{
    bool had_none = !fetch.end.run;
    if (had_none)
        fetch.end.run = [](struct handle *handle) { handle->run = nullptr; };
    start("http://192.0.2.1/bytes/9");
    if (had_none)
        loop_call_at(world.network()->loop, &fetch.end,
                     world.clock.now + 500 * ms);
    run_to_the_end("ok");
    EXPECT_TRUE(fetch.end.run)
        << "fetch->end has run after done was called: finish takes it back.";
}

TEST_F(Step3, DoneMayStartItAgain)
{
    then = [this] {
        if (done == 1)
            start("http://192.0.2.1:81/bytes/1");
        else if (done == 2)
            start("http://pages.test/bytes/3");
    };
    start("http://pages.test/bytes/2");
    world.run();
    EXPECT_EQ(done, 3) << "how often done was called: the same fetch was"
                          " started three times, twice by done itself. "
                       << came();
    EXPECT_EQ(error, "ok") << "what has become of the third page. " << came();
    EXPECT_EQ(body, "abc") << "the third page.";
}

TEST_F(Step3, DoneMayBeDecorated)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *log = open_memstream(&text, &size);
    struct logged logged = {"page", log, when_done(this), 0};
    Asked page("http://192.0.2.1/bytes/9");
    struct job job = {0, &page.request, 0};
    fetch_start(&fetch, &job, logged_callback(&logged));
    world.run();
    fclose(log);
    std::string written(text, size);
    free(text);
    EXPECT_EQ(written, "page 1: 200\n")
        << "what is in the log of the decorator around done. " << came();
    EXPECT_EQ(done, 1) << "how often done itself was called.";
}

/* ---- 4: one way out ---- */

TEST_F(Step4, ASilentServerIsGivenUp)
{
    start("http://192.0.2.1/never");
    run_to_the_end("timeout");
    EXPECT_EQ(when, 1000) << "milliseconds after which done was called: the"
                             " total timeout.";
}

TEST_F(Step4, AServerThatTakesNothingIsGivenUp)
{
    start("http://192.0.2.1:84/bytes/1");
    run_to_the_end("timeout");
    EXPECT_EQ(when, 1000) << "milliseconds after which done was called: the"
                             " total timeout. transport_close would wait until"
                             " all is sent; transport_abort does not.";
}

TEST_F(Step4, AConnectionThatDoesNotComeIsGivenUp)
{
    start("http://192.0.2.1:83/bytes/1");
    run_to_the_end("connect-timeout");
    EXPECT_EQ(when, 300) << "milliseconds after which done was called: the"
                            " connect timeout.";
}

TEST_F(Step4, ALookUpThatDoesNotEndIsForgotten)
{
    start("http://silent.test/bytes/1");
    run_to_the_end("connect-timeout");
    EXPECT_EQ(when, 300) << "milliseconds after which done was called: the"
                            " connect timeout, which is for the look-up, too.";
}

TEST_F(Step4, ARedirectMayLeadNowhere)
{
    options.redirects_max = 5;
    start("http://192.0.2.1/go/silent.test");
    run_to_the_end("connect-timeout");
}

TEST_F(Step4, ADeadlineThatHasMovedEndsNothing)
{
    start("http://192.0.2.1/half");
    world.run_for(400 * ms);
    EXPECT_EQ(done, 0) << "how often done was called after 400 ms. The first"
                          " deadline, 300 ms, was for the connection, and that"
                          " has come in time. "
                       << came();
    run_to_the_end("timeout");
    EXPECT_EQ(when, 1000) << "milliseconds after which done was called: the"
                             " total timeout.";
}

TEST_F(Step4, WhatIsOverLeavesNoTimer)
{
    for (std::string path : {"/bytes/9", "/reset", "/close"}) {
        long before = world.now();
        start("http://192.0.2.1" + path);
        world.run();
        EXPECT_LT(world.now() - before, 200)
            << "milliseconds until the loop had nothing left to do. The page"
               " was over long before its deadline, and the timer for that was"
               " not taken back.";
    }
}

TEST_F(Step4, DoneIsNotCalledInsideFetchStart)
{
    for (std::string host : {"no-threads.test", "192.0.2.1:82"}) {
        done = 0;
        start("http://" + host + "/bytes/1");
        EXPECT_FALSE(inside_start)
            << "done was called before fetch_start had returned. Its caller is"
               " in the middle of something, and does not expect that. Sooner"
               " than the next turn of the loop nothing may come.";
        run_to_the_end(host[0] == 'n' ? "no-process" : "unreachable");
    }
}

TEST_F(Step4, EveryFaultHasOneEnd)
{
    for (std::string url : {"http://nowhere.test/", "http://no-threads.test/",
                            "http://192.0.2.1:81/", "http://192.0.2.1:82/",
                            "http://192.0.2.1:83/", "http://192.0.2.1/never",
                            "http://192.0.2.1/half", "http://192.0.2.1/reset",
                            "http://192.0.2.1/close", "http://silent.test/"}) {
        done = 0;
        world.trace.clear();
        start(url);
        world.run();
        ASSERT_EQ(done, 1) << "how often done was called, for " << url << ". "
                           << came();
        ASSERT_EQ(world.open(), 0u)
            << "connections that are open afterwards, for " << url << ". "
            << came();
        ASSERT_EQ(world.looking_up(), 0u)
            << "look-ups that are under way afterwards, for " << url << ".";
    }
}

/* Two ends in one turn, in either order. */
TEST_F(Step4, TwoEndsInOneTurnAreOneEnd)
{
    for (std::string path : {"/reset", "/close", "/bytes/5"}) {
        for (nanos early : {0 * ms, 1 * ms}) {
            done = 0;
            world.trace.clear();
            /* It connects after 10 ms, and the answer comes 10 ms later. */
            options.total_timeout = 20 * ms + early;
            start("http://192.0.2.1" + path);
            world.run();
            ASSERT_EQ(done, 1)
                << "how often done was called. The deadline and the end of the"
                   " connection came "
                << (early ? "a millisecond after each other. "
                          : "in the same turn. ")
                << came();
            ASSERT_EQ(world.open(), 0u)
                << "connections that are open. " << came();
        }
    }
}

TEST_F(Step4, APageCanBeCancelledWhereverItIs)
{
    const struct {
        const char *where, *url;
        nanos after;
    } cases[] = {
        {"in the look-up", "http://pages.test/bytes/5", 5 * ms},
        {"while it connects", "http://pages.test/bytes/5", 15 * ms},
        {"before the answer", "http://pages.test/bytes/5", 25 * ms},
        {"in the middle of the answer", "http://192.0.2.1/half", 40 * ms},
    };
    for (const auto &each : cases) {
        done = 0;
        bool inside = false;
        long cancelled = 0;
        world.trace.clear();
        start(each.url);
        world.at(each.after, [&] {
            cancelled = world.now();
            world.note("cancel");
            fetch_cancel(&fetch);
            inside = done > 0;
        });
        world.run();
        ASSERT_EQ(done, 1) << "how often done was called. fetch_cancel was,"
                           << " once, " << each.where << ". " << came();
        EXPECT_EQ(error, "cancelled")
            << "what has become of a page that was cancelled " << each.where
            << ". " << came();
        EXPECT_EQ(detail, 0) << "the detail of FETCH_CANCELLED, which has"
                                " none.";
        EXPECT_FALSE(inside) << "done was called inside fetch_cancel: it comes"
                                " in a later turn, always.";
        EXPECT_EQ(when, cancelled)
            << "milliseconds from the start to done. It was cancelled "
            << each.where << ", and there was nothing left to wait for.";
        EXPECT_EQ(open_when_done, 0u) << "connections that were open when done"
                                         " was called. "
                                      << came();
        EXPECT_EQ(world.looking_up(), 0u)
            << "look-ups that are under way after the end. " << came();
    }
}

TEST_F(Step4, WhatWasCancelledBeforeItsFirstTurnEndsToo)
{
    for (std::string host :
         {"pages.test", "192.0.2.1", "192.0.2.1:82", "no-threads.test"}) {
        done = 0;
        world.trace.clear();
        start("http://" + host + "/bytes/5");
        fetch_cancel(&fetch);
        world.run();
        ASSERT_EQ(done, 1) << "how often done was called. fetch_cancel was,"
                              " right after fetch_start. "
                           << came();
        ASSERT_EQ(world.open(), 0u) << "connections that are open. " << came();
    }
}

TEST_F(Step4, CancellingTwiceIsOneEnd)
{
    start("http://192.0.2.1/never");
    world.at(30 * ms, [&] {
        fetch_cancel(&fetch);
        fetch_cancel(&fetch);
    });
    world.run();
    ASSERT_EQ(done, 1) << "how often done was called: fetch_cancel was, twice. "
                       << came();
    fetch_cancel(&fetch);
    world.run();
    EXPECT_EQ(done, 1) << "how often done was called: fetch_cancel was again,"
                          " after the end. "
                       << came();
}

TEST_F(Step4, CancellingAWholePageIsTooLate)
{
    bool seen = false;
    start("http://192.0.2.1/bytes/5");
    /* The answer comes at 20 ms, and after it, in the same turn, this: the
     * connection is aborted, but not lost yet. */
    world.at(10 * ms, [&] {
        world.at(10 * ms, [&] {
            seen = is_done();
            fetch_cancel(&fetch);
        });
    });
    run_to_the_end("ok");
    EXPECT_TRUE(seen) << own_trouble;
    EXPECT_EQ(body, "abcde") << "the page.";
}

/* ---- 5: keep N in flight ---- */

namespace
{

/* A batch of pages for many slots. */
class Step5 : public testing::Test
{
  protected:
    struct Page {
        std::unique_ptr<Asked> asked;
        int done = 0;
        std::string error, body;
    };
    struct Listed : batch {
        Step5 *test;
    };

    void SetUp() override
    {
        calls_may_wait(CALLS_NONE);
        list.options = &options;
        list.next = [](struct batch *batch, struct job *job) {
            return static_cast<Listed *>(batch)->test->next(job);
        };
        list.done = [](struct batch *batch, size_t index, struct result *r) {
            static_cast<Listed *>(batch)->test->end(index, r);
        };
        list.test = this;
    }

    void ask(const std::string &url)
    {
        pages.push_back({std::make_unique<Asked>(url), 0, "", ""});
    }

    /* The numbers of the jobs are any numbers. */
    static size_t number_of(size_t i)
    {
        return 7 + 3 * i;
    }

    bool next(struct job *job)
    {
        if (handed_out == pages.size())
            return false;
        *job = {number_of(handed_out), &pages[handed_out].asked->request, 0};
        handed_out++;
        flying++;
        most = std::max(most, flying);
        return true;
    }

    void end(size_t index, struct result *result)
    {
        char here;
        uintptr_t depth = reinterpret_cast<uintptr_t>(&here);
        lowest = std::min(lowest, depth);
        highest = std::max(highest, depth);
        flying--;
        size_t i = (index - 7) / 3;
        if (index < 7 || i >= pages.size() || number_of(i) != index) {
            ADD_FAILURE() << "batch_done was called with the number " << index
                          << ", and no job has it: a job's number is its"
                             " index.";
            return;
        }
        pages[i].done++;
        pages[i].error = fetch_error_word(result->error);
        pages[i].body = body_of(*result);
    }

    void run(size_t concurrency)
    {
        list.concurrency = concurrency;
        slots = std::vector<struct slot>(concurrency);
        for (struct slot &slot : slots)
            fetch_init(&slot.fetch, world.network(), &options);
        struct pool pool = {&list, slots.data()};
        pool_start(&pool);
        world.run();
        for (struct slot &slot : slots)
            fetch_deinit(&slot.fetch);
        expect_each_once();
    }

    void expect_each_once() const
    {
        for (size_t i = 0; i < pages.size(); i++)
            ASSERT_EQ(pages[i].done, 1)
                << "how often batch_done was called for page " << i + 1
                << " of " << pages.size() << ". " << handed_out
                << " of them were handed out by batch_next.";
    }

    World world;
    struct call_options options = call_default_options;
    Listed list = {};
    std::vector<Page> pages;
    std::vector<struct slot> slots;
    size_t handed_out = 0, flying = 0, most = 0;
    uintptr_t lowest = UINTPTR_MAX, highest = 0;
};

} // namespace

TEST_F(Step5, EveryPageComesOnceAndIsItsOwn)
{
    for (int i = 1; i <= 10; i++)
        ask("http://192.0.2.1/bytes/" + std::to_string(i));
    run(3);
    for (size_t i = 0; i < pages.size(); i++) {
        EXPECT_EQ(pages[i].error, "ok") << "what has become of page " << i + 1;
        size_t size = pages[i].body.size();
        EXPECT_EQ(size, i + 1) << "bytes of page " << i + 1
                               << ", which has as many as its number says.";
    }
}

TEST_F(Step5, AsManyAsAllowedAreInFlightAndNoMore)
{
    for (int i = 0; i < 12; i++)
        ask("http://192.0.2.1/bytes/5");
    run(4);
    EXPECT_EQ(most, 4u) << "most pages in flight. There are four slots.";
    EXPECT_EQ(world.most_open, 4u) << "most connections at a time.";
    EXPECT_EQ(world.now(), 60) << "milliseconds for twelve pages of 20 each, in"
                                  " four slots: three rounds.";
}

TEST_F(Step5, AFreeSlotDoesNotWaitForTheOthers)
{
    ask("http://192.0.2.1/drip/200");
    for (int i = 0; i < 5; i++)
        ask("http://192.0.2.1/bytes/5");
    run(2);
    EXPECT_EQ(world.now(), 259)
        << "milliseconds for all of it. The first page takes as many; beside"
           " it, in the other slot, five others have room.";
}

TEST_F(Step5, OnePageThatFailsDoesNotHarmTheOthers)
{
    for (const char *path : {"/bytes/3", "/reset", ":81/", "/bytes/4", "/close",
                             ":82/", "/bytes/5"})
        ask(std::string("http://192.0.2.1") + path);
    run(2);
    std::string all;
    for (const Page &page : pages)
        all += page.error + " ";
    EXPECT_EQ(all, "ok reset refused ok closed unreachable ok ")
        << "what has become of the pages, one by one.";
}

TEST_F(Step5, FewerPagesThanSlots)
{
    run(3);
    EXPECT_EQ(world.trace, "") << "what was begun, of a batch without a page.";
    ask("http://192.0.2.1/bytes/3");
    run(3);
    EXPECT_EQ(most, 1u) << "most pages in flight: there was one, and there were"
                           " three slots.";
}

TEST_F(Step5, ThousandsThatFailAtOnceDoNotPileUp)
{
    for (int i = 0; i < 2000; i++)
        ask("http://192.0.2.1:82/");
    run(2);
    EXPECT_LT(highest - lowest, 4096u)
        << "bytes by which the stack has grown from one call of batch_done to"
           " another. 2000 pages have failed before they began. If each of"
           " them starts the next one inside its own start, they lie on top"
           " of each other.";
}
