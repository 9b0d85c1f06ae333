/* SPDX-License-Identifier: MIT */
/* What the steps of P1 promise. The server is a process of its own; which child
 * is at work at which moment is told by hooks that run inside the children. */
#include "lessons/P1/fork.h"

#include "lessons/check/sockets.h"
#include "lessons/check/words.h"
#include "support/own_origin.h"
#include "support/pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace
{

/* Seen by the check and by every child of it. */
struct Shared {
    bool went_on;                  /* a child has come back into the program */
    unsigned handed_out;           /* jobs */
    volatile unsigned have_a_page; /* children */
};

class Lesson : public testing::Test
{
  protected:
    void SetUp() override
    {
        void *memory = mmap(nullptr, sizeof *shared, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        ASSERT_NE(memory, MAP_FAILED) << own_trouble;
        shared = static_cast<struct Shared *>(memory);
        me = getpid();
    }

    /* A child that comes back where only its parent should ends here. */
    void only_the_parent()
    {
        if (getpid() != me) {
            shared->went_on = true;
            _exit(1);
        }
    }

    void expect_that_no_child_went_on()
    {
        bool child_went_on = shared->went_on;
        EXPECT_FALSE(child_went_on)
            << "a child has returned from fork_start, and so there are two"
               " programs that go on. It ends there, with _exit(0).";
    }

    void TearDown() override
    {
        expect_that_no_child_went_on();
    }

    struct Shared *shared = nullptr;
    pid_t me = 0;
};

/* Whether reading from the child's pipe comes to an end once the child has: 0;
 * or -1, when another process could still write into it. */
ssize_t read_to_the_end(const struct child &child)
{
    siginfo_t info;
    char bytes[4096];
    ssize_t count;
    waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT);
    fcntl(child.pipe, F_SETFL, O_NONBLOCK);
    while ((count = read(child.pipe, bytes, sizeof bytes)) > 0)
        ;
    return count;
}

extern "C" __attribute__((weak)) size_t
__sanitizer_get_current_allocated_bytes();

/* As far as a sanitizer knows. */
size_t memory_in_use()
{
    return __sanitizer_get_current_allocated_bytes
               ? __sanitizer_get_current_allocated_bytes()
               : 0;
}

/* A status, in words. */
std::string how_it_ended(int status)
{
    if (status == -1)
        return "no status: -1";
    if (WIFSIGNALED(status))
        return std::string("killed by SIG") + sigabbrev_np(WTERMSIG(status));
    return "left by _exit(" + std::to_string(WEXITSTATUS(status)) + ")";
}

} // namespace

/* ---- 1: one child ---- */

namespace
{

class Step1 : public Lesson
{
  protected:
    void SetUp() override
    {
        Lesson::SetUp();
        ASSERT_EQ(blocking_worker_init(&worker, &options, nullptr, 0), 0)
            << own_trouble;
        result_init(&result);
    }

    void TearDown() override
    {
        result_deinit(&result);
        blocking_worker_deinit(&worker);
        Lesson::TearDown();
    }

    int start(struct child *child, const Asked &asked, size_t index = 0)
    {
        struct job job = {};
        job.index = index;
        job.request = &asked.request;
        child->pid = -1;
        int error = fork_start(child, &worker, &job);
        only_the_parent();
        return error;
    }

    /* Waits for the child's end, and not for longer than a test may take. */
    void see_out(const struct child &child)
    {
        ASSERT_GT(child.pid, 0) << "child->pid.";
        ended_by_itself = true;
        status = 0;
        for (int i = 0; i < 3000; i++) {
            if (waitpid(child.pid, &status, WNOHANG) != 0) {
                expect_that_no_child_went_on();
                return;
            }
            usleep(1000);
        }
        ended_by_itself = false;
        kill(child.pid, SIGKILL);
        waitpid(child.pid, &status, 0);
    }

    bool ended_by_itself = false;
    int status = 0;
    OwnOrigin origin;
    struct call_options options = call_default_options;
    struct blocking_worker worker = {};
    struct result result = {};
};

} // namespace

