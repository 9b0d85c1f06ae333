/* SPDX-License-Identifier: MIT */
/* Files that commands write: where they cannot be, and what is in their way. */
#include "harness/models.h"
#include "harness/origin/origin.h"
#include "support/in_child.h"
#include "support/program.h"

#include <algorithm>
#include <cjson/cJSON.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace
{

std::string read(const fs::path &path)
{
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

class Files : public testing::Test
{
  protected:
    void SetUp() override
    {
        struct origin_options options = {};
        ASSERT_EQ(origin_process_start(&origin, &options), 0);
        base = "http://127.0.0.1:" + std::to_string(origin.port);
        char name[] = "/tmp/waitlab-files-XXXXXX";
        folder = mkdtemp(name);
    }

    void TearDown() override
    {
        origin_process_stop(&origin);
        fs::remove_all(folder);
    }

    std::string in(const std::string &name) const
    {
        return folder + "/" + name;
    }

    /* How many requests of that run has the server read? */
    int requests_of(const std::string &run_name) const
    {
        Ran ran = run({"fetch", base + "/stats?run=" + run_name});
        std::unique_ptr<cJSON, decltype(&cJSON_Delete)> json(
            cJSON_Parse(ran.out.c_str()), cJSON_Delete);
        const cJSON *served = cJSON_GetObjectItem(json.get(), "served");
        return served ? served->valueint : 0;
    }

    /* One sentence that names the path, and nothing was asked of the server. */
    static void expect_refused(const std::string &path, const Ran &ran,
                               int code)
    {
        EXPECT_EQ(ran.code, code) << path;
        EXPECT_EQ(ran.out, "") << path;
        EXPECT_TRUE(contains(ran.err, path)) << ran.err;
        EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1)
            << ran.err;
    }

    std::vector<std::string> race(const std::string &out) const
    {
        return {"race",       "--out",    out, "--models",
                "sequential", "-n",       "2", "--delay",
                "1ms",        "--rounds", "1", "--no-chart"};
    }

    static std::vector<std::string> learn(const std::string &root,
                                          std::vector<std::string> words)
    {
        words.insert(words.begin(),
                     {"--root", root, "--lessons",
                      WAITLAB_SOURCE_DIR "/lessons", "--build", LEARN_BUILD});
        return words;
    }

    static std::vector<std::string> script(const std::string &name,
                                           std::vector<std::string> words)
    {
        words.insert(words.begin(), {"-B", WAITLAB_SOURCE_DIR "/" + name});
        return words;
    }

    /* In the place of those that reach other machines; what is called
     * "parallel" leaves a mark when it is to begin. */
    void make_tools_and_results() const
    {
        fs::create_directories(in("bin"));
        std::ofstream(in("bin/ssh")) << "#!/bin/sh\n";
        std::ofstream(in("bin/parallel"))
            << "#!/bin/sh\n[ \"$2\" != --version ] || exec echo GNU parallel\n"
            << "exec touch " << in("begun") << "\n";
        for (const char *tool : {"bin/ssh", "bin/parallel"})
            fs::permissions(in(tool), fs::perms::owner_all);
        std::ofstream(in("hosts")) << ":\n";
        std::ofstream(in("state")) << "predicted E0 1 yes\n";
        fs::copy(WAITLAB_SOURCE_DIR "/tests/harness/results_fixture.json",
                 in("results.json"));
    }

    void find_tools() const
    {
        setenv("PATH", (in("bin") + ":" + getenv("PATH")).c_str(), 1);
    }

    struct origin_process origin = {};
    std::string base, folder;
};

const char python[] = "/usr/bin/python3";

/* A command that writes a file of a name that is known before it begins. */
struct Writer {
    std::vector<std::string> words;
    std::string file;
    int code; /* where it cannot be written */
    std::string program = WAITLAB_PROGRAM;
};

} // namespace

