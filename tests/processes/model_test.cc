// SPDX-License-Identifier: MIT
// What `fork` and `process-pool` promise beyond what every model does: nothing
// of a worker's misfortune spreads, and nothing of it stays behind.
#include "processes/fork.h"
#include "processes/process_pool.h"

#include "harness/origin/origin.h"
#include "http/page_list.h"
#include "kin.h"
#include "support/sanitizer.h"
#include "support/scripted_sockets.h"

#include <gtest/gtest.h>

#include <csignal>
#include <deque>
#include <sys/wait.h>

namespace
{

// A page list of URLs at an origin of its own.
class ProcessModel : public testing::TestWithParam<const model *>
{
  protected:
    void SetUp() override
    {
        origin_options options_of_origin = {};
        ASSERT_EQ(origin_process_start(&origin, &options_of_origin), 0);
        options = call_default_options;
        ASSERT_EQ(cancel_init(&cancel), 0);
        before = open_descriptors();
    }

    void TearDown() override
    {
        page_list_deinit(&list);
        for (request &request : requests)
            request_deinit(&request);
        EXPECT_EQ(open_descriptors(), before);
        cancel_deinit(&cancel);
        origin_process_stop(&origin);
        EXPECT_EQ(kin().alive.size() + kin().zombies.size(), 0u);
    }

    void ask(const std::string &path)
    {
        url url = {};
        std::string text =
            "http://127.0.0.1:" + std::to_string(origin.port) + path;
        ASSERT_EQ(url_parse(&url, text.c_str()), URL_OK);
        request &request = requests.emplace_back();
        ASSERT_EQ(request_init(&request, METHOD_GET, &url, nullptr, {}), 0);
        pointers.push_back(&request);
        url_deinit(&url);
    }

    void run(size_t concurrency)
    {
        ASSERT_EQ(page_list_init(&list, pointers.data(), pointers.size(),
                                 concurrency, &options, &cancel),
                  0);
        if (done)
            list.batch.done = done;
        ASSERT_EQ(GetParam()->run(&list.batch), 0);
        EXPECT_EQ(list.finished, pointers.size());
    }

    const result &page(size_t index) const
    {
        return list.results[index];
    }

    std::string explain(size_t index) const
    {
        buffer text = {};
        result_explain(&page(index), &text);
        std::string copy(text.data, text.size);
        buffer_deinit(&text);
        return copy;
    }

    // Lets the child that fetches page `index` do this to itself, once the
    // request is sent: the trace is called in the child.
    void strike(size_t index, int signal)
    {
        victim = index;
        blow = signal;
        options.trace_context = this;
        options.trace = [](void *context, const call *call, enum mark mark,
                           nanos) {
            ProcessModel *self = static_cast<ProcessModel *>(context);
            if (call->index == self->victim && mark == MARK_SENT)
                raise(self->blow);
        };
    }

    origin_process origin = {};
    call_options options = {};
    struct cancel cancel = {};
    void (*done)(batch *, size_t, result *) = nullptr;
    page_list list = {};
    std::deque<request> requests;
    std::vector<const request *> pointers;
    std::vector<int> before;
    size_t victim = 0;
    int blow = 0;
};

TEST_P(ProcessModel, BringsWholePagesBackFromOtherProcesses)
{
    for (int i = 0; i < 20; i++)
        ask("/bytes/" + std::to_string(1000 + i));
    run(4);
    for (size_t i = 0; i < 20; i++) {
        EXPECT_EQ(page(i).error, FETCH_OK) << explain(i);
        EXPECT_EQ(page(i).status, 200);
        EXPECT_EQ(page(i).body.size, 1000 + i);
        EXPECT_NE(page(i).doer.pid, getpid());
        EXPECT_LT(page(i).doer.slot, 4u);
        EXPECT_NE(headers_find(&page(i).headers, "Content-Length"), nullptr);
    }
}

TEST_P(ProcessModel, AChildThatIsKilledCostsItsOwnPage)
{
    for (int i = 0; i < 12; i++)
        ask("/bytes/100");
    strike(5, SIGKILL);
    run(3);
    for (size_t i = 0; i < 12; i++)
        if (i == 5) {
            EXPECT_EQ(page(i).error, FETCH_WORKER_DIED);
            EXPECT_EQ(page(i).detail, SIGKILL);
            EXPECT_NE(explain(i).find("signal 9"), std::string::npos);
        } else {
            EXPECT_EQ(page(i).error, FETCH_OK) << explain(i);
        }
}

TEST_P(ProcessModel, AChildThatIsStoppedIsKilledAfterItsTime)
{
    for (int i = 0; i < 6; i++)
        ask("/bytes/100");
    options.total_timeout = 50 * NANOS_PER_MILLISECOND;
    strike(2, SIGSTOP);
    run(2);
    EXPECT_EQ(page(2).error, FETCH_TIMEOUT);
}

TEST_P(ProcessModel, CancellingKillsChildrenThatStillWait)
{
    ask("/bytes/10");
    for (int i = 0; i < 5; i++)
        ask("/never");
    done = [](batch *batch, size_t index, result *result) {
        page_list *pages = reinterpret_cast<page_list *>(batch);
        pages->finished++;
        result_move(&pages->results[index], result);
        cancel_request(batch->cancel);
    };
    ASSERT_EQ(page_list_init(&list, pointers.data(), pointers.size(), 3,
                             &options, &cancel),
              0);
    list.batch.done = done;
    ASSERT_EQ(GetParam()->run(&list.batch), 0);
    EXPECT_EQ(list.finished, list.handed_out);
    EXPECT_EQ(page(0).error, FETCH_OK);
    for (size_t i = 1; i < list.handed_out; i++)
        EXPECT_EQ(page(i).error, FETCH_CANCELLED);
}

TEST_P(ProcessModel, BufferedOutputAppearsOnce)
{
#ifdef WITH_TSAN
    GTEST_SKIP() << "with this sanitizer even _exit() flushes";
#endif
    testing::internal::CaptureStdout();
    printf("once");
    for (int i = 0; i < 4; i++)
        ask("/bytes/10");
    run(2);
    fflush(stdout);
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "once");
}