TEST_F(Step1, AChildBringsThePage)
{
    Asked page(origin.port(), "/bytes/1000");
    struct child child = {};
    std::string started = returned(start(&child, page, 7));
    ASSERT_EQ(started, "0") << "what fork_start has returned.";
    EXPECT_EQ(child.index, 7u) << "the job's index, kept in child->index.";
    std::string collected = returned(fork_collect(&child, &result));
    EXPECT_EQ(collected, "0")
        << "what fork_collect has returned. -EBADF: it has read from the end of"
           " the pipe that is for writing, or from one that is closed. "
           "-ENODATA:"
           " the child has written nothing.";
    std::string body = body_of(result);
    EXPECT_TRUE(body == OwnOrigin::body(1000))
        << "the page has 1000 bytes, and " << body.size()
        << " came back from the child.";
    EXPECT_NE(result.doer.pid, me)
        << "the page was fetched by this process itself: that is the child's"
           " work.";
    EXPECT_EQ(result.doer.pid, child.pid)
        << "the process that has fetched it, and the one that fork_start has"
           " put into child->pid.";
    see_out(child);
    std::string end = how_it_ended(status);
    EXPECT_EQ(end, "left by _exit(0)") << "how the child has ended.";
}

TEST_F(Step1, TheParentGoesOnMeanwhile)
{
    Asked page(origin.port(), "/hold?until=2&for=1s");
    struct child a = {}, b = {};
    std::string first = returned(start(&a, page));
    std::string second = returned(start(&b, page));
    ASSERT_EQ(first, "0") << "what the first fork_start has returned.";
    ASSERT_EQ(second, "0") << "what the second fork_start has returned.";
    fork_collect(&a, &result);
    EXPECT_EQ(result.status, 200)
        << "the status of the first page. The server answers once two ask at"
           " the same time, and says: "
        << body_of(result)
        << "\nA fork_start that waits for its child starts the second one too"
           " late.";
    fork_collect(&b, &result);
    see_out(a);
    see_out(b);
}

TEST_F(Step1, WhatWasInTheBuffersIsWrittenOnce)
{
    Asked page(origin.port(), "/bytes/10");
    struct child child = {};
    FILE *file = tmpfile();
    ASSERT_NE(file, nullptr) << "no file for the check";
    fputs("once ", file);
    start(&child, page);
    fork_collect(&child, &result);
    see_out(child);
    fflush(file);
    char text[100] = "";
    EXPECT_GE(pread(fileno(file), text, sizeof text - 1, 0), 0)
        << "the check cannot read its own file";
    EXPECT_STREQ(text, "once ")
        << "what was written. A text was in a buffer when the child was forked,"
           " and the child got a copy of that. exit() writes it out; _exit()"
           " does not.";
    fclose(file);
}

TEST_F(Step1, ThePipeIsClosedAndWhatItSaidIsReturned)
{
    for (const char *text : {"", "half a result"}) {
        int ends[2];
        ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0) << "no pipe for the check";
        EXPECT_GE(write(ends[1], text, strlen(text)), 0) << "the check's own";
        close(ends[1]);
        calls_give(ends[0]);
        struct child child = {-1, ends[0], 0};
        std::string collected = returned(fork_collect(&child, &result));
        EXPECT_EQ(collected, "-ENODATA")
            << "what fork_collect has returned. The pipe ended before a result"
               " was whole, which result_read tells, and a page that is not"
               " there must not look like an empty one. What came was: '"
            << text << "'.";
        EXPECT_LT(fcntl(ends[0], F_GETFD), 0)
            << "the pipe is still open: fork_collect has to close it.";
    }
}

TEST_F(Step1, ThePipeEndsWithTheChild)
{
    Asked page(origin.port(), "/bytes/10");
    struct child child = {};
    std::string started = returned(start(&child, page));
    ASSERT_EQ(started, "0") << "what fork_start has returned.";
    ssize_t end = read_to_the_end(child);
    EXPECT_TRUE(end == 0)
        << "the child has ended, and still its pipe has not: the parent has"
           " its end for writing open. A read until the end waits for ever.";
    close(child.pipe);
    see_out(child);
}

TEST_F(Step1, AChildEndsWhenNoProcessReads)
{
    Asked page(origin.port(), "/bytes/300000");
    struct child child = {};
    std::string started = returned(start(&child, page));
    ASSERT_EQ(started, "0") << "what fork_start has returned.";
    close(child.pipe); /* the page is larger than a pipe */
    see_out(child);
    EXPECT_TRUE(ended_by_itself)
        << "the parent has closed the pipe, and the child still waits for"
           " a process to read from it: it has the end for reading open "
           "itself.";
}

