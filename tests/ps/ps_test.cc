/* SPDX-License-Identifier: MIT */
/* A program that waits, or is stuck, asked from outside what it does. */
#include "harness/models.h"
#include "harness/ps/code.h"
#include "harness/ps/look.h"
#include "harness/ps/snapshot.h"
#include "support/child.h"
#include "support/program.h"
#include "support/silent_server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <iterator>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <map>
#include <regex>
#include <string>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

static bool has(const std::string &text, const std::string &pattern)
{
    return std::regex_search(text, std::regex(pattern));
}

enum { LOOKS_MAX = 1000, LONG_LOOKS_MAX = 100 };

/* Under way, and as far as it says that it is. */
class Waiting
{
  public:
    explicit Waiting(const std::string &kind,
                     const std::string &selector = "epoll",
                     const char *path = WAITING)
        : program({kind, selector}, {}, path)
    {
        number = program.line();
    }
    ~Waiting()
    {
        program.signal(SIGKILL);
    }
    Waiting(const Waiting &) = delete;

    Ran look(const std::string &command, const std::string &span = "0") const
    {
        return run({command, "--for", span, number});
    }
    /* When it has come to its wait: it says its number a moment before. */
    std::string settled(const std::string &command) const
    {
        Ran ran;
        for (int i = 0; i < LOOKS_MAX; i++) {
            ran = look(command);
            EXPECT_EQ(ran.err, "");
            if (ran.code || has(ran.out, "thread [0-9]+ waits in "
                                         "(epoll_wait|p?poll|p?select)\n"))
                return ran.out;
        }
        ADD_FAILURE() << "It never waits: " << ran.out;
        return ran.out;
    }
    /* Looks until that warning comes: on a busy machine the program may not run
     * at all while it is watched. */
    std::string warned(const std::string &what) const
    {
        Ran ran;
        for (int i = 0; i < LONG_LOOKS_MAX; i++) {
            ran = look("ps", "200ms");
            if (ran.code || ran.out.find(what) != std::string::npos)
                return ran.out;
        }
        ADD_FAILURE() << what << ": that warning never comes: " << ran.out;
        return ran.out;
    }
    std::string number;

  private:
    Program program;
};

TEST(Ps, ShowsInATableForWhatEachTaskWaits)
{
    Waiting nine("nine");
    std::string out = nine.settled("ps");
    const char *where = " +waits +wait_for_it \\(waiting\\.c:[0-9]+\\) +";
    const struct {
        const char *name, *waits;
    } rows[] = {
        {"timer", "sleep: timer, [0-9.]+ s left"},
        {"readable", "a descriptor: fd [0-9]+ readable, pipe:"},
        {"writable", "a descriptor: fd [0-9]+ writable, pipe:"},
        {"look-up", "look-up: slow\\.example"},
        {"offload", "work on a thread"},
        {"Future", "a Future, pending"},
        {"lock", "Semaphore at 0x[0-9a-f]+, number 1 in line"},
        {"queue", "Queue.get at 0x[0-9a-f]+, number 1 in line"},
        {"child", "a descriptor: fd [0-9]+ readable, process [1-9]"},
        {"Deferred", "a Deferred"},
    };
    for (const auto &row : rows)
        EXPECT_TRUE(has(out, std::string("\n") + row.name + where + row.waits))
            << row.name << " in\n"
            << out;
    EXPECT_TRUE(has(out, "\nmain +waits +wait_for_all \\(waiting\\.c:[0-9]"
                         "+\\) +gather of 12\n"))
        << out;
    EXPECT_TRUE(has(out, "\nin [0-9.]+ s +on_time, sleep\n")) << out;
    EXPECT_TRUE(has(out, "\nfd [0-9]+ read +on_finished, ")) << out;
}