TEST_F(Files, APlaceThatIsNotAFolderIsRefusedBeforeAnythingIsFetched)
{
    std::ofstream(in("plain")) << "text";
    std::ofstream(in("program")) << "#!/bin/sh\n";
    fs::permissions(in("program"), fs::perms::owner_all);
    for (std::string path :
         {in("plain"), in("program"), in("plain/below"), std::string("/proc/x"),
          std::string("/dev/null")}) {
        Ran ran = run({"fetch", "-o", path, base + "/bytes/10?run=refused"});
        expect_refused(path, ran, 8);
        expect_refused(path, run(race(path)), 2);
    }
    EXPECT_EQ(requests_of("refused"), 0);
    EXPECT_EQ(read(in("plain")), "text");
}

/* A folder or a pipe has the name that the file is to get. */
TEST_F(Files, ANameThatIsTakenIsRefusedBeforeAnythingIsDone)
{
    make_tools_and_results();
    ASSERT_EQ(run(learn(folder, {"start", "P0"}), {}, LEARN_PROGRAM).code, 0);
    const std::string out = in("out"), results = in("results.json"),
                      url = base + "/bytes/10?run=taken",
                      chart = "harness/chart/chart.py",
                      merge = "harness/room/merge.py",
                      handout = "lessons/print/handout.py",
                      slides = "lessons/print/slides.py";
    const std::vector<std::string> racing = {
        "race",       "--out", out, "--url",    url, "--models",
        "sequential", "-n",    "2", "--rounds", "1", "--no-chart"};
    const std::vector<std::string> timeline = {
        "timeline", "--model", "sequential", "-n", "2", "--out", out, url};
    const std::vector<Writer> writers = {
        {racing, "results.json", 2},
        {timeline, "timeline.html", 2},
        {timeline, "timeline.json", 2},
        {{"claims", "--tiny", "--json", out + "/k", "K3"}, "k", 1},
        {{"diff", "--html", out + "/d", "callbacks", "tasks"}, "d", 1},
        {learn(folder, {"check", "--junit", out + "/j"}), "j", 3,
         LEARN_PROGRAM},
        {learn(folder, {"check", "--gradescope", out + "/g"}), "g", 3,
         LEARN_PROGRAM},
        {script(chart, {results, "--only", "first,rate", "--out", out}),
         "rate.pdf", 1, python},
        {script(chart,
                {results, "--terminal", "--only", "first,rate", "--out", out}),
         "rate.gnuplot", 1, python},
        {script("harness/report/report.py", {results, "--out", out + "/r"}),
         "r", 1, python},
        {script(merge, {results, "--out", out}), "room.svg", 1, python},
        {script(merge, {results, in("state"), "--out", out}), "room-E0.pdf", 1,
         python},
        {script("harness/room/hosts.py",
                {"--hosts", in("hosts"), "--out", out}),
         "1.json", 1, python},
        {script("harness/room/hosts.py",
                {"--hosts", in("hosts"), "--out", out}),
         "room.png", 1, python},
        {script(handout, {"--html", "--out", out, "P0"}), "handout.html", 1,
         python},
        {script(handout, {"--out", out, "P0"}), "handout.pdf", 1, python},
        {script(slides, {"--html", "--out", out, "P0"}), "slides.html", 1,
         python},
    };
    for (auto &writer : writers)
        for (bool is_folder : {true, false}) {
            SCOPED_TRACE(writer.file + (is_folder ? "/" : "|"));
            const std::string path = out + "/" + writer.file;
            fs::create_directories(is_folder ? path : out);
            if (!is_folder) {
                ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
            }
            Ran ran = run(
                writer.words, [this] { find_tools(); }, writer.program);
            expect_refused(path, ran, writer.code);
            EXPECT_TRUE(is_folder ? fs::is_directory(path) : fs::is_fifo(path));
            EXPECT_EQ(std::distance(fs::directory_iterator(out), {}), 1);
            fs::remove_all(out);
        }
    EXPECT_EQ(requests_of("taken"), 0);
    EXPECT_FALSE(fs::exists(in("begun")));
}

/* As it is where a script has a variable that is not set. It is not the folder
 * where the command was started. */