TEST_F(Step1, NothingStaysOpen)
{
    Asked page(origin.port(), "/bytes/10");
    int before = count_descriptors();
    for (int i = 0; i < 3; i++) {
        struct child child = {};
        std::string started = returned(start(&child, page));
        ASSERT_EQ(started, "0") << "what fork_start has returned.";
        fork_collect(&child, &result);
        see_out(child);
    }
    int left_open = count_descriptors() - before;
    EXPECT_EQ(left_open, 0)
        << "descriptors more than before, after three children.";
}

TEST_F(Step1, AForkThatFailsIsAnErrorAndLeavesNothingOpen)
{
    Asked page(origin.port(), "/bytes/10");
    struct scripted_rule rule = rule_for(SCRIPTED_FORK, 1, 0, EAGAIN);
    struct child child = {};
    ASSERT_EQ(scripted_begin(origin.port(), &rule, 1), 0) << own_trouble;
    int before = count_descriptors();
    std::string started = returned(start(&child, page));
    int left_open = count_descriptors() - before;
    scripted_end();
    EXPECT_EQ(started, "-EAGAIN")
        << "what fork_start has returned. fork() failed: there were too many"
           " processes.";
    EXPECT_EQ(left_open, 0)
        << "descriptors more than before: the pipe has two ends.";
}

TEST_F(Step1, APipeThatFailsIsAnErrorAndForksNoChild)
{
    Asked page(origin.port(), "/bytes/10");
    struct child child = {};
    ASSERT_EQ(scripted_begin(origin.port(), nullptr, 0), 0) << own_trouble;
    calls_fail(CALL_pipe2, 1, EMFILE);
    calls_fail(CALL_pipe, 1, EMFILE);
    calls_fail(CALL_socketpair, 1, EMFILE);
    std::string started = returned(start(&child, page));
    scripted_end();
    EXPECT_EQ(started, "-EMFILE")
        << "what fork_start has returned. There was no pipe: too many files"
           " are open.";
    unsigned forks = scripted_seen(SCRIPTED_FORK);
    EXPECT_EQ(forks, 0u) << "children that were forked without a pipe.";
}

/* ---- 2: N at once ---- */

namespace
{

/* A batch that writes down which call asks for what when, and what comes back.
 */
class Batch : public Lesson
{
  protected:
    struct Page {
        bool done = false;
        enum fetch_error error = FETCH_OK;
        int detail = 0, status = 0;
        pid_t pid = 0;
        std::string body, sentence;
    };
    struct Contract {
        struct batch batch; /* the first member: the functions find us by it */
        Batch *self;
    };

    void SetUp() override
    {
        Lesson::SetUp();
        contract = {};
        contract.self = this;
        contract.batch.options = &options;
        contract.batch.next = next;
        contract.batch.done = done;
        options.trace = hook;
        options.trace_context = this;
    }

    void ask(const std::string &target)
    {
        ask(origin.port(), target);
    }
    void ask(uint16_t port, const std::string &target)
    {
        asked.push_back(std::make_unique<Asked>(port, target));
    }

    void run(size_t concurrency, const std::string &wanted = "0")
    {
        contract.batch.concurrency = concurrency;
        pages.resize(asked.size());
        int error = fork_run(&contract.batch);
        only_the_parent();
        EXPECT_FALSE(fetched_here) << "a page was fetched by the parent itself:"
                                      " the work is the children's.";
        result = returned(error);
        EXPECT_EQ(result, wanted) << "what fork_run has returned.";
    }

    size_t handed_out() const
    {
        return shared->handed_out;
    }

    /* Every page came back, once, as the server has sent it. */
    void expect_whole(size_t index, size_t size)
    {
        const Page &page = pages[index];
        EXPECT_TRUE(page.done) << "page " << index << " has not come back.";
        EXPECT_EQ(page.body.size(), size)
            << "bytes of page " << index << ". " << page.sentence;
        EXPECT_TRUE(page.body == OwnOrigin::body(size)) << "page " << index;
    }

    OwnOrigin origin;
    struct call_options options = call_default_options;
    std::vector<std::unique_ptr<Asked>> asked;
    std::vector<Page> pages;
    std::string trace;  /* "next: 0, next: 1, done: 0, …" */
    std::string order;  /* "0 1 2 …": handed over */
    std::string result; /* of fork_run: "0", "-ENOMEM" */
    size_t finished = 0;
    bool stop_at_an_error = false;
    bool fetched_here = false; /* by the parent itself */
    std::function<void(size_t index, enum mark mark)> in_child;
    std::function<void(size_t index)> when_done;

