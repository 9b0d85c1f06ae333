/* SPDX-License-Identifier: MIT */
/* Output that is lost: every command, every model, every standard output that
 * takes less than it is given. */
#include "every_command.h"
#include "harness/models.h"
#include "support/in_child.h"
#include "support/program.h"
#include "support/sinks.h"

#include <cctype>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <ios>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace
{

/* The commands that a list names, one in each line that begins so. */
std::set<std::string> names_in(const std::string &list,
                               const std::string &beginning)
{
    std::stringstream in(list);
    std::set<std::string> names;
    for (std::string line, name; std::getline(in, line);)
        if (line.rfind(beginning, 0) == 0 && isalpha(line[beginning.size()]) &&
            std::stringstream(line.substr(beginning.size())) >> name)
            names.insert(name);
    return names;
}

class Output : public EveryCommand
{
  protected:
    std::vector<std::string> names_of_models() const
    {
        std::vector<std::string> names;
        for (size_t i = 0; models[i]; i++)
            if (!models_why_not(models[i]))
                names.push_back(models[i]->name);
        return names;
    }

    /* One sentence, and an exit code that says so. */
    void expect_told(const Call &call, const Sink &sink)
    {
        std::string file = folder + "/limited";
        SCOPED_TRACE(call.name + ":" + joined(call.words) + " to " + sink.name);
        static const std::string sentence = ": the output cannot be written: ";
        Ran ran = call_with(call, [&] { sink.become(file); });
        EXPECT_EQ(ran.code, call.code) << ran.err;
        size_t at = ran.err.find(sentence);
        EXPECT_NE(at, std::string::npos) << ran.err;
        EXPECT_EQ(ran.err.find(sentence, at + 1), std::string::npos) << ran.err;
        fs::remove(file);
    }

    void expect_told_of(const std::vector<Call> &calls)
    {
        for (auto &call : calls)
            for (auto &sink : sinks)
                expect_told(call, sink);
    }
};

} // namespace

/* The lists are the commands' own. */
TEST_F(Output, IsTriedOfEveryCommand)
{
    auto names_of = [](const std::vector<Call> &calls) {
        std::set<std::string> names;
        for (auto &call : calls)
            names.insert(call.name);
        return names;
    };
    std::set<std::string> waitlab = names_of(waitlab_calls()),
                          learn = names_of(learn_calls()),
                          scripts = names_of(python_calls());
    EXPECT_EQ(waitlab, names_in(run({"help"}).out, "  "));
    /* With what the learner has written these become the commands above. */
    learn.insert({"race", "fetch", "timeline"});
    learn.erase("--help");
    EXPECT_EQ(learn, names_in(run({"--help"}, {}, LEARN_PROGRAM).out, "  "));
    std::set<std::string> found;
    for (std::string part : {"harness", "lessons/print"})
        for (auto &entry : fs::recursive_directory_iterator(house + part)) {
            std::string line;
            std::ifstream file(entry.path());
            std::getline(file, line);
            if (entry.path().extension() == ".py" && line.rfind("#!", 0) == 0)
                found.insert(fs::relative(entry.path(), house));
        }
    EXPECT_EQ(scripts, found);
    std::set<std::string> all = waitlab;
    all.insert(learn.begin(), learn.end());
    for (auto &script : scripts)
        all.insert(fs::path(script).stem());
    /* What ./lab prints itself, front_door_test.cc tries. ctest prints what
     * test does, and says in its exit code how it went. */
    all.insert({"help", "talk", "setup", "fuzz", "test"});
    for (std::string page : {"help", "lessons"})
        for (auto &name :
             names_in(run({"help", page}, {}, house + "lab").out, "  ./lab "))
            EXPECT_EQ(all.count(name), 1u) << name;
}

TEST_F(Output, NoCommandOfWaitlabLosesItInSilence)
{
    expect_told_of(waitlab_calls());
}

TEST_F(Output, NoCommandOfLearnLosesItInSilence)
{
    expect_told_of(learn_calls());
}

TEST_F(Output, NoProgramInPythonLosesItInSilence)
{
    expect_told_of(python_calls());
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
    for (auto &sink : sinks) {
        expect_told({"serve", {"serve"}, 1}, sink);
        expect_told(
            {"room", learn(there, {"room", "--serve"}), 1, LEARN_PROGRAM},
            sink);
    }
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
        Ran ran =
            run_unblocked({"fetch", "--model", model, base + "/bytes/200000"});
        EXPECT_EQ(ran.code, 0) << model << ": " << ran.err;
        EXPECT_EQ(ran.out.size(), 200000u) << model;
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

/* Each program in Python says what it has to say by this module. */
TEST_F(Output, OfPythonThatIsClosedIsNotWrittenIntoAFile)
{
    const std::string file = folder + "/file";
    run(
        {"-B", "-c",
         "import os, sys\n"
         "sys.path.append(sys.argv[1])\n"
         "import files\n"
         "for _ in range(3):\n"
         "    os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT)\n"
         "files.say('lost')\n",
         house + "harness/chart", file},
        [] {
            for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
                close(fd);
        },
        python);
    EXPECT_TRUE(fs::exists(file));
    EXPECT_EQ(fs::file_size(file), 0u);
}
