/* SPDX-License-Identifier: MIT */
/* Runs the checks of a lesson: each in a process of its own, so that one that
 * crashes or hangs is a finding and not the end. Prints lines of JSON:
 *
 *     {"wanted": 12}                  how many tests, before the first
 *     {"running": "Step1.Name"}       before each
 *     {"test": "Step1.Name", "verdict": "not-written",
 *      "where": "run_ready, loop.c:54", "message": "…", "output": "…",
 *      "said": "…"}                   behind it
 *     {"over": true}                  at the end: nothing is missing
 *
 * verdict: passed; failed; not-written, when a hole was reached; left, when its
 * process ended before the test did; crashed; raced, when the thread sanitizer
 * says so; hung; not-run. Behind one that has hung nothing is run any more.
 *
 * Its arguments are the beginnings of the names to run; none: all. With
 * --hung=NAME, the test that has hung the last time, that one is tried before
 * all others: if it hangs again, it is the only one that is told. With
 * --progress=FILE the name of the test that runs is there. With --here NAME
 * it runs that one test in its own process, for a debugger. */
#include "lessons/check/one_test.h"
#include "lessons/check/report.h"

#include "harness/json_write.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <csignal>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Found by the sanitizers. What happens in a line of the lab's own may have
 * been called by one of the learner's; and abort(), which an assert calls, is
 * an end that has a place. */
extern "C" const char *__ubsan_default_options()
{
    return "print_stacktrace=1";
}

extern "C" const char *__asan_default_options()
{
    return "handle_abort=1";
}

namespace
{

/* The last resort: checks bound themselves by turns and wake-ups before. The
 * same behind a failed check: on a busy machine a shorter time is up for a
 * check that would pass, and then that is told instead of the failure. Another
 * by --seconds=N. */
const int seconds_max = 10;

/* A NUL would end it: like all that is not UTF-8 it becomes U+FFFD. */
void write_text(struct json_writer &json, const char *name, std::string text)
{
    std::replace(text.begin(), text.end(), '\0', '\xff');
    json_write_text(&json, name, text.c_str());
}

void print(const std::string &name, const Outcome &outcome)
{
    struct json_writer json = {};
    json.out = stdout;
    json_write_object(&json, nullptr);
    write_text(json, "test", name);
    write_text(json, "verdict", outcome.verdict);
    write_text(json, "where", outcome.where);
    write_text(json, "message", outcome.message);
    write_text(json, "output", outcome.output);
    write_text(json, "said", outcome.said);
    json_write_end(&json);
    fflush(stdout);
}

/* Before each test: a program that waits for us may want to know for what; and
 * the file, in which there is only the one that runs. */
void print_running(const std::string &name, const std::string &progress)
{
    if (!progress.empty())
        std::ofstream(progress) << name;
    struct json_writer json = {};
    json.out = stdout;
    json_write_object(&json, nullptr);
    write_text(json, "running", name);
    json_write_end(&json);
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

/* The command line: the tests whose names begin with one of the prefixes, or
 * all. */
struct Wish {
    int seconds = seconds_max;
    std::string here;     /* this one only, in this process */
    std::string behind;   /* only those behind this one, which did not pass */
    std::string hung;     /* this one has hung the last time */
    std::string progress; /* a file that says how far it is */
    std::vector<std::string> prefixes;
};

Wish read_wish(int argc, char **argv)
{
    static const char behind[] = "--behind=", hung[] = "--hung=",
                      progress[] = "--progress=";
    Wish wish;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], behind, sizeof behind - 1) == 0)
            wish.behind = argv[i] + sizeof behind - 1;
        else if (strncmp(argv[i], hung, sizeof hung - 1) == 0)
            wish.hung = argv[i] + sizeof hung - 1;
        else if (strncmp(argv[i], progress, sizeof progress - 1) == 0)
            wish.progress = argv[i] + sizeof progress - 1;
        else if (strcmp(argv[i], "--here") == 0 && i + 1 < argc)
            wish.here = argv[++i];
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

void begin_anew(std::vector<std::string> words)
{
    std::vector<char *> list;
    for (std::string &word : words)
        list.push_back(word.data());
    list.push_back(nullptr);
    execv("/proc/self/exe", list.data());
}