  private:
    static bool next(struct batch *batch, struct job *job)
    {
        Batch *self = reinterpret_cast<Contract *>(batch)->self;
        self->only_the_parent();
        size_t index = self->shared->handed_out;
        bool failed = self->stop_at_an_error && self->any_failed();
        if (index == self->asked.size() || failed || self->fetched_here)
            return false;
        self->shared->handed_out++;
        self->trace += "next: " + std::to_string(index) + ", ";
        *job = {};
        job->index = index;
        job->request = &self->asked[index]->request;
        return true;
    }

    static void done(struct batch *batch, size_t index, struct result *result)
    {
        Batch *self = reinterpret_cast<Contract *>(batch)->self;
        self->only_the_parent();
        ASSERT_LT(index, self->pages.size()) << own_trouble;
        Page &page = self->pages[index];
        EXPECT_FALSE(page.done) << "page " << index << " was handed over twice";
        page.done = true;
        page.error = result->error;
        page.detail = result->detail;
        page.status = result->status;
        page.pid = result->doer.pid;
        page.body = body_of(*result);
        page.sentence = explained(*result);
        self->trace += "done: " + std::to_string(index) + ", ";
        self->order += (self->finished++ ? " " : "") + std::to_string(index);
        if (self->when_done)
            self->when_done(index);
    }

    bool any_failed() const
    {
        return std::any_of(pages.begin(), pages.end(), [](const Page &page) {
            return page.done && (page.error || page.status != 200);
        });
    }

    /* Called in the child, at every moment of a fetch that is worth a mark. */
    static void hook(void *context, const struct call *call, enum mark mark,
                     nanos)
    {
        Batch *self = static_cast<Batch *>(context);
        self->fetched_here = self->fetched_here || getpid() == self->me;
        if (self->in_child && getpid() != self->me)
            self->in_child(call->index, mark);
    }

    Contract contract;
};

using Step2 = Batch;
using Step3 = Batch;
using Step4 = Batch;
using Step5 = Batch;

} // namespace

TEST_F(Step2, AsManyAtOnceAsTheBatchAllows)
{
    stop_at_an_error = true;
    for (int i = 0; i < 4; i++)
        ask("/hold?until=4&for=1500ms");
    run(4);
    for (size_t i = 0; i < 4; i++) {
        ASSERT_TRUE(pages[i].done) << "page " << i << " has not come back.\n"
                                   << "What happened: " << trace;
        EXPECT_EQ(pages[i].status, 200)
            << "the server answers once four ask at the same time, and says: "
            << (pages[i].error ? pages[i].sentence : pages[i].body)
            << "\nWhat happened: " << trace;
    }
}

TEST_F(Step2, ABatchMayHaveFewPagesOrNone)
{
    for (size_t count : {0u, 1u, 3u}) {
        for (size_t i = asked.size(); i < count; i++)
            ask("/bytes/10");
        pages.clear();
        shared->handed_out = 0;
        finished = 0;
        run(4);
        EXPECT_EQ(finished, count)
            << "pages that came back, of as many as there should be, four at"
               " once. "
            << trace;
    }
}

TEST_F(Step2, WithoutMemoryThereIsNoBeginning)
{
    ask("/bytes/10");
    calls_fail(CALL_calloc, 1, ENOMEM);
    run(4, "-ENOMEM");
    EXPECT_EQ(handed_out(), 0u)
        << "jobs that were taken from the batch, although children_init had"
           " failed: there was no memory.";
}

TEST_F(Step2, NeverOneMore)
{
    for (int i = 0; i < 6; i++)
        ask("/delay/50ms?run=a");
    run(3);
    EXPECT_EQ(origin.saw("a", "requests"), 6)
        << "requests at the server, of six jobs. A job that batch_next has"
           " given you is yours: no other code starts it.";
    EXPECT_LE(origin.saw("a", "most_in_flight"), 3)
        << "most requests at once, as the server saw them; three were allowed.";
}

