/* SPDX-License-Identifier: MIT */
/* Output that is lost: every command, every model, every standard output that
 * takes less than it is given. */
#include "harness/models.h"
#include "harness/origin/origin.h"
#include "support/in_child.h"
#include "support/program.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <regex>
#include <string>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace
{

struct Command {
    std::string name; /* for a reader of what failed */
    std::vector<std::string> words;
    int code; /* when its output is lost */
    std::string program = WAITLAB_PROGRAM;
};

/* A standard output that does not take what it is given. */
struct Sink {
    const char *name;
    void (*become)(const std::string &file);
};

void full_device(const std::string &)
{
    dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
}

void closed(const std::string &)
{
    close(STDOUT_FILENO);
}

void limited_file(const std::string &file)
{
    struct rlimit little = {10, 10}, none = {0, 0};
    dup2(open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600),
         STDOUT_FILENO);
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &little);
}

/* And the signal that would end the program is ignored by the program that
 * started it. */
void abandoned_pipe(const std::string &)
{
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    if (pipe(ends))
        _exit(126);
    close(ends[0]);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
}

const Sink sinks[] = {
    {"a full device", full_device},
    {"closed", closed},
    {"a file with a limit", limited_file},
    {"a pipe that is not read any more", abandoned_pipe},
};

class Output : public testing::Test
{
  protected:
    void SetUp() override
    {
        struct origin_options options = {};
        ASSERT_EQ(origin_process_start(&origin, &options), 0);
        base = "http://127.0.0.1:" + std::to_string(origin.port);
        char name[] = "/tmp/waitlab-output-XXXXXX";
        folder = mkdtemp(name);
    }

    void TearDown() override
    {
        origin_process_stop(&origin);
        fs::remove_all(folder);
    }

    /* All that print something and end by themselves. */
    std::vector<Command> commands() const
    {
        return {
            {"help", {"help"}, 1},
            {"fetch --help", {"fetch", "--help"}, 8},
            {"fetch --list-models", {"fetch", "--list-models"}, 8},
            {"a page", {"fetch", base + "/bytes/100"}, 8},
            {"a large page", {"fetch", base + "/bytes/200000"}, 8},
            {"the fields of a page", {"fetch", "-I", base + "/"}, 8},
            {"many pages", {"fetch", "-n", "9", base + "/bytes/100"}, 8},
            {"lines of JSON",
             {"fetch", "--json", "-n", "9", base + "/bytes/100"},
             8},
            {"serve --help", {"serve", "--help"}, 1},
            {"race --help", {"race", "--help"}, 3},
            {"race",
             {"race", "--out", folder, "-n", "2", "--delay", "1ms", "--rounds",
              "1", "--models", "sequential", "--no-chart"},
             3},
            {"contestant",
             {"contestant", "--model", "sequential", "-c", "1", "-n", "1",
              "--url", base + "/bytes/10"},
             1},
            {"learn --help", {"--help"}, 1, LEARN_PROGRAM},
            {"list",
             {"--root", WAITLAB_SOURCE_DIR, "--build", LEARN_BUILD, "list"},
             1,
             LEARN_PROGRAM},
        };
    }

    std::vector<std::string> names_of_models() const
    {
        std::vector<std::string> names;
        for (size_t i = 0; models[i]; i++)
            if (!models_why_not(models[i]))
                names.push_back(models[i]->name);
        return names;
    }

    /* One sentence, and an exit code that says so. */
    void expect_told(const Command &command, const Sink &sink)
    {
        SCOPED_TRACE(command.name + " to " + sink.name);
        static const std::string sentence = ": the output cannot be written: ";
        std::string file = folder + "/limited";
        Ran ran = run(
            command.words, [&] { sink.become(file); }, command.program);
        EXPECT_EQ(ran.code, command.code) << ran.err;
        size_t at = ran.err.find(sentence);
        EXPECT_NE(at, std::string::npos) << ran.err;
        EXPECT_EQ(ran.err.find(sentence, at + 1), std::string::npos) << ran.err;
        fs::remove(file);
    }

    struct origin_process origin = {};
    std::string base, folder;
};

} // namespace

TEST_F(Output, NoCommandLosesItInSilence)
{
    for (auto &command : commands())
        for (auto &sink : sinks)
            expect_told(command, sink);
}

/* Larger than what stdio holds back, and smaller. */
TEST_F(Output, NoModelLosesAPageInSilence)
{
    for (auto &model : names_of_models())
        for (const char *size : {"1", "4095", "4096", "65536", "200000"})
            expect_told({model + ", " + size + " bytes",
                         {"fetch", "--model", model, base + "/bytes/" + size},
                         8},
                        sinks[0]);
}

TEST_F(Output, AServerWhoseAddressIsLostDoesNotServe)
{
    for (auto &sink : sinks)
        expect_told({"serve", {"serve"}, 1}, sink);
}

TEST_F(Output, ADiskThatIsFullInTheMiddleOfAPageIsTold)
{
    int code = in_child([&] {
        if (!small_disk(folder, "64k"))
            return static_cast<int>(NOT_ALLOWED);
        int file = open((folder + "/page").c_str(), O_WRONLY | O_CREAT, 0600);
        Ran ran = run({"fetch", base + "/bytes/200000"},
                      [&] { dup2(file, STDOUT_FILENO); });
        return ran.code == 8 &&
                       ran.err.find("No space left") != std::string::npos
                   ? 0
                   : 1;
    });
    if (code == NOT_ALLOWED)
        GTEST_SKIP() << "this machine does not allow another file system";
    EXPECT_EQ(code, 0);
}

/* The reader begins when no more goes into the pipe. */
TEST_F(Output, AllOfItArrivesThroughAPipeThatDoesNotBlock)
{
    for (auto &model : names_of_models()) {
        Program program({"fetch", "--model", model, base + "/bytes/200000"},
                        [] {
                            fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 4096);
                            fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
                        });
        int inside = 0;
        while (inside < 4096 && !ioctl(program.output(), FIONREAD, &inside))
            usleep(1000);
        EXPECT_EQ(program.wait(), 0) << model << ": " << program.err;
        EXPECT_EQ(program.out.size(), 200000u) << model;
    }
}

/* What a learner's state would be written into is not what a shell closed. */
TEST_F(Output, ThatIsClosedIsNotWrittenIntoAFile)
{
    std::string work = folder + "/work",
                lessons = WAITLAB_SOURCE_DIR "/lessons";
    run(
        {"--root", folder, "--lessons", lessons, "--build", LEARN_BUILD,
         "start", "P0"},
        [] { close(STDOUT_FILENO); }, LEARN_PROGRAM);
    std::ifstream file(work + "/state");
    std::string state((std::istreambuf_iterator<char>(file)), {});
    static const std::regex whole("at P0 1\nbegan P0 1 [0-9TZ:-]{20}\n");
    EXPECT_TRUE(std::regex_match(state, whole)) << state;
}