TEST(Ps, ShowsInATreeWhatAwaitsWhat)
{
    Waiting nine("nine");
    std::string out = nine.settled("pstree");
    EXPECT_TRUE(has(out, "\nmain: waits\n"
                         "  program \\(waiting\\.c:[0-9]+\\)\n"
                         "    wait_for_all \\(waiting\\.c:[0-9]+\\)\n"
                         "      gather of 12\n"
                         "        timer: waits\n"
                         "          wait_for_it \\(waiting\\.c:[0-9]+\\)\n"
                         "            sleep: timer, "))
        << out;
    EXPECT_TRUE(has(out, "        Deferred: waits\n.*\n"
                         "            a Deferred\n"
                         "              then never_fires \\| pass\n"
                         "              deferLater: timer, "))
        << out;
    EXPECT_TRUE(has(out,
                    "        greenlet: waits\n"
                    "          wait_on_stack \\(waiting\\.c:[0-9]+\\), on a "
                    "stack of its own\n"
                    "            sleep_deep \\(waiting\\.c:[0-9]+\\)\n"
                    "              sleep: timer, "))
        << out;
    EXPECT_TRUE(has(out, "\nin [0-9.]+ s +on_time, a Deferred that waits for "
                         "its time\n +fires a Deferred: never_fires"))
        << out;
    EXPECT_FALSE(has(out, "warning"));
}

TEST(Ps, SeesWhatIsWatchedWhateverTheSelector)
{
    for (const char *selector : {"select", "poll", "epoll"}) {
        Waiting nine("nine", selector);
        std::string out = nine.settled("ps");
        EXPECT_TRUE(has(out, "\nfd [0-9]+ read +on_finished, work on a thread\n"
                             "fd [0-9]+ read +on_ready, .*\n"
                             " +the Task readable\n"
                             "fd [0-9]+ write +on_ready, .*\n"
                             " +the Task writable\n"
                             "fd [0-9]+ read +on_ready, .*\n"
                             " +the Task child\n"))
            << selector << " in\n"
            << out;
    }
}

TEST(Ps, NamesWhateverACoroutineCanWaitFor)
{
    Waiting others("others");
    std::string out = others.settled("ps");
    const struct {
        const char *name, *waits;
    } rows[] = {
        {"open_connection", "open_connection: fd [0-9]+ writable, socket:"},
        {"read", "read: fd [0-9]+ readable, socket:"},
        {"readline", "read: fd [0-9]+ readable, socket:"},
        {"output", "read: fd [0-9]+ readable, pipe:"},
        {"drain", "shield: drain: fd [0-9]+ .*writable, socket:"},
        {"wait_closed", "shield: wait_closed: fd [0-9]+ readable, socket:"},
        {"process", "shield: the end of a process: fd [0-9]+ readable, "
                    "process [1-9]"},
        {"event", "Event at 0x"},
        {"condition", "Condition at 0x"},
        {"put", "Queue\\.put at 0x"},
        {"join", "Event at 0x"},
        {"wait", "wait of 1"},
        {"as_completed", "Queue\\.get at 0x"},
        {"shield", "shield: a Future, pending"},
        {"other", "a Future of something else: sleep: timer, "},
        {"wrapped", "work on another thread"},
        {"executor", "a Deferred: deferToThread: rest"},
        {"semaphore", "a Deferred: DeferredSemaphore"},
        {"get", "a Deferred: DeferredQueue\\.get"},
        {"list", "a Deferred: DeferredList of 2"},
        {"looping", "a Deferred: LoopingCall: timer, "},
        {"inline", "a Deferred: inlineCallbacks"},
        {"agent", "a Deferred: an answer: fd [0-9]+ readable, socket:"},
        {"page", "a Deferred: a page: fd [0-9]+ readable, socket:"},
        {"creator", "a Deferred: a connection: fd [0-9]+ writable, socket:"},
    };
    for (const auto &row : rows)
        EXPECT_TRUE(has(out, std::string("\n") + row.name +
                                 " +waits +[a-z_]+ \\([a-z_]+\\.c:[0-9]+\\) +" +
                                 row.waits))
            << row.name << " in\n"
            << out;
}

TEST(Ps, ShowsAtWhichYieldPointARunnerWaits)
{
    Waiting others("others");
    std::string out = others.settled("pstree");
    const struct {
        const char *body, *point;
    } waits[] = {
        {"wait_for_task", " +Task: take_time\n"},
        {"wait_for_key", " +Wait: first\n"},
        {"wait_for_keys", " +WaitAll of 2: first, second\n"},
        {"wait_for_both", " +Multi of 2\n +Task: take_time\n +Task: take_time"},
        {"wait_for_timer", " +an awaitable\n +sleep: timer, "},
    };
    for (const auto &wait : waits)
        EXPECT_TRUE(has(out, std::string("\nin [0-9.]+ s +on_time.*\n +") +
                                 wait.body + " \\(others\\.c:[0-9]+\\)\n" +
                                 wait.point))
            << wait.body << " in\n"
            << out;
}

