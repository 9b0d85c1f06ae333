/* SPDX-License-Identifier: MIT */
/* What a model must not touch, and what happens when the machine has no more to
 * give. */
#include "leftovers.h"
#include "suite.h"

#include "support/scripted_sockets.h"

#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <vector>

namespace
{

class Limits : public ModelTest
{
  protected:
    /* The 4th to the 7th of these calls are refused with that error: then
     * others are there already. */
    void run_refused(Pages &pages, std::vector<enum scripted_call> calls,
                     int error)
    {
        std::vector<struct scripted_rule> rules;
        for (enum scripted_call call : calls)
            for (unsigned number = 3; number < 7; number++)
                rules.push_back({call, number, 0, 0, error});
        for (int i = 0; i < 30; i++)
            pages.get("/delay/3ms");
        ASSERT_EQ(0, scripted_begin(origin_port(), rules.data(), rules.size()));
        pages.run(model());
        scripted_end();
    }
};
INSTANTIATE_FOR_EVERY_MODEL(Limits);

/* Runs in a child, which has fewer and fewer descriptors to spare. Its exit
 * status says what went wrong: 0 is nothing. */
class DescriptorPoor
{
  public:
    explicit DescriptorPoor(const struct model *its_model) : model(its_model)
    {
    }

    int run(size_t concurrency)
    {
        for (rlim_t spare : {0, 1, 2, 3, 4, 6, 9})
            if (int wrong = run_with(spare, concurrency))
                return wrong;
        return fine == 0 ? 5 : 0;
    }

  private:
    int run_with(rlim_t spare, size_t concurrency)
    {
        struct rlimit limit;
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = count_descriptors() + spare;
        Pages pages(concurrency);
        for (int i = 0; i < 12; i++)
            pages.get("/delay/3ms");
        size_t before = count_descriptors();
        setrlimit(RLIMIT_NOFILE, &limit);
        int error = model->run(pages.prepare(model));
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        if (error && error != -EMFILE)
            return 1;
        if (count_descriptors() != before)
            return 2;
        return check(pages, error);
    }

    int check(const Pages &pages, int error)
    {
        if (!error && pages.handed_out() != pages.count())
            return 3;
        for (size_t i = 0; i < pages.handed_out(); i++) {
            if (pages[i].error != FETCH_OK &&
                pages[i].error != FETCH_NO_DESCRIPTOR)
                return 4;
            fine += pages[i].error == FETCH_OK;
        }
        return testing::Test::HasFailure() ? 6 : 0;
    }

    const struct model *model;
    size_t fine = 0;
};

const char *const sentences[] = {
    "",
    "run() failed for another reason than descriptors",
    "descriptors were left open",
    "pages were never handed out",
    "a page failed for another reason than descriptors",
    "no page ever arrived",
    "the contract was broken: see above",
    "a page did not arrive",
    "it was not said once that there are fewer",
};

TEST_P(Limits, OfDescriptorsAreReportedAndDoNotHang)
{
    for (size_t concurrency : {1, 16}) {
        pid_t child = fork();
        if (child == 0) {
            alarm(90);
            _exit(DescriptorPoor(model()).run(at_once(concurrency)));
        }
        int status = 0;
        ASSERT_EQ(child, waitpid(child, &status, 0));
        ASSERT_TRUE(WIFEXITED(status)) << "killed by " << WTERMSIG(status);
        ASSERT_LT(WEXITSTATUS(status), 7) << "exit " << WEXITSTATUS(status);
        EXPECT_EQ(0, WEXITSTATUS(status)) << sentences[WEXITSTATUS(status)];
    }
}

/* In a child as well: fifty at once, and descriptors for thirty or so. The
 * first pages take long enough for all fifty to be wanted together. */
int run_with_fewer(const struct model *model, size_t concurrency,
                   bool keep_alive)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    Pages pages(concurrency);
    pages.options.keep_alive = keep_alive;
    for (int i = 0; i < 100; i++)
        pages.get(concurrency > 1 && i < 50 ? "/delay/300ms" : "/delay/1ms");
    limit.rlim_cur = count_descriptors() + 30;
    setrlimit(RLIMIT_NOFILE, &limit);
    int error = model->run(pages.prepare(model));
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (error || testing::Test::HasFailure())
        return error ? 1 : 6;
    for (size_t i = 0; i < pages.count(); i++)
        if (pages[i].error != FETCH_OK)
            return 7;
    return pages.told_fewer() == (concurrency > 1) ? 0 : 8;
}

