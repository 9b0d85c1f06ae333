/* SPDX-License-Identifier: MIT */
/* What the models of this folder promise beyond what every model does. */
#include "threads/thread_pool.h"
#include "threads/threads.h"

#include "support/gate.h"
#include "support/pages.h"
#include "support/tiny_server.h"

#include <gtest/gtest.h>
#include <set>

namespace
{

/* Answers once `wanted` requests are there together. */
class Together
{
  public:
    explicit Together(int wanted) : wanted_(wanted)
    {
    }

    TinyServer::Script script()
    {
        return [this](int fd, int) {
            while (!TinyServer::read_head(fd).empty()) {
                if (++arrived_ == wanted_)
                    gate_.open();
                gate_.pass();
                TinyServer::say(fd, TinyServer::page("together"));
            }
        };
    }

  private:
    int wanted_;
    std::atomic<int> arrived_{0};
    Gate gate_;
};

class ThreadModels : public testing::TestWithParam<const struct model *>
{
};

TEST_P(ThreadModels, EachRequestWaitsInAThreadOfItsOwn)
{
    Together together(8);
    TinyServer server(together.script());
    Pages pages;
    pages.concurrency = 8;
    for (int i = 0; i < 8; i++)
        pages.ask(server.port(), "/");
    pages.run(*GetParam());
    std::set<pid_t> threads;
    for (size_t i = 0; i < pages.count(); i++) {
        EXPECT_EQ(pages.body(i), "together");
        EXPECT_EQ(pages[i].doer.pid, getpid());
        threads.insert(pages[i].doer.thread);
    }
    EXPECT_EQ(threads.size(), 8u);
    EXPECT_EQ(threads.count(gettid()), 0u) << "the caller's hands out only";
}

TEST(Threads, AskTheServerNotToKeepWhatTheyWillNotUse)
{
    std::atomic<int> asked_to_close{0};
    TinyServer server([&](int fd, int) {
        std::string head = TinyServer::read_head(fd);
        asked_to_close += head.find("Connection: close") != std::string::npos;
        TinyServer::say(fd, TinyServer::page("ok"));
    });
    Pages pages;
    pages.options.keep_alive = true;
    for (int i = 0; i < 3; i++)
        pages.ask(server.port(), "/");
    pages.run(threads_model);
    EXPECT_EQ(asked_to_close, 3);
}

INSTANTIATE_TEST_SUITE_P(Each, ThreadModels,
                         testing::Values(&threads_model, &thread_pool_model),
                         [](const auto &model) {
                             std::string name = model.param->name;
                             for (char &letter : name)
                                 letter = letter == '-' ? '_' : letter;
                             return name;
                         });

} // namespace