/* To find the lines of a crash takes a sanitizer longer than most tests take,
 * and a learner looks at the first crash only. The rest of the tests are run by
 * this program begun anew, which does not look for lines. */
void go_on_behind(const std::string &name, const Wish &wish)
{
    std::vector<std::string> words = {
        "check", "--seconds=" + std::to_string(wish.seconds),
        "--behind=" + name};
    if (!wish.progress.empty())
        words.push_back("--progress=" + wish.progress);
    words.insert(words.end(), wish.prefixes.begin(), wish.prefixes.end());
    setenv("ASAN_OPTIONS", "symbolize=0", 1);
    setenv("TSAN_OPTIONS", "symbolize=0", 1);
    begin_anew(words);
}

/* What GoogleTest and the sanitizers read before main: with these, tests would
 * be left out, or errors overlooked. */
bool is_foreign(const char *variable)
{
    static const char *const foreign[] = {
        "GTEST_",        "TESTBRIDGE_",   "TEST_",         "XML_OUTPUT_FILE=",
        "ASAN_OPTIONS=", "LSAN_OPTIONS=", "TSAN_OPTIONS=", "UBSAN_OPTIONS=",
    };
    for (const char *name : foreign)
        if (strncmp(variable, name, strlen(name)) == 0)
            return true;
    return false;
}

/* Starts the program anew without these variables, if there are any. */
void leave_foreign_variables(int argc, char **argv)
{
    std::vector<std::string> names;
    for (char **variable = environ; *variable; variable++)
        if (is_foreign(*variable))
            names.emplace_back(*variable, strcspn(*variable, "="));
    for (const std::string &name : names)
        unsetenv(name.c_str());
    if (!names.empty())
        begin_anew(std::vector<std::string>(argv, argv + argc));
}

/* Does what has hung the last time hang again? Then that is told, and the
 * others were not waited for. Whatever else comes of it is told in its turn. */
bool still_hangs(const Wish &wish, const std::vector<std::string> &names,
                 struct report *report)
{
    if (std::find(names.begin(), names.end(), wish.hung) == names.end())
        return false;
    print_running(wish.hung, wish.progress);
    Outcome outcome = run_test(wish.hung, wish.seconds, report);
    if (outcome.verdict != "hung")
        return false;
    print(wish.hung, outcome);
    return true;
}

/* The exit code: 1 when any has not passed. */
int run_all(Wish wish, struct report *report)
{
    std::vector<std::string> names = wanted_tests(wish);
    bool all_passed = wish.behind.empty();
    if (wish.behind.empty())
        printf("{\"wanted\": %zu}\n", names.size());
    if (wish.behind.empty() && still_hangs(wish, names, report)) {
        printf("{\"over\": true}\n");
        return 1;
    }
    for (const std::string &name : names) {
        print_running(name, wish.progress);
        Outcome outcome = run_test(name, wish.seconds, report);
        print(name, outcome);
        if (outcome.verdict == "passed")
            continue;
        all_passed = false;
        if (outcome.verdict == "hung" || outcome.verdict == "not-run")
            break;
        if (wish.behind.empty() && !outcome.said.empty())
            go_on_behind(name, wish);
    }
    printf("{\"over\": true}\n");
    if (!wish.progress.empty())
        std::ofstream(wish.progress) << "";
    return all_passed ? 0 : 1;
}

} // namespace

/* check [--seconds=N] [--progress=FILE] [--hung=NAME] [--behind=NAME]
 * [--here NAME] [PREFIX …] */
int main(int argc, char **argv)
{
    /* Whatever comes of a test, what it has printed is seen. A stream that has
     * been written to before would keep a line of puts() to itself. */
    setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    /* If the tool that started it is killed, nothing reads the results any
     * more, so it ends. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    Wish wish = read_wish(argc, argv);
    if (wish.behind.empty())
        leave_foreign_variables(argc, argv);
    testing::InitGoogleTest(&argc, argv);
    void *shared = mmap(nullptr, sizeof(struct report), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("check");
        return 1;
    }
    auto *report = static_cast<struct report *>(shared);
    your_code_report_to(&report->hole);
    calls_report_to(report);
    if (!wish.here.empty())
        return run_test_here(wish.here, report);
    return run_all(wish, report);
}
