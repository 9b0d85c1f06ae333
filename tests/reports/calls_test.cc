/* SPDX-License-Identifier: MIT */
/* What every command does when it is killed while it writes a file, when
 * signals come that its starter had ignored, and when standard output has no
 * room: at each system call by which it writes (support/preloaded_calls.c). */
#include "every_command.h"
#include "support/sinks.h"

#include <algorithm>
#include <csignal>
#include <map>
#include <set>
#include <sstream>

namespace
{

class Calls : public EveryCommand
{
  protected:
    /* All, and those that write files where they are asked to. */
    std::vector<Call> all_of_waitlab() const
    {
        std::vector<Call> all = waitlab_calls();
        all.push_back(
            {"claims",
             {"claims", "--tiny", "--json", there + "/claims.json", "K3"},
             1});
        all.push_back(
            {"diff",
             {"diff", "--html", there + "/diff.html", "callbacks", "tasks"},
             1});
        all.push_back(
            {"fetch", {"fetch", "-o", there, base + "/bytes/10000"}, 8});
        return all;
    }

    std::vector<Call> all_of_learn() const
    {
        std::vector<Call> all = learn_calls();
        all.push_back({"check",
                       learn(there, {"check", "--junit", there + "/junit.xml"}),
                       1, LEARN_PROGRAM});
        return all;
    }

    Ran call_seen(const Call &call, const char *variable,
                  const std::string &value, const Before &before = {})
    {
        return call_where_it_is(call, [&] {
            if (before)
                before();
            setenv("LD_PRELOAD", PRELOADED_CALLS_LIBRARY, 1);
            setenv(variable, value.c_str(), 1);
        });
    }

    using Words = std::multiset<std::string>;

    static Words words_of(const std::string &path)
    {
        std::ifstream file(path);
        Words words;
        for (std::string word; file >> word;)
            words.insert(word);
        return words;
    }

    /* The calls about files that it makes, in their order. */
    std::vector<std::string> made(const Call &call, const Before &before = {})
    {
        const std::string log = folder + "/log";
        fs::remove(log);
        call_seen(call, "CALLS_LOG", log, before);
        std::ifstream in(log);
        std::vector<std::string> names;
        for (std::string name; in >> name;)
            names.push_back(name);
        return names;
    }

    std::map<std::string, std::string> files() const
    {
        std::map<std::string, std::string> all;
        for (auto &entry : fs::recursive_directory_iterator(there))
            if (entry.is_regular_file()) {
                std::ifstream file(entry.path());
                std::stringstream text;
                text << file.rdbuf();
                all[entry.path()] = text.str();
            }
        return all;
    }

    /* The files are there from a call before. Only between its two names, when
     * it is whole, is a new file seen beside them. */
    void expect_old_files(const std::vector<Call> &calls)
    {
        int writers = 0;
        for (auto &call : calls) {
            if (call.before == at_terminal)
                continue; /* it would not end by itself */
            begin_anew();
            std::vector<std::string> names = made(call);
            if (!std::count(names.begin(), names.end(), "rename"))
                continue;
            writers++;
            /* Some do something else the second time. */
            bool repeats = made(call) == names;
            for (auto &name :
                 std::set<std::string>(names.begin(), names.end())) {
                SCOPED_TRACE(call.name + ":" + joined(call.words) + " at " +
                             name);
                if (!repeats)
                    begin_anew();
                auto before = files();
                EXPECT_EQ(call_seen(call, "CALLS_KILL", name).code, -SIGKILL);
                auto after = files();
                size_t between = 0;
                for (auto &[path, text] : after) {
                    between += path.find("/.new-") != std::string::npos;
                    EXPECT_EQ(path.find(".part"), std::string::npos) << path;
                }
                /* A race has written what it knew so far, whole, before it
                 * waits for the disk. */
                bool is_later = call.name == "race" && name == "fsync";
                for (auto &[path, text] : before)
                    EXPECT_TRUE(is_later || after[path] == text) << path;
                EXPECT_EQ(after.size(), before.size() + between);
                EXPECT_EQ(between, name == "rename" ? 1u : 0u);
                for (auto &[path, text] : after)
                    if (path.find("/.new-") != std::string::npos)
                        fs::remove(path);
            }
        }
        EXPECT_GE(writers, 4);
    }

    static auto lines(const Ran &ran)
    {
        return std::count(ran.out.begin(), ran.out.end(), '\n');
    }