/* ---- the contestants ---- */

/* What is watched that belongs to the page: neither Ctrl-C nor questions. */
static const char of_page[] = "\nfd [0-9]+ read +on_ready, [a-z ]*page";

/* What is shown of it once it has come so far. */
static std::string fetched_by(const struct model *model,
                              const SilentServer &server,
                              const std::string &expected)
{
    Program program({"fetch", "--model", model->name, server.url()});
    Ran ran;
    for (int i = 0; i < LONG_LOOKS_MAX && !has(ran.out, expected); i++)
        ran = run({"pstree", "--for", "0", std::to_string(program.number())});
    program.signal(SIGKILL);
    return ran.out + ran.err;
}

/* Callbacks have a name, Deferreds what they fire, and coroutines have frames:
 * from the page to where it waits, with file and line. */
TEST(Ps, ShowsForWhatEachContestantOnTheLoopWaits)
{
    SilentServer server(SilentServer::ROOMY);
    const std::map<std::string, std::string> expected = {
        {"callbacks", of_page},
        {"deferreds", std::string(of_page) + "\n +fires a Deferred; behind it "
                                             "hop_over\n"},
        {"generators", std::string(of_page) +
                           "\n +page \\(generators\\.c:[0-9]+\\)\n"
                           " +Task: transfer\n +then page_over\n"},
        {"inline-callbacks", std::string(of_page) +
                                 "\n +page \\(inline_client\\.c:[0-9]+\\)\n"
                                 " +hop \\(hop\\.c:[0-9]+\\)\n"},
        {"tasks", "\nwork: waits\n +work \\(tasks\\.c:[0-9]+\\)\n"
                  " +hop \\(hop\\.c:[0-9]+\\)\n"
                  " +a hop: fd [0-9]+ readable, socket:.*\n"
                  " +a hop: timer, [0-9.]+ s left\n"},
        {"streams", "\nwork: waits\n +work \\(streams\\.c:[0-9]+\\)\n"
                    " +hop \\(streams\\.c:[0-9]+\\)\n"
                    " +read: fd [0-9]+ readable, socket:"},
        {"greenlets", "\nwork: waits\n +work \\(greenlets\\.c:[0-9]+\\), on a "
                      "stack of its own\n( +.*\\(greenlets\\.c:[0-9]+\\)\n)*"
                      " +a hop: fd [0-9]+ readable, socket:"},
    };
    for (int i = 0; models[i]; i++) {
        const std::string family = models[i]->family;
        if (family != "callbacks" && family != "deferreds" &&
            family != "coroutines")
            continue;
        ASSERT_TRUE(expected.count(models[i]->name)) << models[i]->name;
        /* Timers are shown before descriptors, and Tasks before both. */
        const std::string &its = expected.at(models[i]->name);
        const std::string deadline =
            "\nin [0-9.]+ s +on_end, the deadline of a page[^]*";
        const std::string wanted = its.find("work: waits") != std::string::npos
                                       ? its + "[^]*" + deadline
                                       : deadline + its;
        std::string out = fetched_by(models[i], server, wanted);
        EXPECT_TRUE(has(out, wanted)) << models[i]->name << " in\n" << out;
    }
}

/* Without a loop there is what the kernel knows of each thread. */
TEST(Ps, ShowsForWhatEachOtherContestantWaits)
{
    SilentServer server(SilentServer::ROOMY);
    for (int i = 0; models[i]; i++) {
        const std::string family = models[i]->family;
        if (family == "callbacks" || family == "deferreds" ||
            family == "coroutines" || models_why_not(models[i]))
            continue;
        /* Its own processes are others: see ps of those. */
        const std::string what = family == "processes" ? "(socket|pipe)"
                                 : std::string(models[i]->name) == "uring"
                                     ? "anon_inode"
                                     : "socket";
        const std::string wanted =
            "thread [0-9]+ waits in [a-z_]+ for .*fd [0-9]+ readable \\(" +
            what;
        std::string out = fetched_by(models[i], server, wanted);
        EXPECT_TRUE(has(out, wanted)) << models[i]->name << " in\n" << out;
    }
}

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) &&                   \
    !defined(__SANITIZE_THREAD__)