TEST_F(Step2, AFreePlaceIsTakenAtOnce)
{
    const size_t count = 9;
    for (size_t i = 0; i < count; i++)
        ask("/bytes/10");
    for (size_t most : {2u, 4u}) {
        size_t number = 0;
        pages.clear();
        shared->handed_out = 0;
        when_done = [&](size_t) {
            size_t begun = handed_out();
            EXPECT_GE(begun, std::min(most + number, count))
                << "jobs under way or done, " << most
                << " at once, when the page number " << number + 1
                << " came back: whenever a child has ended, the next one"
                   " starts.\nWhat happened: "
                << trace;
            number++;
        };
        run(most);
        EXPECT_EQ(number, count) << "pages that came back. " << trace;
    }
}

/* It is the server that sees it, whatever the order in which pages are handed
 * over. Only what is wrong takes as long as `for`. */
TEST_F(Step2, AFreePlaceIsTakenWhileTheOthersAreAtWork)
{
    stop_at_an_error = true;
    ask("/bytes/10");
    for (int i = 0; i < 4; i++)
        ask("/hold?until=4&for=2s");
    run(4);
    for (size_t i = 0; i < 5; i++) {
        ASSERT_TRUE(pages[i].done) << "page " << i << " has not come back.\n"
                                   << "What happened: " << trace;
        EXPECT_EQ(pages[i].status, 200)
            << "four at once, and the server answers the pages 1 to 4 once all"
               " four are asked for. Page 0 comes at once, and its place is for"
               " page 4: it starts although the other three are still at"
               " work.\nThe server says: "
            << (pages[i].error ? pages[i].sentence : pages[i].body);
    }
}

TEST_F(Step2, TheFirstThatIsReadyIsHeardFirst)
{
    stop_at_an_error = true;
    ask("/hold?until=2&for=2s");
    ask("/bytes/10");
    ask("/hold?until=2&for=2s");
    run(2);
    for (size_t i : {0u, 2u}) {
        ASSERT_TRUE(pages[i].done) << "page " << i << " has not come back.\n"
                                   << "What happened: " << trace;
        EXPECT_EQ(pages[i].status, 200)
            << "two at once, and the server answers the pages 0 and 2 once"
               " both are asked for. Page 1 comes at once, and its place is"
               " for page 2. A parent that waits for the child of page 0"
               " meanwhile does not notice: children_wait says which child it"
               " is.\nThe server says: "
            << (pages[i].error ? pages[i].sentence : pages[i].body);
    }
}

TEST_F(Step2, EveryPageComesBack)
{
    const std::vector<size_t> sizes = {10, 0, 200000, 7, 100000, 20};
    for (size_t size : sizes)
        ask("/bytes/" + std::to_string(size));
    int before = count_descriptors();
    run(3);
    for (size_t i = 0; i < sizes.size(); i++)
        expect_whole(i, sizes[i]);
    EXPECT_EQ(finished, sizes.size()) << "pages that came back. " << trace;
    int left_open = count_descriptors() - before;
    EXPECT_EQ(left_open, 0) << "descriptors more than before, after six pages.";
}

TEST_F(Step2, AFailureDoesTheOthersNoHarm)
{
    Bound silent;
    ask("/bytes/10");
    ask(silent.port(), "/");
    ask("/status/404");
    ask("/reset");
    ask("/bytes/20");
    run(2);
    ASSERT_EQ(finished, 5u) << "pages that came back. " << trace;
    expect_whole(0, 10);
    EXPECT_STREQ(fetch_error_word(pages[1].error), "refused")
        << "what became of page 1: at that port no server listens.";
    EXPECT_EQ(pages[2].status, 404) << "the status of page 2.";
    EXPECT_STREQ(fetch_error_word(pages[3].error), "reset")
        << "what became of page 3: the server resets the connection.";
    expect_whole(4, 20);
}

/* ---- 3: reap ---- */

namespace
{

/* A child of the check's own, which does this and leaves with that status. */
template <typename Do> pid_t own_child(int status, Do what)
{
    pid_t pid = fork();
    if (pid == 0) {
        what();
        _exit(status);
    }
    return pid;
}

int alarm_pipe[2], alarms;

/* Interrupts the wait; the third time it lets the child go. */
void ring(int)
{
    if (++alarms == 3)
        (void)!write(alarm_pipe[1], "", 1);
}

} // namespace