    /* They come before each write, and what is started has them ignored, too.
     * The process of the command itself must have gone on after them; but for
     * the endless one, of which a child prints. Of a race it depends on the
     * machine how many lines there are. */
    void expect_to_go_on(const std::vector<Call> &calls)
    {
        const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
        const std::string signalled = folder + "/signalled",
                          itself = folder + "/itself";
        std::string numbers;
        for (int number : ignored)
            numbers += (numbers.empty() ? "" : ",") + std::to_string(number);
        for (auto &call : calls) {
            SCOPED_TRACE(call.name + ":" + joined(call.words));
            /* Without an end of its own, it ends when its output is lost. */
            bool endless = call.before == at_terminal;
            Ran usual = {call.code, "", ""};
            if (!endless)
                usual = call_with(call, {});
            begin_anew();
            fs::remove(signalled);
            Ran ran = call_seen(call, "CALLS_SIGNAL", numbers, [&] {
                setenv("CALLS_SIGNALLED", signalled.c_str(), 1);
                std::ofstream(itself) << getpid();
                for (int number : ignored)
                    signal(number, SIG_IGN);
                if (endless)
                    full_device("");
            });
            EXPECT_EQ(ran.code, usual.code) << ran.out << ran.err;
            EXPECT_TRUE(endless || call.name == "race" ||
                        lines(ran) == lines(usual))
                << usual.out << ran.out;
            const Words those = words_of(signalled);
            EXPECT_NE(those, Words{}) << "no signal was sent";
            for (auto &process : words_of(itself))
                EXPECT_TRUE(endless || those.count(process))
                    << "no signal was sent to it";
        }
    }

    /* Of a race it depends on the machine how many lines there are. */
    void expect_to_wait_for_room(const std::vector<Call> &calls)
    {
        const std::string busy = folder + "/busy";
        for (auto &call : calls) {
            if (call.before == at_terminal)
                continue; /* it would not end by itself */
            SCOPED_TRACE(call.name + ":" + joined(call.words));
            Ran usual = call_with(call, {});
            fs::remove(busy);
            begin_anew();
            Ran ran = call_seen(call, "CALLS_BUSY", busy);
            EXPECT_TRUE(fs::exists(busy)) << "no write was refused";
            EXPECT_EQ(ran.code, usual.code) << ran.err;
            EXPECT_EQ(ran.err.find("cannot be written"), std::string::npos)
                << ran.err;
            EXPECT_TRUE(call.name == "race" || lines(ran) == lines(usual))
                << usual.out << ran.out;
        }
    }
};

} // namespace

TEST_F(Calls, OfWaitlabKilledAtAnyOfThemLeavesOldFilesWhole)
{
    expect_old_files(all_of_waitlab());
}

TEST_F(Calls, OfLearnKilledAtAnyOfThemLeavesOldFilesWhole)
{
    expect_old_files(all_of_learn());
}

TEST_F(Calls, OfPythonKilledAtAnyOfThemLeavesOldFilesWhole)
{
    expect_old_files(python_calls());
}

TEST_F(Calls, OfWaitlabGoOnWhateverIgnoredSignalComes)
{
    expect_to_go_on(all_of_waitlab());
}

TEST_F(Calls, OfLearnGoOnWhateverIgnoredSignalComes)
{
    expect_to_go_on(all_of_learn());
}

TEST_F(Calls, OfPythonGoOnWhateverIgnoredSignalComes)
{
    expect_to_go_on(python_calls());
}

TEST_F(Calls, OfWaitlabWaitWhereStandardOutputHasNoRoom)
{
    expect_to_wait_for_room(waitlab_calls());
}

TEST_F(Calls, OfLearnWaitWhereStandardOutputHasNoRoom)
{
    expect_to_wait_for_room(learn_calls());
}

TEST_F(Calls, OfPythonWaitWhereStandardOutputHasNoRoom)
{
    expect_to_wait_for_room(python_calls());
}

/* The results of a race, how far a learner is, and what the machines of a room
 * have sent cannot be made again. */
TEST_F(Calls, PutOnTheDiskWhatCountsBeforeItHasItsName)
{
    begin_anew();
    const std::string bin = folder + "/bin", hosts = folder + "/hosts";
    std::ofstream(hosts) << ":\n";
    fs::create_directories(bin);
    std::ofstream(bin + "/ssh") << "#!/bin/sh\n";
    std::ofstream(bin + "/parallel")
        << "#!/bin/sh\n[ \"$2\" != --version ] || exec echo GNU parallel\n"
        << "exec cat " << results << "\n";
    for (std::string program : {"/ssh", "/parallel"})
        fs::permissions(bin + program, fs::perms::owner_all);
    const std::vector<Call> those = {
        {"race",
         {"race", "--out", there, "-n", "2", "--delay", "1ms", "--rounds", "1",
          "--models", "sequential", "--no-chart"},
         3},
        {"start", learn(there, {"start", "P0.2"}), 1, LEARN_PROGRAM},
        {"hosts",
         {"-B", house + "harness/room/hosts.py", "--hosts", hosts, "--out",
          there},
         1,
         python}};
    for (auto &call : those) {
        SCOPED_TRACE(call.name);
        std::vector<std::string> names = made(call, [&] {
            setenv("PATH", (bin + ":" + getenv("PATH")).c_str(), 1);
        });
        auto at = std::find(names.begin(), names.end(), "fsync");
        ASSERT_GT(names.end() - at, 2);
        EXPECT_EQ(at[1], "link");
        EXPECT_EQ(at[2], "rename");
    }
}