/* A library may have let a word lie that looks like a call: so only where they
 * are known to lead from one to the next. */
TEST(Ps, ShowsTheCallsOfAThreadThatBlocks)
{
    SilentServer server(SilentServer::ROOMY);
    for (int i = 0; models[i]; i++) {
        if (std::string(models[i]->name) != "threads")
            continue;
        const std::string wanted =
            "thread [0-9]+ waits in ppoll for fd [0-9]+ readable \\(socket.*\n"
            "  run_task \\(threads\\.c:[0-9]+\\)\n"
            "( +.*\n)* +blocking_fetch \\(worker\\.c:[0-9]+\\)\n";
        std::string out = fetched_by(models[i], server, wanted);
        EXPECT_TRUE(has(out, wanted)) << out;
    }
}
#endif

/* ---- what is wrong ---- */

TEST(Ps, WarnsOfATaskThatNeverYieldsWhileItSpins)
{
    Waiting spins("spin");
    std::string out = spins.warned("never yields");
    EXPECT_TRUE(has(out, "warning: spinner never yields: for [0-9.]+ s it has "
                         "not come back from spin \\(waiting\\.c:[0-9]+\\)"))
        << out;
    EXPECT_TRUE(has(out, "thread [0-9]+ runs on_turn: spin \\(waiting\\.c"))
        << out;
    EXPECT_TRUE(has(out, "\nspinner +runs +spin ")) << out;
}

TEST(Ps, SaysWhichCallbackHasBlockedTheLoopAndInWhichSystemCall)
{
    Waiting blocked("block");
    std::string out = blocked.warned("(clock_nanosleep)");
    EXPECT_TRUE(has(out, "warning: block has blocked its loop for [0-9.]+ s"))
        << out;
    EXPECT_TRUE(has(out, "runs block, which is in clock_nanosleep")) << out;
}

TEST(Ps, WarnsOfATaskThatIsWokenForNothing)
{
    Waiting restless("restless");
    std::string out = restless.warned("is woken for nothing");
    EXPECT_TRUE(has(out, "warning: restless is woken for nothing")) << out;
}

TEST(Ps, WarnsOfADescriptorThatIsNotRead)
{
    int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (syscall(SYS_pidfd_getfd, self, 0, 0) < 0)
        GTEST_SKIP() << "no descriptor can be copied here";
    Waiting unread("unread");
    std::string out = unread.warned("stays ready");
    EXPECT_TRUE(has(out, "warning: do_not_read is woken for nothing: fd [0-9]+ "
                         "stays ready"))
        << out;
}

TEST(Ps, WarnsOfATaskThatWaitsForEver)
{
    Waiting forever("forever");
    std::string out = forever.warned("waits for ever");
    EXPECT_TRUE(has(out, "warning: forever: waits for ever")) << out;
}

TEST(Ps, WarnsOfATaskWhoseWakerIsLost)
{
    Waiting lost("lost");
    std::string out = lost.warned("waker is lost");
    EXPECT_TRUE(has(out, "warning: lost: its waker is lost")) << out;
}

/* ---- what only looks wrong ---- */

TEST(Ps, DoesNotWarnOfADescriptorThatIsReadWhileMoreComes)
{
    Waiting busy("busy");
    Ran ran = busy.look("ps", "200ms");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(has(ran.out, "\nfd [0-9]+ read +read_and_fill\n")) << ran.out;
    EXPECT_FALSE(has(ran.out, "woken for nothing")) << ran.out;
}

TEST(Ps, DoesNotWarnOfTasksThatAreWokenAndBlamesWhatBlocksThem)
{
    Waiting woken("woken");
    std::string out = woken.warned("has blocked its loop");
    EXPECT_TRUE(has(out, "warning: cancel_and_block has blocked")) << out;
    EXPECT_TRUE(has(out, "\nsleeper +ready ")) << out;
    EXPECT_TRUE(has(out, "\ndeadline +ready .*wait_for, done\n")) << out;
    EXPECT_FALSE(has(out, "waker is lost")) << out;
    EXPECT_FALSE(has(out, "has changed while it was read")) << out;
}

