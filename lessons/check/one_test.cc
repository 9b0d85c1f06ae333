/* SPDX-License-Identifier: MIT */
#include "lessons/check/one_test.h"

#include "lessons/check/processes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER
#endif
#ifdef HAS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif

namespace
{

/* A program that has computed for this long runs in a circle; one of which no
 * thread has done anything for that long waits for itself. */
const double seconds_of_computing = 3, seconds_of_silence = 2;

/* Only the beginning and the end of an endless output are kept. */
const size_t output_max = 64 * 1024;

/* As much as that is written by code that does nothing else. */
const off_t output_endless = 64 * 1024 * 1024;

double now()
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- in the child ---- */

/* Cuts each line, because a value may be as long as a page, and the check's
 * remark comes after it. */
std::string with_short_lines(const char *text)
{
    const size_t line_max = 4000;
    std::string all;
    for (size_t size; *text; text += size) {
        size = strcspn(text, "\n");
        all.append(text, std::min(size, line_max));
        if (text[size] == '\n')
            all += text[size++];
    }
    return all;
}

/* Notes the first complaint, which is the one to look at, and that the test has
 * come to its end. A child forked by the learner's code that came back into the
 * test must not write here. */
class Messenger : public testing::EmptyTestEventListener
{
  public:
    explicit Messenger(struct report *to) : report(to)
    {
    }

    void OnTestPartResult(const testing::TestPartResult &part) override
    {
        if (!part.failed() || report->message[0] || getpid() != report->test)
            return;
        snprintf(report->message, sizeof report->message, "%s",
                 with_short_lines(part.message()).c_str());
    }

    void OnTestEnd(const testing::TestInfo &test) override
    {
        if (getpid() != report->test)
            return;
        if (test.result()->Passed())
            calls_end();
        report->is_over = true;
    }

  private:
    struct report *report;
};

#ifdef HAS_SANITIZER
/* When it is asked where it is: the sanitizer knows names and lines. */
void show_stack(int)
{
    __sanitizer_print_stack_trace();
}
#endif

void be_ready_to_show_stacks()
{
#ifdef HAS_SANITIZER
    struct sigaction action = {};
    action.sa_handler = show_stack;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, nullptr);
#endif
}

/* Whatever the program that started us has ignored or blocked. */
void take_signals_as_usual()
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int number : {SIGPIPE, SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT})
        signal(number, SIG_DFL);
}

/* What the sanitizer says goes there, and not between the learner's lines; to a
 * number that no code of a learner's gets by itself. */
void have_reports_go_to(int fd)
{
    const int high = 900;
    int kept = fcntl(fd, F_DUPFD_CLOEXEC, high);
#ifdef HAS_SANITIZER
    __sanitizer_set_report_fd(
        reinterpret_cast<void *>(static_cast<intptr_t>(kept < 0 ? fd : kept)));
#else
    (void)kept;
#endif
}

int run_named(const std::string &name, struct report *report)
{
    report->test = getpid();
    testing::GTEST_FLAG(filter) = name;
    auto &listeners = testing::UnitTest::GetInstance()->listeners();
    listeners.Append(new Messenger(report));
    return RUN_ALL_TESTS();
}

[[noreturn]] void run_in_child(const std::string &name, struct report *report,
                               int output, int said)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    take_signals_as_usual();
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    have_reports_go_to(said);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    close(output);
    close(said);
    be_ready_to_show_stacks();
    auto &listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    int failed = run_named(name, report);
    exit(failed); /* not _exit: leaks are looked for at the end */
}

/* ---- beside it ---- */

/* The child and what it says. */
struct Watched {
    pid_t pid = -1;
    /* Its output goes into a file in memory. A pipe would have to be read, and
     * a program that prints much would wait for us each time the pipe is
     * full. */
    int output = -1;
    int said = -1; /* the reading end of what the sanitizer writes to */
    std::string report;
    int status = 0;
    bool ended = false, stopped = false;
};

off_t size_of(int file)
{
    struct stat status;
    return fstat(file, &status) == 0 ? status.st_size : 0;
}

std::string read_part(int file, off_t from, size_t size)
{
    std::string part(size, '\0');
    ssize_t count = pread(file, &part[0], size, from);
    part.resize(count < 0 ? 0 : (size_t)count);
    return part;
}

std::string read_output(int file)
{
    const off_t half = output_max / 2, size = size_of(file);
    if (size <= 2 * half)
        return read_part(file, 0, (size_t)size);
    return read_part(file, 0, half) + "\n...\n" +
           read_part(file, size - half, half);
}

/* False: it has ended. */
bool read_some(int fd, std::string &to)
{
    char bytes[8192];
    ssize_t count = read(fd, bytes, sizeof bytes);
    if (count <= 0)
        return count < 0 && (errno == EINTR || errno == EAGAIN);
    to.append(bytes, (size_t)count);
    if (to.size() > 2 * output_max) {
        to.erase(output_max / 2, to.size() - output_max);
        to.insert(output_max / 2, "\n...\n");
    }
    return true;
}

/* Reads what the sanitizer says within that many milliseconds: a few if it can
 * say nothing any more. Returns whether anything came. */