TEST_F(Step3, EveryChildIsReaped)
{
    for (int i = 0; i < 3; i++)
        ask("/bytes/10");
    when_done = [&](size_t index) {
        pid_t pid = pages[index].pid;
        bool in_the_table = kill(pid, 0) == 0;
        EXPECT_FALSE(in_the_table)
            << "page " << index << " is here, and its child, process " << pid
            << ", is still in the process table: a zombie.";
    };
    run(1);
    EXPECT_EQ(finished, 3u) << "pages that came back. " << trace;
}

TEST_F(Step3, TellsHowTheChildHasEnded)
{
    int status = fork_reap(own_child(7, [] {}));
    std::string end = how_it_ended(status);
    EXPECT_EQ(end, "left by _exit(7)")
        << "what fork_reap has returned, in words; as a number, it is "
        << status << ".";
    end = how_it_ended(fork_reap(own_child(0, [] { raise(SIGKILL); })));
    EXPECT_EQ(end, "killed by SIGKILL")
        << "what fork_reap has returned, in words.";
}

TEST_F(Step3, AnInterruptedWaitIsBegunAgain)
{
    ASSERT_EQ(pipe(alarm_pipe), 0) << own_trouble;
    struct sigaction action = {};
    action.sa_handler = ring; /* without SA_RESTART */
    sigaction(SIGALRM, &action, nullptr);
    pid_t pid = own_child(7, [] {
        char byte;
        (void)!read(alarm_pipe[0], &byte, 1);
    });
    ASSERT_GT(pid, 0) << "fork() failed: too many processes.";
    struct itimerval soon = {{0, 5000}, {0, 5000}};
    setitimer(ITIMER_REAL, &soon, nullptr);
    int status = fork_reap(pid);
    struct itimerval never = {};
    setitimer(ITIMER_REAL, &never, nullptr);
    kill(pid, SIGKILL); /* in case it was not waited for */
    std::string end = how_it_ended(status);
    EXPECT_EQ(end, "left by _exit(7)")
        << "what fork_reap has returned, in words. Signals interrupt the wait "
           "(EINTR), "
           "and the"
           " third one lets the child go; signals so far: "
        << alarms << ".";
}

TEST_F(Step3, ChildrenOfOthersAreLeftAlone)
{
    pid_t other = own_child(5, [] {});
    siginfo_t info;
    waitid(P_PID, (id_t)other, &info, WEXITED | WNOWAIT);
    ask("/bytes/10");
    ask("/bytes/10");
    run(1);
    int status = 0;
    bool still_there = waitpid(other, &status, WNOHANG) == other;
    EXPECT_TRUE(still_there)
        << "this program has a child of its own, which ended before. It is not"
           " yours, and your code has taken its status.";
}

TEST_F(Step3, WithoutSuchAChildThereIsNothingToWaitFor)
{
    int result_of_none = fork_reap(getpid());
    EXPECT_EQ(result_of_none, -1)
        << "what fork_reap has returned. No child has that number: waitpid "
           "fails with ECHILD, and will"
           " every time.";
}

/* ---- 4: input order ---- */

TEST_F(Step4, ResultsComeInTheOrderOfTheJobs)
{
    for (int i = 0; i < 6; i++)
        ask("/bytes/" + std::to_string(i));
    /* The first one ends after two others have: each of them has made room for
     * one job more. */
    in_child = [this](size_t index, enum mark mark) {
        if (index == 0 && mark == MARK_SENT)
            for (int i = 0; i < 500 && handed_out() < 5; i++)
                usleep(1000);
    };
    run(3);
    EXPECT_EQ(order, "0 1 2 3 4 5")
        << "the order in which the results of six jobs were handed over. Two"
           " others had ended before the first one did.";
    for (size_t i = 0; i < 6; i++)
        expect_whole(i, i);
}

TEST_F(Step4, TheLastMayComeFirst)
{
    const unsigned count = 4;
    for (unsigned i = 0; i < count; i++)
        ask("/bytes/" + std::to_string(i));
    /* Each waits until all that were asked for after it have their page. */
    in_child = [this](size_t index, enum mark mark) {
        for (int i = 0; mark == MARK_SENT && i < 500 &&
                        shared->have_a_page < count - 1 - index;
             i++)
            usleep(1000);
        if (mark == MARK_DONE)
            shared->have_a_page++;
    };
    run(count);
    EXPECT_EQ(order, "0 1 2 3")
        << "the order in which the results of four jobs were handed over. They"
           " came in the reverse order.";
}