TEST(Ps, ShowsWhatIsReadyInTheOrderInWhichItIsCalled)
{
    Waiting woken("woken");
    std::string out = woken.look("ps").out;
    EXPECT_TRUE(has(out, "\nready +first\nready +second\nready +task_wake, "))
        << out;
    EXPECT_TRUE(has(out, "\nready +third\nready +fourth\n")) << out;
}

TEST(Ps, BlamesOnEachThreadWhatRunsThere)
{
    Waiting threads("threads");
    std::string out = threads.warned("restless is woken for nothing");
    EXPECT_TRUE(has(out, "warning: spinner never yields")) << out;
    EXPECT_TRUE(has(out, "warning: hold has blocked its loop")) << out;
    EXPECT_FALSE(has(out, "spinner is woken for nothing")) << out;
}

/* ---- machine code ---- */

TEST(Ps, KnowsCallsAndJumpsOfBothMachines)
{
    const struct {
        enum code_machine machine;
        std::vector<unsigned char> before; /* the last bytes of the seven */
        uint64_t address, called;
    } calls[] = {
        {CODE_X86_64, {0xe8, 0x10, 0, 0, 0}, 0x1005, 0x1015},
        {CODE_X86_64, {0xe8, 0xf0, 0xff, 0xff, 0xff}, 0x1005, 0xff5},
        {CODE_X86_64, {0xff, 0xd0}, 0x1002, CODE_INDIRECT},
        {CODE_X86_64, {0xff, 0x50, 0x08}, 0x1003, CODE_INDIRECT},
        {CODE_X86_64, {0xff, 0xe0}, 0x1002, 0}, /* a jump */
        {CODE_AARCH64, {0x04, 0, 0, 0x94}, 0x1004, 0x1010},
        {CODE_AARCH64, {0xff, 0xff, 0xff, 0x97}, 0x1004, 0xffc},
        {CODE_AARCH64, {0, 0, 0x3f, 0xd6}, 0x1004, CODE_INDIRECT},
        {CODE_AARCH64, {0x04, 0, 0, 0x94}, 0x1006, 0}, /* between two */
        {CODE_AARCH64, {0x04, 0, 0, 0x14}, 0x1004, 0}, /* a jump */
        {CODE_UNKNOWN, {0xe8, 0x10, 0, 0, 0}, 0x1005, 0},
    };
    for (const auto &call : calls) {
        unsigned char seven[CODE_CALL_SIZE] = {};
        std::copy(call.before.rbegin(), call.before.rend(),
                  std::reverse_iterator<unsigned char *>(std::end(seven)));
        EXPECT_EQ(code_call(call.machine, seven, call.address), call.called)
            << call.machine << " " << (int)call.before[0];
    }
    const unsigned char stub[CODE_STUB_SIZE + 1] = {
        0xf3, 0x0f, 0x1e, 0xfa, 0xff, 0x25, 0x10, 0, 0, 0};
    EXPECT_EQ(code_stub(CODE_X86_64, stub, 0x1000), 0x101aU);
    EXPECT_EQ(code_stub(CODE_X86_64, stub + 1, 0x1001), 0U);
    const unsigned char intel[] = {0x90, 0xe9, 0x10, 0, 0, 0};
    EXPECT_TRUE(
        code_jumps_to(CODE_X86_64, intel, sizeof intel, 0x1000, 0x1016));
    EXPECT_FALSE(
        code_jumps_to(CODE_X86_64, intel, sizeof intel - 1, 0x1000, 0x1016));
    /* The last instruction counts, and none begins between two: read there,
     * these bytes would be a jump to 0x1006. */
    const unsigned char arm[] = {0, 0, 0x01, 0, 0, 0x14,
                                 0, 0, 0x03, 0, 0, 0x14};
    EXPECT_TRUE(code_jumps_to(CODE_AARCH64, arm, sizeof arm, 0x1000, 0x1014));
    EXPECT_FALSE(code_jumps_to(CODE_AARCH64, arm, sizeof arm, 0x1000, 0x1006));
}