bool listen_for(Watched &watched, int span_ms)
{
    struct pollfd said = {watched.said, POLLIN, 0};
    if (poll(&said, 1, said.fd < 0 ? std::min(span_ms, 2) : span_ms) <= 0)
        return false;
    if (!read_some(watched.said, watched.report)) {
        close(watched.said);
        watched.said = -1;
    }
    return true;
}

void look_after(Watched &watched)
{
    int status;
    pid_t pid = waitpid(watched.pid, &status, WNOHANG | WUNTRACED);
    if (pid != watched.pid)
        return;
    watched.status = status;
    watched.stopped = WIFSTOPPED(status);
    watched.ended = !watched.stopped;
}

#ifdef HAS_SANITIZER
/* The seconds that the sanitizer has to say something. On a busy machine a
 * program that computes has few of them, and is given more. */
class Patience
{
  public:
    Patience(pid_t watched, double seconds)
        : pid(watched), most(seconds), began(now()), at(has_computed(watched))
    {
    }
    bool is_over() const
    {
        double took = now() - began;
        if (took < most)
            return false;
        return took >= 5 * most || has_computed(pid) - at >= most ||
               !how_they_sleep(pid).empty();
    }

  private:
    pid_t pid;
    double most, began, at;
};

/* Listens until the sanitizer has said something, which may take so long, and
 * nothing more comes of it. What the program prints meanwhile does not count.
 */
void listen_to_sanitizer(Watched &watched, double seconds)
{
    const double rest = 0.2;
    const int look_ms = 50;
    const std::string &said = watched.report;
    Patience patience(watched.pid, seconds);
    double heard = 0;
    for (size_t before = said.size();
         heard > 0 ? now() < heard + rest : !patience.is_over();) {
        listen_for(watched, look_ms);
        if (said.size() == before)
            continue;
        before = said.size();
        heard = now();
    }
}
#endif

/* Asks each of its threads where it is, one after another. The first one may
 * take longer, because the sanitizer first reads all names and lines of the
 * program. */
void ask_for_stacks(Watched &watched)
{
#ifdef HAS_SANITIZER
    double patience = 4;
    for (pid_t thread : threads_of(watched.pid)) {
        if (syscall(SYS_tgkill, watched.pid, thread, SIGALRM) != 0)
            continue;
        listen_to_sanitizer(watched, patience);
        patience = 0.5;
    }
#else
    (void)watched;
#endif
}

/* Notices when none in a group of processes does anything any more. */
class Silence
{
  public:
    explicit Silence(pid_t watched_group)
        : group(watched_group), since(now()), looked(since)
    {
    }

    /* For how many seconds? */
    double lasts()
    {
        std::string look = how_they_sleep(group);
        if (look.empty() || look != last)
            since = now();
        if (look.empty())
            busy += now() - looked;
        last = look;
        looked = now();
        return looked - since;
    }

    /* For how many seconds did they have something to do, or waited for a
     * processor? */
    double interrupted() const
    {
        return busy;
    }

  private:
    pid_t group;
    std::string last;
    double since, looked, busy = 0;
};

bool computes(const Watched &watched)
{
    return has_computed(watched.pid) > seconds_of_computing ||
           size_of(watched.output) > output_endless;
}

/* On a busy machine a program that computes has few of the seconds: they count
 * for it in part. How much it computes is bounded otherwise. */
bool is_late(double took, double busy, int seconds)
{
    return took - busy * 0.8 >= seconds;
}

/* Returns when it has ended, or its time is up: then with what it is doing. The
 * pipes say nothing: it may have closed them, and others may hold them. */
std::string watch(Watched &watched, int seconds)
{
    const int look_ms = 100;
    double began = now(), looked = began;
    Silence silence(watched.pid);
    for (;;) {
        listen_for(watched, look_ms);
        look_after(watched);
        if (watched.ended)
            return "";
        if (watched.stopped)
            return "It has stopped itself, by a signal";
        if (is_late(now() - began, silence.interrupted(), seconds) ||
            computes(watched))
            break;
        if (now() - looked < look_ms / 1000.0)
            continue;
        looked = now();
        if (silence.lasts() >= seconds_of_silence ||
            group_has_computed(watched.pid) > seconds_of_computing)
            break;
    }
    std::string what = "After " + std::to_string((int)(now() - began)) + " s " +
                       what_it_does(watched.pid, computes(watched));
    ask_for_stacks(watched);
    return what;
}

/* Ends the child and all that it has left behind. */
void clean_up(Watched &watched)
{
    kill(-watched.pid, SIGKILL);
    kill(watched.pid, SIGKILL);
    if (!watched.ended)
        while (waitpid(watched.pid, &watched.status, 0) < 0 && errno == EINTR)
            ;
    kill_all_children();
    while (listen_for(watched, 0))
        ;
    if (watched.said >= 0)
        close(watched.said);
}

/* ---- what came of it ---- */

