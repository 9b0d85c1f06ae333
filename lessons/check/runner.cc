/* SPDX-License-Identifier: MIT */
/* Runs the checks of a lesson: each in a process of its own, so that one that
 * crashes or hangs is a finding and not the end. Prints a line of JSON for
 * each:
 *
 *     {"test": "Step1.Name", "verdict": "not-written",
 *      "where": "run_ready, loop.c:54", "message": "…", "output": "…"}
 *
 * verdict: passed; failed; not-written, when it failed after reaching a hole;
 * crashed; raced, when the thread sanitizer says so; hung. Its arguments are
 * the beginnings of the names to run; none: all. On a terminal it says the same
 * in plain text.
 */
#include "lessons/check/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <dirent.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CAN_SHOW_STACKS
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CAN_SHOW_STACKS
#endif
#ifdef CAN_SHOW_STACKS
#include <sanitizer/common_interface_defs.h>

/* Found by the sanitizer of undefined behaviour: a line of the lab's own may be
 * where it happens, and one of the learner's who has called it. */
extern "C" const char *__ubsan_default_options()
{
    return "print_stacktrace=1";
}
#endif

namespace
{

/* The last resort: checks bound themselves by turns and wake-ups before. Once
 * one has not ended, nobody wants to wait as long for each of the others, nor
 * when there is something to tell already. The first may be another by
 * --seconds=N. */
const int seconds_max = 10, seconds_behind_failed = 2, seconds_then = 1;

/* And who has computed for as long as this runs in a circle: that need not be
 * waited for. */
const double seconds_of_computing = 3;

struct Outcome {
    std::string messages; /* what the checks say */
    std::string output;   /* what the program printed, sanitizers included */
    int status = 0;
    bool hung = false;
    std::string waiting; /* for what, when it hung */
};

/* In the child: sends what the check says to a descriptor of its own. Its first
 * complaint is the one to look at. */
class Messenger : public testing::EmptyTestEventListener
{
  public:
    explicit Messenger(int to) : fd(to)
    {
    }

    void OnTestPartResult(const testing::TestPartResult &part) override
    {
        if (!part.failed() || said)
            return;
        said = true;
        std::string text = part.message();
        text += '\n';
        ssize_t written = write(fd, text.data(), text.size());
        (void)written;
    }

  private:
    int fd;
    bool said = false;
};

/* ---- where it is ---- */

#ifdef CAN_SHOW_STACKS
/* In the child, when it is asked where it is: the sanitizer knows names and
 * lines. */
void show_stack(int)
{
    __sanitizer_print_stack_trace();
}
#endif

void be_ready_to_show_stacks()
{
#ifdef CAN_SHOW_STACKS
    struct sigaction action = {};
    action.sa_handler = show_stack;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, nullptr);
#endif
}

[[noreturn]] void run_in_child(const std::string &name, int messages,
                               int output)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    be_ready_to_show_stacks();
    testing::GTEST_FLAG(filter) = name;
    auto &listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new Messenger(messages));
    int failed = RUN_ALL_TESTS();
    exit(failed); /* not _exit: leaks are looked for at the end */
}

std::string read_file(const std::string &path)
{
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    std::string all = text.str();
    while (!all.empty() && all.back() == '\n')
        all.pop_back();
    return all;
}

std::string call_name(long number)
{
    static const struct {
        long number;
        const char *name;
    } names[] = {
        {SYS_read, "read"},
        {SYS_write, "write"},
        {SYS_poll, "poll"},
        {SYS_select, "select"},
        {SYS_connect, "connect"},
        {SYS_accept, "accept"},
        {SYS_accept4, "accept"},
        {SYS_sendto, "send"},
        {SYS_recvfrom, "recv"},
        {SYS_wait4, "waitpid"},
        {SYS_futex, "futex"},
        {SYS_nanosleep, "nanosleep"},
        {SYS_epoll_wait, "epoll_wait"},
        {SYS_pselect6, "select"},
        {SYS_ppoll, "poll"},
        {SYS_epoll_pwait, "epoll_wait"},
        {SYS_clock_nanosleep, "nanosleep"},
    };
    for (auto &row : names)
        if (row.number == number)
            return row.name;
    return "system call " + std::to_string(number);
}

/* Calls whose first argument is the descriptor that they wait for. */
bool waits_for_descriptor(long number)
{
    return number == SYS_read || number == SYS_write || number == SYS_connect ||
           number == SYS_accept || number == SYS_accept4 ||
           number == SYS_sendto || number == SYS_recvfrom;
}

/* What a process that does not end is doing, as far as the kernel tells. */
std::string what_it_does(pid_t pid)
{
    std::string call = read_file("/proc/" + std::to_string(pid) + "/syscall");
    if (call.empty() || call.rfind("running", 0) == 0)
        return "it still runs in a circle and waits for nothing";
    long number = -1, first = 0;
    if (sscanf(call.c_str(), "%ld %lx", &number, (unsigned long *)&first) < 2)
        return "it has not ended";
    std::string text = "it still waits in " + call_name(number);
    if (waits_for_descriptor(number))
        text += ", on descriptor " + std::to_string(first);
    if (number == SYS_futex)
        text += ": for a lock or a condition of another thread";
    return text;
}