TEST_P(Limits, OfDescriptorsLeaveFewerInFlightAndEveryPageArrives)
{
    for (bool keep_alive : {false, true}) {
        pid_t child = fork();
        if (child == 0) {
            alarm(90);
            _exit(run_with_fewer(model(), at_once(50), keep_alive));
        }
        int status = 0;
        ASSERT_EQ(child, waitpid(child, &status, 0));
        ASSERT_TRUE(WIFEXITED(status)) << "killed by " << WTERMSIG(status);
        EXPECT_EQ(0, WEXITSTATUS(status)) << sentences[WEXITSTATUS(status)];
    }
}

/* Threads and children: four of them are refused, while others are there. */
TEST_P(Limits, OfThreadsAndChildrenLeaveFewerInFlightAndEveryPageArrives)
{
    Pages pages(at_once(10));
    run_refused(pages, {SCRIPTED_THREAD, SCRIPTED_FORK}, EAGAIN);
    pages.expect_all_fine();
    const std::string family = model()->family;
    bool starts_threads = family == "threads",
         starts_children = family == "processes";
    EXPECT_EQ(starts_threads, scripted_bent(SCRIPTED_THREAD) > 0);
    EXPECT_EQ(starts_children, scripted_bent(SCRIPTED_FORK) > 0);
    EXPECT_EQ(starts_threads || starts_children ? 1u : 0u, pages.told_fewer());
}

/* Ports to connect from: four connects are refused, while others are there. */
TEST_P(Limits, OfPortsLeaveFewerInFlightAndEveryPageArrives)
{
    Pages pages(at_once(10));
    run_refused(pages, {SCRIPTED_CONNECT}, EADDRNOTAVAIL);
    if (can(CAN_OVERLAP)) {
        pages.expect_all_fine();
        EXPECT_EQ(1u, pages.told_fewer());
        return;
    }
    /* Where one is alone, it has its sentence and the others go on. */
    EXPECT_EQ(0u, pages.told_fewer());
    for (size_t page = 0; page < pages.count(); page++)
        EXPECT_EQ(page >= 2 && page < 6 ? FETCH_NO_PORT : FETCH_OK,
                  pages[page].error)
            << pages.explain(page);
}

/* A child that the program had before: it belongs to the program, which has not
 * waited for it yet. */
TEST_P(Limits, OfResponsibilityOtherPeoplesChildren)
{
    pid_t child = fork();
    if (child == 0)
        _exit(7);
    siginfo_t info;
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    Pages pages(at_once(3));
    for (int i = 0; i < 6; i++)
        pages.get("/bytes/10");
    pages.run(model());
    for (size_t page = 0; page < pages.count(); page++)
        EXPECT_EQ(FETCH_OK, pages[page].error) << pages.explain(page);
    int status = 0;
    EXPECT_EQ(child, waitpid(child, &status, 0)) << "the model reaped it";
    EXPECT_EQ(7, WEXITSTATUS(status));
}

/* A client waits for a slow page, and a connection that was kept has been
 * closed by the server: nothing to do. Waits are counted, not time. */
TEST_P(Limits, OfPatienceAreNotReachedByABusyLoop)
{
    ASSERT_EQ(0, scripted_begin(origin_port(), nullptr, 0));
    for (int i = 0; i < 2; i++) {
        Pages pages(at_once(3));
        pages.options.keep_alive = true;
        pages.get("/stale");
        pages.get("/drip?bytes=3&every=40ms");
        pages.get("/delay/120ms");
        pages.run(model());
        pages.expect_all_fine();
    }
    scripted_end();
    EXPECT_LE(scripted_seen(SCRIPTED_WAIT), 100u);
}

/* Twice in one process, and with other options: nothing stays from before. */
TEST_P(Limits, OfOneRunDoNotReachTheNext)
{
    for (int turn = 0; turn < 3; turn++) {
        Pages pages(at_once(turn == 1 ? 5 : 2));
        pages.options.keep_alive = turn != 1;
        for (int i = 0; i < 8; i++)
            pages.get("/bytes/" + std::to_string(100 * turn + i));
        pages.run(model());
        for (size_t i = 0; i < 8; i++)
            EXPECT_TRUE(origin_body((size_t)(100 * turn) + i) == pages.body(i))
                << pages.explain(i);
    }
}

} // namespace