/* ---- other cores in the place of ours ---- */

TEST(Ps, SaysThatOtherCoresAreOnlyPartlySeenAndBlamesThemForNothing)
{
    Waiting nine("nine", "epoll", WAITING_OTHERWISE);
    std::string out = nine.settled("ps");
    EXPECT_TRUE(has(out, "\n\\(not the lab's own: Future, Task; what it keeps "
                         "in its own way is not shown, and no warning depends "
                         "on that\\)\n"))
        << out;
    EXPECT_TRUE(has(out, "\ntimer +waits +wait_for_it \\(waiting\\.c:[0-9]+"
                         "\\) +sleep: timer, "))
        << out;
    EXPECT_TRUE(has(out, "\nFuture +waits .* a Future, pending\n")) << out;
    EXPECT_TRUE(has(out, "\nlock +waits .* number 1 in line\n")) << out;
    EXPECT_TRUE(has(out, "fires a Deferred: \\(cannot be seen\\)\n")) << out;
    out = nine.look("ps", "200ms").out;
    EXPECT_FALSE(has(out, "warning:")) << out;
    Waiting ours("nine");
    EXPECT_FALSE(has(ours.settled("ps"), "not the lab's own"));
}

TEST(Ps, WarnsOfWhatIsSeenOfOtherCores)
{
    Waiting forever("forever", "epoll", WAITING_OTHERWISE);
    EXPECT_TRUE(has(forever.settled("pstree"), "forever: waits\n"));
    Waiting spins("spin", "epoll", WAITING_OTHERWISE);
    std::string out = spins.warned("never yields");
    EXPECT_TRUE(has(out, "warning: spinner never yields: ")) << out;
}

/* ---- on a screen, or not ---- */

TEST(Ps, IsPlainWhereThereIsNoTerminal)
{
    Waiting nine("nine");
    auto forced = [] {
        unsetenv("NO_COLOR");
        setenv("CLICOLOR_FORCE", "1", 1);
    };
    auto refused = [] {
        setenv("CLICOLOR_FORCE", "1", 1);
        setenv("NO_COLOR", "1", 1);
    };
    std::vector<std::string> command = {"pstree", "--for", "0", nine.number};
    EXPECT_EQ(run(command).out.find('\033'), std::string::npos);
    EXPECT_NE(run(command, forced).out.find('\033'), std::string::npos);
    EXPECT_EQ(run(command, refused).out.find('\033'), std::string::npos);
}

/* ---- what cannot be looked into ---- */

/* In a child, once it is the user that it stays: the kernel forgets it of one
 * that becomes another. */
static void end_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
}

/* Names of threads, of files, of coroutines: they are the process's own. */
TEST(Ps, WhatAProcessHasNamedControlsNoTerminal)
{
    char name[] = "\x1b[31m a\t\x9b\xC2\x9B z \xC3\xA9";
    target_harmless(name);
    EXPECT_STREQ(name, "?[31m a???? z \xC3\xA9");
    char turned[] = "a\u202eb\u061cc";
    target_harmless(turned);
    EXPECT_STREQ(turned, "a???b??c");
    struct target here = {};
    here.pid = getpid();
    std::string path =
        testing::TempDir() + "ps-\x1b[2J-" + std::to_string(getpid());
    int fd = open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(fd, 0);
    unlink(path.c_str());
    char shown[SHOWN_NAME];
    EXPECT_NE(std::string(look_descriptor(&here, fd, shown)).find("ps-?[2J-"),
              std::string::npos)
        << shown;
    close(fd);
}

TEST(Ps, SeesThatAProcessHasEndedWhileItIsWatched)
{
    struct target target;
    struct snapshot before, after;
    {
        Waiting blocked("block");
        pid_t pid = (pid_t)std::stol(blocked.number);
        ASSERT_EQ(target_open(&target, pid), 0) << target.why;
        EXPECT_EQ(snapshot_take(&before, &target), 0);
        EXPECT_EQ(before.thread_count, 1u);
    }
    EXPECT_EQ(snapshot_take(&after, &target), -ESRCH);
    snapshot_free(&before);
    snapshot_free(&after);
    target_close(&target);
}