double now()
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

bool read_some(int fd, std::string &to)
{
    char bytes[4096];
    ssize_t count = read(fd, bytes, sizeof bytes);
    if (count <= 0)
        return count < 0 && errno == EINTR;
    if (to.size() < 64 * 1024)
        to.append(bytes, (size_t)count);
    return true;
}

#ifdef CAN_SHOW_STACKS
/* What comes until nothing has come for a moment. The first of it may take
 * longer: a sanitizer reads all names and lines of the program before. */
void drain(int fd, std::string &to, int first_ms)
{
    const int moment_ms = 200;
    struct pollfd ready = {fd, POLLIN, 0};
    double deadline = now() + 5;
    int patience = first_ms;
    while (now() < deadline && poll(&ready, 1, patience) > 0 &&
           read_some(fd, to))
        patience = moment_ms;
}

/* Has each thread of the child say where it is, one after another. */
void ask_for_stacks(pid_t pid, int output, std::string &to)
{
    std::string path = "/proc/" + std::to_string(pid) + "/task";
    DIR *threads = opendir(path.c_str());
    drain(output, to, 0);
    int patience = 4000;
    while (struct dirent *entry = threads ? readdir(threads) : nullptr) {
        int thread = atoi(entry->d_name);
        if (thread <= 0 || syscall(SYS_tgkill, pid, thread, SIGALRM) != 0)
            continue;
        drain(output, to, patience);
        patience = 500;
    }
    if (threads)
        closedir(threads);
}
#else
void ask_for_stacks(pid_t, int, std::string &)
{
}
#endif

/* For how many seconds it has had a processor. */
double has_computed(pid_t pid)
{
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &time))
        return 0;
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Listens until the child has closed both, or its time is up. */
void listen_to(pid_t pid, int messages, int output, int seconds,
               Outcome &outcome)
{
    const int look_ms = 200;
    double began = now();
    struct pollfd fds[2] = {{messages, POLLIN, 0}, {output, POLLIN, 0}};
    std::string *texts[2] = {&outcome.messages, &outcome.output};
    int open = 2;
    while (open > 0) {
        double took = now() - began;
        if (took >= seconds || has_computed(pid) > seconds_of_computing) {
            outcome.hung = true;
            outcome.waiting = "After " + std::to_string((int)took) + " s " +
                              what_it_does(pid) + ".";
            ask_for_stacks(pid, output, outcome.output);
            kill(-pid, SIGKILL);
            kill(pid, SIGKILL);
            return;
        }
        if (poll(fds, 2, look_ms) <= 0)
            continue;
        for (int i = 0; i < 2; i++)
            if (fds[i].fd >= 0 && fds[i].revents &&
                !read_some(fds[i].fd, *texts[i])) {
                fds[i].fd = -1;
                open--;
            }
    }
}

Outcome run_test(const std::string &name, int seconds)
{
    Outcome outcome;
    int messages[2], output[2];
    if (pipe(messages) || pipe(output)) {
        outcome.messages = std::string("no pipe: ") + strerror(errno);
        outcome.status = 1 << 8;
        return outcome;
    }
    fflush(nullptr);
    pid_t pid = fork();
    if (pid == 0) {
        close(messages[0]);
        close(output[0]);
        run_in_child(name, messages[1], output[1]);
    }
    close(messages[1]);
    close(output[1]);
    if (pid > 0)
        listen_to(pid, messages[0], output[0], seconds, outcome);
    close(messages[0]);
    close(output[0]);
    while (pid > 0 && waitpid(pid, &outcome.status, 0) < 0 && errno == EINTR)
        ;
    kill(-pid, SIGKILL); /* whoever it left behind */
    return outcome;
}

bool is_sanitizer_report(const std::string &output)
{
    return output.find("Sanitizer") != std::string::npos ||
           output.find("runtime error:") != std::string::npos;
}

const char *verdict_of(const Outcome &outcome, const struct hole &hole)
{
    bool failed = !WIFEXITED(outcome.status) || WEXITSTATUS(outcome.status);
    if (!failed && !outcome.hung)
        return "passed";
    if (hole.line)
        return "not-written";
    if (outcome.hung)
        return "hung";
    if (outcome.output.find("ThreadSanitizer: data race") != std::string::npos)
        return "raced";
    if (!WIFEXITED(outcome.status) || is_sanitizer_report(outcome.output))
        return "crashed";
    return "failed";
}

std::string json_text(const std::string &text)
{
    std::string out = "\"";
    for (char each : text) {
        unsigned char c = (unsigned char)each;
        char escaped[8];
        if (c == '"' || c == '\\') {
            out += '\\';
            out += each;
        } else if (c < 0x20) {
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
            out += escaped;
        } else {
            out += each;
        }
    }
    return out + '"';
}