/* Where a call was made that returns to this address. */
std::string place_name(void *returns_to)
{
#ifdef HAS_SANITIZER
    char text[512] = "";
    if (!returns_to)
        return "";
    __sanitizer_symbolize_pc(static_cast<char *>(returns_to) - 1, "%f, %s:%l",
                             text, sizeof text);
    std::string name = text;
    size_t comma = name.find(", "), slash = name.rfind('/');
    if (comma == std::string::npos || name.find("<null>") != std::string::npos)
        return "";
    return slash == std::string::npos
               ? name
               : name.substr(0, comma + 2) + name.substr(slash + 1);
#else
    (void)returns_to;
    return "";
#endif
}

/* What the sanitizer of undefined behaviour and a broken contract say goes to
 * standard error, and ends the program: it is the last that comes. */
void move_last_words(Outcome &outcome)
{
    static const char first_word[] = "AddressSanitizer:DEADLYSIGNAL\n";
    size_t first = outcome.output.find(first_word);
    if (first != std::string::npos)
        outcome.output.erase(first, sizeof first_word - 1);
    for (const char *words : {"runtime error:", "contract broken:"}) {
        size_t at = outcome.output.find(words);
        if (at == std::string::npos)
            continue;
        size_t line = outcome.output.rfind('\n', at);
        line = line == std::string::npos ? 0 : line + 1;
        outcome.said = outcome.output.substr(line) + outcome.said;
        outcome.output.erase(line);
    }
}

/* By a mistake, and not on purpose. */
bool is_crash(int status)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return number == SIGSEGV || number == SIGBUS || number == SIGFPE ||
           number == SIGILL || number == SIGABRT || number == SIGTRAP;
}

std::string how_it_ended(int status)
{
    if (!WIFSIGNALED(status))
        return "It has left with the status " +
               std::to_string(WEXITSTATUS(status)) + ".";
    const char *name = sigabbrev_np(WTERMSIG(status));
    return std::string("It was ended by the signal SIG") + (name ? name : "?") +
           " (" + strsignal(WTERMSIG(status)) + ").";
}

/* It has ended, and not at the end of the test. */
void judge_end(Outcome &outcome, const struct report &report, int status)
{
    outcome.verdict = is_crash(status) ? "crashed" : "left";
    outcome.where = place_name(report.left.place);
    outcome.message = report.left.taken ? std::string(report.left.text) + "."
                                        : how_it_ended(status);
    if (outcome.verdict == "left")
        outcome.message +=
            " What the check still had to look at, it has not seen.";
    if (report.left.taken || !report.last_call)
        return;
    outcome.message +=
        std::string(" The last of your calls was ") + report.last_call + ".";
    outcome.where = place_name(report.last_place);
}

bool is_race(const Outcome &outcome)
{
    return outcome.said.find("ThreadSanitizer: data race") != std::string::npos;
}

/* From the surest to the least sure. */
void judge(Outcome &outcome, const struct report &report,
           const std::string &hung, int status)
{
    bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    bool has_crashed = !outcome.said.empty() && (!well || is_race(outcome));
    bool has_failed = report.message[0] || report.broken.taken ||
                      !hung.empty() || has_crashed;
    outcome.message = report.message;
    if (well && report.is_over && !has_failed) {
        outcome.verdict = "passed";
    } else if (report.hole.line) {
        outcome.verdict = "not-written";
        outcome.where = std::string(report.hole.function) + ", " +
                        report.hole.file + ":" +
                        std::to_string(report.hole.line);
    } else if (report.broken.taken) {
        outcome.verdict = "failed";
        outcome.message = report.broken.text;
        outcome.where = place_name(report.broken.place);
    } else if (!hung.empty()) {
        outcome.verdict = "hung";
        outcome.message += (outcome.message.empty() ? "" : "\n") + hung + ".";
    } else if (has_crashed) {
        outcome.verdict = is_race(outcome) ? "raced" : "crashed";
    } else if (report.message[0]) {
        outcome.verdict = "failed";
    } else {
        judge_end(outcome, report, status);
    }
}

} // namespace

Outcome run_test(const std::string &name, int seconds, struct report *report)
{
    Outcome outcome;
    Watched watched;
    int said[2] = {-1, -1};
    *report = {};
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    fflush(nullptr);
    watched.output = memfd_create("output", MFD_CLOEXEC);
    if (watched.output >= 0 && pipe2(said, 0) == 0)
        watched.pid = fork();
    if (watched.pid < 0) {
        outcome.verdict = "not-run";
        outcome.message = std::string("No process could be started for it: ") +
                          strerror(errno) + ".";
    }
    if (watched.pid == 0) {
        close(said[0]);
        run_in_child(name, report, watched.output, said[1]);
    }
    if (said[1] >= 0)
        close(said[1]);
    watched.said = said[0];
    if (watched.pid > 0) {
        setpgid(watched.pid, watched.pid);
        std::string hung = watch(watched, seconds);
        clean_up(watched);
        outcome.output = read_output(watched.output);
        outcome.said = watched.report;
        move_last_words(outcome);
        judge(outcome, *report, hung, watched.status);
    } else if (watched.said >= 0)
        close(watched.said);
    if (watched.output >= 0)
        close(watched.output);
    return outcome;
}

int run_test_here(const std::string &name, struct report *report)
{
    *report = {};
    return run_named(name, report);
}