TEST_F(Step4, WhatWasHandedOverIsNotKept)
{
    const size_t count = 8, size = 200000;
    size_t number = 0, first = 0, last = 0;
    for (size_t i = 0; i < count; i++)
        ask("/bytes/" + std::to_string(size));
    when_done = [&](size_t index) {
        std::string().swap(pages[index].body); /* nor does the check */
        last = memory_in_use();
        first = number++ ? first : last;
    };
    run(1);
    EXPECT_LT(last, first + 3 * size)
        << "bytes of memory in use when the last of eight pages was handed"
           " over; when the first one was, there were "
        << first
        << ". Each page has 200000 bytes. What the batch has left of a result"
           " is to be given back: result_deinit.";
}

TEST_F(Step4, NoResultWaitsWhoseTurnItIs)
{
    size_t number = 0;
    for (int i = 0; i < 4; i++)
        ask("/bytes/10");
    when_done = [&](size_t) {
        EXPECT_EQ(handed_out(), ++number)
            << "jobs handed out, one at a time, when the result number "
            << number
            << " was handed over. It was its turn at once.\nWhat happened: "
            << trace;
    };
    run(1);
    EXPECT_EQ(finished, 4u) << "pages that came back. " << trace;
}

TEST_F(Step4, AnErrorHasItsPlaceInTheOrderToo)
{
    struct scripted_rule rule = rule_for(SCRIPTED_FORK, 2, 0, EAGAIN);
    ask("/bytes/10");
    ask("/bytes/20"); /* there is no process for this one */
    ask("/reset");
    ask("/bytes/30");
    ASSERT_EQ(scripted_begin(origin.port(), &rule, 1), 0) << own_trouble;
    run(4);
    scripted_end();
    EXPECT_EQ(order, "0 1 2 3")
        << "the second child could not be forked, the third one's page has"
           " failed.";
}

/* ---- 5: a child dies ---- */

namespace
{

/* Without this everything below would wait for ever. */
void expect_that_pipes_end(const struct request *request)
{
    struct blocking_worker worker;
    struct job job = {};
    struct child child = {};
    job.request = request;
    ASSERT_EQ(blocking_worker_init(&worker, &call_default_options, nullptr, 0),
              0)
        << own_trouble;
    std::string started = returned(fork_start(&child, &worker, &job));
    ASSERT_EQ(started, "0") << "what fork_start has returned.";
    ssize_t end = read_to_the_end(child);
    EXPECT_TRUE(end == 0) << "a child has ended, and its pipe has not: see"
                             " Step1.ThePipeEndsWithTheChild.";
    close(child.pipe);
    waitpid(child.pid, nullptr, 0);
    blocking_worker_deinit(&worker);
}

} // namespace

TEST_F(Step5, AChildThatIsKilledIsTheErrorOfItsPage)
{
    for (int i = 0; i < 5; i++)
        ask("/bytes/" + std::to_string(10 + i));
    in_child = [](size_t index, enum mark mark) {
        if (index == 2 && mark == MARK_SENT)
            raise(SIGKILL);
    };
    expect_that_pipes_end(&asked[0]->request);
    ASSERT_FALSE(HasFailure()) << own_trouble;
    run(2);
    ASSERT_EQ(finished, 5u) << "pages that came back. " << trace;
    EXPECT_STREQ(fetch_error_word(pages[2].error), "worker-died")
        << "the child of page 2 was killed before it had its page. An empty"
           " page would be a lie.";
    EXPECT_EQ(pages[2].detail, 9) << "the signal that has killed it.";
    for (size_t i : {0u, 1u, 3u, 4u})
        expect_whole(i, 10 + i);
}

TEST_F(Step5, AChildThatLeavesEarlyIsToldFromOneThatIsKilled)
{
    ask("/bytes/10");
    ask("/bytes/20");
    in_child = [](size_t index, enum mark mark) {
        if (index == 0 && mark == MARK_SENT)
            _exit(3);
    };
    expect_that_pipes_end(&asked[0]->request);
    ASSERT_FALSE(HasFailure()) << own_trouble;
    run(2);
    ASSERT_EQ(finished, 2u) << "pages that came back. " << trace;
    EXPECT_STREQ(fetch_error_word(pages[0].error), "worker-died")
        << "what became of page 0: its child left before it had the page.";
    EXPECT_EQ(pages[0].detail, -3)
        << "it has left with the status 3, by itself: minus 3.";
    expect_whole(1, 20);
}