/* For somebody who runs it by hand. */
void print_text(const std::string &name, const std::string &verdict,
                const std::string &where, const std::string &message,
                const std::string &output)
{
    printf("%s: %s %s\n", name.c_str(), verdict.c_str(), where.c_str());
    if (!message.empty())
        printf("%s\n", message.c_str());
    if (!output.empty())
        printf("It printed:\n%s\n", output.c_str());
}

void print(const std::string &name, const Outcome &outcome,
           const struct hole &hole)
{
    std::string verdict = verdict_of(outcome, hole);
    std::string message = outcome.messages;
    if (verdict == "hung")
        message += outcome.waiting;
    if (verdict == "crashed" && WIFSIGNALED(outcome.status))
        message += std::string("It was ended by the signal ") +
                   strsignal(WTERMSIG(outcome.status));
    std::string where;
    if (hole.line)
        where = std::string(hole.function) + ", " + hole.file + ":" +
                std::to_string(hole.line);
    if (isatty(STDOUT_FILENO)) {
        print_text(name, verdict, where, message, outcome.output);
        return;
    }
    printf("{\"test\": %s, \"verdict\": %s, \"where\": %s, \"message\": %s, "
           "\"output\": %s}\n",
           json_text(name).c_str(), json_text(verdict).c_str(),
           json_text(where).c_str(), json_text(message).c_str(),
           json_text(outcome.output).c_str());
    fflush(stdout);
}

std::vector<std::string> all_tests()
{
    std::vector<std::string> names;
    auto *unit = testing::UnitTest::GetInstance();
    for (int i = 0; i < unit->total_test_suite_count(); i++) {
        auto *suite = unit->GetTestSuite(i);
        for (int j = 0; j < suite->total_test_count(); j++)
            names.push_back(std::string(suite->name()) + "." +
                            suite->GetTestInfo(j)->name());
    }
    return names;
}

/* What is asked for: the tests whose names begin with one of the prefixes, or
 * all. */
struct Wish {
    int seconds = seconds_max;
    std::string behind; /* only those behind this one, which did not pass */
    std::vector<std::string> prefixes;
};

Wish read_wish(int argc, char **argv)
{
    static const char behind[] = "--behind=";
    Wish wish;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], behind, sizeof behind - 1) == 0)
            wish.behind = argv[i] + sizeof behind - 1;
        else if (sscanf(argv[i], "--seconds=%d", &wish.seconds) != 1)
            wish.prefixes.push_back(argv[i]);
    }
    return wish;
}

std::vector<std::string> wanted_tests(const Wish &wish)
{
    std::vector<std::string> names;
    bool open = wish.behind.empty();
    for (const std::string &name : all_tests()) {
        bool wanted = wish.prefixes.empty();
        for (const std::string &prefix : wish.prefixes)
            wanted = wanted || name.rfind(prefix, 0) == 0;
        if (open && wanted)
            names.push_back(name);
        open = open || name == wish.behind;
    }
    return names;
}

void add_option(const char *variable, const char *option)
{
    const char *old = getenv(variable);
    std::string all = old ? std::string(old) + ":" + option : option;
    setenv(variable, all.c_str(), 1);
}

/* To find the lines of a crash takes a sanitizer longer than most tests take,
 * and a learner looks at the first crash only. The rest of the tests are run by
 * this program begun anew, which does not look for lines. */
void go_on_behind(const std::string &name, const Wish &wish)
{
    std::vector<std::string> words = {
        "check", "--seconds=" + std::to_string(wish.seconds),
        "--behind=" + name};
    words.insert(words.end(), wish.prefixes.begin(), wish.prefixes.end());
    std::vector<char *> list;
    for (std::string &word : words)
        list.push_back(word.data());
    list.push_back(nullptr);
    add_option("ASAN_OPTIONS", "symbolize=0");
    add_option("TSAN_OPTIONS", "symbolize=0");
    execv("/proc/self/exe", list.data());
}

} // namespace

/* check [--seconds=N] [--behind=NAME] [PREFIX …] */
int main(int argc, char **argv)
{
    testing::InitGoogleTest(&argc, argv);
    void *shared = mmap(nullptr, sizeof(struct hole), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("check");
        return 1;
    }
    auto *hole = static_cast<struct hole *>(shared);
    your_code_report_to(hole);
    Wish wish = read_wish(argc, argv);
    bool all_passed = wish.behind.empty();
    for (const std::string &name : wanted_tests(wish)) {
        *hole = {};
        Outcome outcome = run_test(name, wish.seconds);
        if (outcome.hung)
            wish.seconds = seconds_then;
        else if (verdict_of(outcome, *hole) != std::string("passed"))
            wish.seconds = std::min(wish.seconds, seconds_behind_failed);
        print(name, outcome, *hole);
        all_passed =
            all_passed && verdict_of(outcome, *hole) == std::string("passed");
        if (wish.behind.empty() && is_sanitizer_report(outcome.output))
            go_on_behind(name, wish);
    }
    return all_passed ? 0 : 1;
}