TEST(Ps, SaysThatThereIsNoSuchProcess)
{
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (!child)
        _exit(0);
    end_child(child);
    Ran ran = run({"ps", std::to_string(child)});
    EXPECT_EQ(ran.code, 1);
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(ran.err,
              "ps: there is no process " + std::to_string(child) + "\n");
}

TEST(Ps, SaysThatAProcessIsNotAProgramOfThisLab)
{
    /* Until it has become that program it is still this one. */
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    pid_t parent = getpid(), pid = fork();
    ASSERT_GE(pid, 0);
    if (!pid) {
        end_with(parent);
        execl("/bin/sleep", "sleep", "600", nullptr);
        _exit(127);
    }
    close(ends[1]);
    char none;
    EXPECT_EQ(read(ends[0], &none, 1), 0);
    close(ends[0]);
    Ran ran = run({"pstree", std::to_string(pid)});
    end_child(pid);
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(has(ran.err, "^pstree: process [0-9]+ is not a program of this "
                             "lab"))
        << ran.err;
}

/* What Yama and containers do: a filter answers in the place of the kernel. */
static void refuse_memory()
{
    struct sock_filter filter[] = {
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_process_vm_readv},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    };
    struct sock_fprog program = {4, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        _exit(1);
}

TEST(Ps, SaysWhatForbidsToReadMemoryAndWhatToDo)
{
    Waiting nine("nine");
    Ran ran = run({"ps", nine.number}, refuse_memory);
    EXPECT_EQ(ran.code, 1);
    EXPECT_EQ(ran.out, "");
    EXPECT_TRUE(has(ran.err,
                    "^ps: process [0-9]+ may not be looked into: "
                    "(ptrace_scope is [123]|the system lets no program "
                    "read another one's memory \\(in a container: "
                    "start that with --cap-add=SYS_PTRACE\\))"))
        << ran.err;
}

/* As the first process of a machine may have. */
static void give_rights_up()
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {};
    if (prctl(PR_SET_SECUREBITS, SECBIT_NOROOT) ||
        syscall(SYS_capset, &header, none))
        _exit(1);
}

TEST(Ps, SaysThatAProcessHasMoreRights)
{
    if (geteuid())
        GTEST_SKIP() << "only root has rights that can be given up";
    Waiting nine("nine");
    Ran ran = run({"ps", nine.number}, give_rights_up);
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(has(ran.err, "^ps: process ([0-9]+) may not be looked into: it "
                             "has rights that you have not \\(CapPrm in "
                             "/proc/\\1/status\\)\n$"))
        << ran.err;
}

/* As root, one that has become another user; else the first one, which in a
 * container may be the caller's own. */
TEST(Ps, LooksIntoNoOtherUsersProcess)
{
    struct stat of_first;
    if (geteuid() && !stat("/proc/1", &of_first) &&
        of_first.st_uid == geteuid())
        GTEST_SKIP() << "there is no process of another user to ask for";
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    pid_t parent = getpid(), pid = fork();
    ASSERT_GE(pid, 0);
    if (!pid) {
        if (!geteuid() && setresuid(65534, 65534, 65534))
            _exit(1);
        end_with(parent);
        if (write(ends[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ends[1]);
    char told;
    ssize_t count = read(ends[0], &told, 1);
    close(ends[0]);
    Ran ran = run({"ps", geteuid() ? "1" : std::to_string(pid)});
    end_child(pid);
    ASSERT_EQ(count, 1) << "it could not become another user";
    EXPECT_EQ(ran.code, 1);
    EXPECT_TRUE(has(ran.err, "^ps: process [0-9]+ is another user's"))
        << ran.err;
}

TEST(Ps, ExplainsItselfAndRefusesWhatMakesNoSense)
{
    Ran help = run({"pstree", "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_TRUE(has(help.out, "^usage: pstree \\[options\\] PID\n"));
    EXPECT_EQ(help.err, "");
    const std::vector<std::string> wrong[] = {
        {"ps"},       {"ps", "x"},      {"ps", "0"},
        {"ps", "-1"}, {"ps", "1", "2"}, {"ps", "--for", "x", "1"},
    };
    for (const auto &arguments : wrong)
        EXPECT_EQ(run(arguments).code, 2) << arguments.back();
}