TEST_F(Files, AnEmptyNameIsRefusedBeforeAnythingIsDone)
{
    make_tools_and_results();
    ASSERT_EQ(run(learn(folder, {"start", "P0"}), {}, LEARN_PROGRAM).code, 0);
    fs::create_directories(in("here"));
    const std::string results = in("results.json");
    const std::vector<Writer> writers = {
        {{"fetch", "-o", "", base + "/bytes/10?run=empty"}, "", 8},
        {race(""), "", 2},
        {{"timeline", "--model", "sequential", "-n", "2", "--out", ""}, "", 2},
        {{"claims", "--tiny", "--json", "", "K3"}, "", 1},
        {{"diff", "--html", "", "callbacks", "tasks"}, "", 1},
        {learn(folder, {"check", "--junit", ""}), "", 3, LEARN_PROGRAM},
        {learn(folder, {"check", "--gradescope", ""}), "", 3, LEARN_PROGRAM},
        {learn(folder, {"status", "--send", ""}), "", 1, LEARN_PROGRAM},
        {learn(folder, {"room", "", "--once"}), "", 1, LEARN_PROGRAM},
        {script("harness/chart/chart.py", {results, "--out", ""}), "", 2,
         python},
        {script("harness/report/report.py", {results, "--out", ""}), "", 2,
         python},
        {script("harness/room/merge.py", {results, "--out", ""}), "", 2,
         python},
        {script("harness/room/hosts.py", {"--hosts", in("hosts"), "--out", ""}),
         "", 2, python},
        {script("lessons/print/slides.py", {"--html", "--out", "", "P0"}), "",
         2, python},
        {script("lessons/print/handout.py", {"--html", "--out", "", "P0"}), "",
         2, python},
    };
    for (auto &writer : writers) {
        SCOPED_TRACE(writer.words[writer.program == python ? 1 : 0] + " " +
                     writer.words.back());
        Ran ran = run(
            writer.words,
            [this] {
                find_tools();
                if (chdir(in("here").c_str()))
                    _exit(126);
            },
            writer.program);
        expect_refused("", ran, writer.code);
        EXPECT_TRUE(fs::is_empty(in("here")));
    }
    EXPECT_EQ(requests_of("empty"), 0);
    EXPECT_FALSE(fs::exists(in("begun")));
}

TEST_F(Files, AFolderThatCanOnlyBeReadIsRefusedBeforeAnythingIsFetched)
{
    int code = in_child([&] {
        if (!small_disk(folder, "64k") ||
            mount(nullptr, folder.c_str(), nullptr, MS_REMOUNT | MS_RDONLY,
                  nullptr))
            return static_cast<int>(NOT_ALLOWED);
        expect_refused(folder,
                       run({"fetch", "-o", folder, base + "/?run=refused"}), 8);
        expect_refused(folder, run(race(folder)), 2);
        EXPECT_EQ(requests_of("refused"), 0);
        return Test::HasFailure() ? 1 : 0;
    });
    if (code == NOT_ALLOWED)
        GTEST_SKIP() << "this machine does not allow another file system";
    EXPECT_EQ(code, 0);
}

/* A folder has the name that the second page is to get. */
TEST_F(Files, APageThatWasNotSavedIsNotNamedAsSaved)
{
    fs::create_directories(in("pages/1-20/full"));
    std::vector<std::string> words = {"fetch", "-o", in("pages"),
                                      base + "/bytes/10", base + "/bytes/20"};
    Ran text = run(words);
    words.insert(words.begin() + 1, "--json");
    Ran json = run(words);
    for (auto &ran : {text, json}) {
        EXPECT_EQ(ran.code, 8);
        EXPECT_TRUE(contains(ran.out, in("pages/0-10"))) << ran.out;
        EXPECT_TRUE(
            contains(ran.err, in("pages/1-20") + " cannot be written: "))
            << ran.err;
    }
    EXPECT_FALSE(contains(text.out, "1-20")) << text.out;
    EXPECT_TRUE(contains(json.out, "\"file\":null")) << json.out;
    EXPECT_FALSE(contains(json.out, "\"file\":\"" + in("pages/1-20")))
        << json.out;
}

/* How many pages may be under way together, the one that cannot be saved among
 * them. The pools queue up to 33 for each worker. */