TEST_P(ProcessModel, LeavesForeignChildrenToTheProgram)
{
    pid_t foreign = fork();
    if (foreign == 0)
        _exit(42);
    for (int i = 0; i < 8; i++)
        ask("/bytes/10");
    strike(3, SIGKILL);
    run(2);
    int status = 0;
    ASSERT_EQ(waitpid(foreign, &status, 0), foreign);
    EXPECT_EQ(WEXITSTATUS(status), 42);
}

// A program that ignores SIGCHLD lets the kernel reap, and is not told how.
TEST_P(ProcessModel, WhatIsNotKnownOfADeathIsNotMadeUp)
{
    auto handler = signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 4; i++)
        ask("/bytes/10");
    strike(1, SIGKILL);
    run(1);
    signal(SIGCHLD, handler);
    for (size_t i = 0; i < 4; i++)
        EXPECT_EQ(page(i).error, i == 1 ? FETCH_WORKER_DIED : FETCH_OK);
    EXPECT_EQ(explain(1), "the worker that did it died");
}

TEST_P(ProcessModel, TheDeadAreReapedBeforeTheirResultIsHandedOver)
{
    for (int i = 0; i < 8; i++)
        ask("/bytes/10");
    strike(3, SIGKILL);
    done = [](batch *batch, size_t index, result *result) {
        page_list *pages = reinterpret_cast<page_list *>(batch);
        pages->finished++;
        result_move(&pages->results[index], result);
        if (pages->results[index].error == FETCH_WORKER_DIED) {
            EXPECT_EQ(kin().zombies.size(), 0u);
        }
    };
    run(1);
}

TEST_P(ProcessModel, AChildHoldsOnlyItsOwnDescriptors)
{
    for (int i = 0; i < 6; i++)
        ask("/bytes/10");
    // Runs in the child: what it sees comes back as the page's body.
    options.work = [](void *, result *result) {
        buffer_clear(&result->body);
        for (int fd : open_descriptors())
            buffer_print(&result->body, "%d ", fd);
    };
    run(3);
    for (size_t i = 0; i < 6; i++) {
        std::string seen(page(i).body.data, page(i).body.size);
        // 3 is the channel, 4 the connection, if still open.
        EXPECT_TRUE(seen == "0 1 2 3 " || seen == "0 1 2 3 4 ") << seen;
    }
}

TEST(ProcessPool, WhatItCannotWaitForComesBackAllTheSame)
{
    std::deque<request> requests(2000);
    std::vector<const request *> pointers;
    url url = {};
    ASSERT_EQ(url_parse(&url, "http://127.0.0.1:9/"), URL_OK);
    for (request &request : requests) {
        ASSERT_EQ(request_init(&request, METHOD_GET, &url, nullptr, {}), 0);
        pointers.push_back(&request);
    }
    url_deinit(&url);
    page_list list;
    ASSERT_EQ(page_list_init(&list, pointers.data(), pointers.size(), 2,
                             &call_default_options, nullptr),
              0);
    scripted_rule broken = {SCRIPTED_WAIT, 1, 1, 0, EBADF};
    ASSERT_EQ(scripted_begin(0, &broken, 1), 0);
    EXPECT_EQ(process_pool_model.run(&list.batch), -EBADF);
    scripted_end();
    EXPECT_EQ(list.finished, list.handed_out);
    EXPECT_LT(list.handed_out, list.count);
    page_list_deinit(&list);
    for (request &request : requests)
        request_deinit(&request);
}

INSTANTIATE_TEST_SUITE_P(Processes, ProcessModel,
                         testing::Values(&fork_model, &process_pool_model),
                         [](const auto &given) {
                             return std::string(given.param == &fork_model
                                                    ? "fork"
                                                    : "process_pool");
                         });

} // namespace