size_t most_under_way(const struct model *model, size_t concurrency)
{
    return (model->can & TAKES_AHEAD) ? 33 * concurrency : concurrency;
}

/* There is room for a few; none is begun after the first one for which there is
 * none. */
TEST_F(Files, AFullDiskEndsTheFetchInEveryModel)
{
    for (size_t i = 0; models[i]; i++) {
        for (size_t concurrency : {1, 4}) {
            if (models_why_not(models[i]) ||
                (concurrency > 1 && !(models[i]->can & CAN_OVERLAP)))
                continue;
            std::string at_once = std::to_string(concurrency);
            std::string name = models[i]->name + ("-" + at_once);
            SCOPED_TRACE(name);
            int code = in_child([&] {
                if (!small_disk(folder, "64k"))
                    return static_cast<int>(NOT_ALLOWED);
                Ran ran = run({"fetch", "--model", models[i]->name, "-n",
                               "1000", "-c", at_once, "-o", folder,
                               base + "/bytes/10000?run=" + name});
                EXPECT_EQ(ran.code, 8);
                EXPECT_TRUE(contains(ran.err, folder + "/")) << ran.err;
                EXPECT_TRUE(contains(ran.err, "No space left")) << ran.err;
                size_t saved = 0;
                for (auto &entry : fs::directory_iterator(folder)) {
                    EXPECT_EQ(entry.file_size(), 10000u) << entry.path();
                    saved++;
                }
                EXPECT_GT(saved, 0u);
                EXPECT_LE(static_cast<size_t>(requests_of(name)),
                          saved + most_under_way(models[i], concurrency));
                return Test::HasFailure() ? 1 : 0;
            });
            if (code == NOT_ALLOWED)
                GTEST_SKIP()
                    << "this machine does not allow another file system";
            EXPECT_EQ(code, 0);
        }
    }
}

TEST_F(Files, AFileThatMayNotGrowLeavesNoPartOfItself)
{
    Ran ran = run({"fetch", "-o", in("pages"), base + "/bytes/10000"}, [] {
        struct rlimit little = {1000, 1000};
        setrlimit(RLIMIT_FSIZE, &little);
    });
    EXPECT_EQ(ran.code, 8);
    EXPECT_TRUE(contains(ran.err, in("pages/0-10000"))) << ran.err;
    EXPECT_TRUE(fs::is_empty(in("pages")));
}

/* What such programs call a file while it grows can be guessed, with the number
 * of their process in it, and a link planted there. */
TEST_F(Files, ALinkThatWaitsForAFileIsNotFollowed)
{
    std::vector<std::string> finals = {"0-10", "results.json", "work/state"};
    std::ofstream(in("precious")) << "kept";
    fs::create_directories(in("work"));
    for (const std::string &name : finals)
        fs::create_symlink(in("precious"), in(name));
    auto plant = [this, finals] {
        std::string number = std::to_string(getpid());
        for (const std::string &name : finals)
            for (const std::string &behind :
                 {std::string(".new"), ".part" + number, "." + number,
                  ".new" + number, ".tmp" + number})
                symlink(in("precious").c_str(), in(name + behind).c_str());
        for (const char *before : {".new-", ".part", "work/.new-"})
            symlink(in("precious").c_str(), in(before + number).c_str());
    };
    std::vector<std::string> start = {
        "--root",  folder,      "--lessons", WAITLAB_SOURCE_DIR "/lessons",
        "--build", LEARN_BUILD, "start",     "P0"};
    EXPECT_EQ(run({"fetch", "-o", folder, base + "/bytes/10"}, plant).code, 0);
    EXPECT_EQ(run(race(folder), plant).code, 0);
    EXPECT_EQ(run(start, plant, LEARN_PROGRAM).code, 0);
    EXPECT_EQ(read(in("precious")), "kept");
    for (const std::string &name : finals)
        EXPECT_FALSE(fs::is_symlink(in(name))) << name;
    EXPECT_GT(std::distance(fs::directory_iterator(in("work")), {}), 5)
        << "nothing was planted";
}
