/* SPDX-License-Identifier: MIT */
/* Two clients side by side: each part beside its like, and nothing lost. */
#include "harness/diff/hops.h"
#include "support/program.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

static std::string text_of_file(const std::string &path)
{
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

static std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines;
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

/* A file of the sources, cut up. */
class Cut
{
  public:
    explicit Cut(const std::string &file)
        : path(std::string(WAITLAB_SOURCE_DIR) + "/" + file)
    {
        EXPECT_EQ(hops_add(&hops, path.c_str()), 0);
    }
    ~Cut()
    {
        hops_deinit(&hops);
    }
    Cut(const Cut &) = delete;

    std::string part(enum hop_part which) const
    {
        std::string text;
        const struct hop_lines &lines = hops.parts[which];
        for (size_t i = 0; i < lines.count; i++)
            text +=
                std::string(lines.list[i].text.data, lines.list[i].text.size) +
                "\n";
        return text;
    }
    bool has(enum hop_part which, const std::string &what) const
    {
        return part(which).find(what) != std::string::npos;
    }
    std::string path;
    struct hops hops = {};
};

TEST(Diff, AFunctionIsInThePartWhoseStepItTakes)
{
    Cut callbacks("callbacks/client.c");
    EXPECT_TRUE(callbacks.has(HOP_BEGIN,
                              "static void begin_hop(struct callback_"
                              "client *client)\n{"));
    EXPECT_TRUE(callbacks.has(HOP_RESOLVE, "static void looked_up("));
    EXPECT_TRUE(callbacks.has(HOP_CONNECT, "static void on_connected("));
    EXPECT_TRUE(callbacks.has(HOP_CONNECT, "static void connect_client("));
    EXPECT_TRUE(callbacks.has(HOP_TRANSFER, "static void on_ready("));
    EXPECT_TRUE(callbacks.has(HOP_END, "static void end_hop("));
    EXPECT_FALSE(callbacks.has(HOP_CONNECT, "static void on_ready("));
}

TEST(Diff, AFunctionThatTakesAllStepsIsCutWhereItAsksWhatIsNeeded)
{
    Cut hop("coroutines/hop.c");
    EXPECT_EQ(hop.part(HOP_CONNECT),
              "    while (call_need(call) == CALL_NEEDS_CONNECTION) {\n"
              "        client_call_connect(base);\n"
              "        CO_AWAIT(moment_next(&f->moment));\n"
              "        client_call_connected(base);\n"
              "    }\n");
    EXPECT_TRUE(hop.has(HOP_BEGIN, "static struct outcome hop("));
    EXPECT_EQ(hop.part(HOP_RESOLVE).find("    if (!client_call_use_kept(base)"),
              0u);
    EXPECT_TRUE(hop.has(HOP_TRANSFER, "client_call_receive(base);"));
    EXPECT_TRUE(hop.has(HOP_WAKE, "static void on_ready("));
}

/* There is no heading about a step: handlers are side by side. */
TEST(Diff, AHandlerOfAsyncoreIsInThePartWhoseStepItTakes)
{
    Cut client("nonblocking/asyncore_client.c");
    EXPECT_TRUE(client.has(HOP_BEGIN, "static void hop("));
    EXPECT_TRUE(client.has(HOP_RESOLVE, "static bool reach("));
    EXPECT_TRUE(client.has(HOP_CONNECT, "static int client_handle_connect("));
    EXPECT_TRUE(client.has(HOP_CONNECT, "static int start_connect("));
    EXPECT_TRUE(client.has(HOP_TRANSFER, "static int client_handle_read("));
    EXPECT_TRUE(client.has(HOP_TRANSFER, "static int client_handle_write("));
    EXPECT_TRUE(client.has(HOP_END, "static void check_end("));
    EXPECT_TRUE(client.has(HOP_WAKE, "static bool client_writable("));
    EXPECT_TRUE(client.has(HOP_WAKE, "static int pass("));
    EXPECT_TRUE(client.has(HOP_REST, "static int run_init("));
}

TEST(Diff, AStreamIsReadInTheTransfer)
{
    Cut client("coroutines/streams.c");
    EXPECT_TRUE(client.has(HOP_BEGIN, "static bool use_kept("));
    EXPECT_TRUE(client.has(HOP_RESOLVE, "client_call_look_up(base);"));
    EXPECT_EQ(client.part(HOP_CONNECT),
              "    while (call_need(call) == CALL_NEEDS_CONNECTION) {\n"
              "        base->watch.handle.run = on_ready;\n"
              "        client_call_connect(base);\n"
              "        CO_AWAIT(moment_next(&f->moment));\n"
              "        client_call_connected(base);\n"
              "    }\n");
    EXPECT_TRUE(client.has(HOP_TRANSFER, "static void write_all("));
    EXPECT_TRUE(client.has(HOP_TRANSFER, "CO_TRY_AWAIT(stream_read("));
    EXPECT_TRUE(client.has(HOP_END, "static bool keeps_stream("));
}

TEST(Diff, APageOfGeneratorsIsCutAndItsCallbacksStandBesideIt)
{
    Cut client("coroutines/generators.c");
    EXPECT_TRUE(client.has(HOP_BEGIN, "static struct outcome page("));
    EXPECT_TRUE(
        client.has(HOP_RESOLVE, "CO_YIELD(gen_task(&f->task, look_up, f));"));
    EXPECT_TRUE(client.has(HOP_RESOLVE, "static void look_up("));
    EXPECT_TRUE(client.has(HOP_CONNECT, "static void on_connected("));
    EXPECT_TRUE(client.has(HOP_TRANSFER, "static void on_ready("));
    EXPECT_EQ(client.part(HOP_END).find("        client_call_end_hop(base);"),
              0u);
}

/* Whatever is written in it is in one part, but for the headings. */
TEST(Diff, NoLineIsLostOfAnyClient)
{
    for (const char *file :
         {"blocking/worker.c", "nonblocking/conn.c",
          "nonblocking/asyncore_client.c", "nonblocking/uring_conn.c",
          "callbacks/client.c", "deferreds/client.c", "coroutines/tasks.c",
          "coroutines/hop.c", "coroutines/inline_client.c",
          "coroutines/generators.c", "coroutines/streams.c",
          "coroutines/greenlets.c"}) {
        Cut cut(file);
        size_t there = 0, written = 0;
        for (const struct hop_lines &lines : cut.hops.parts)
            there += hop_lines_count(&lines);
        for (const std::string &line : lines_of(text_of_file(cut.path)))
            written += line.find_first_not_of(' ') != std::string::npos &&
                       line.find("/* ---- ") != 0;
        EXPECT_EQ(there, written) << file;
    }
}

TEST(Diff, EachClientHasEachPart)
{
    for (const char *model :
         {"sequential", "epoll", "asyncore", "uring", "callbacks", "deferreds",
          "generators", "inline-callbacks", "tasks", "streams", "greenlets"}) {
        Ran ran = run({"diff", model, "tasks"});
        EXPECT_EQ(ran.code, 0) << ran.err;
        size_t counts = ran.out.find("\nlines ");
        ASSERT_NE(counts, std::string::npos);
        std::string table = ran.out.substr(counts);
        for (const char *part : {"resolve", "connect", "transfer"}) {
            std::stringstream row(
                table.substr(table.find("\n" + std::string(part))));
            std::string name;
            size_t left = 0, right = 0;
            row >> name >> left >> right;
            EXPECT_GT(left, 2u) << model << " " << name;
            EXPECT_GT(right, 2u) << model << " " << name;
        }
    }
}

TEST(Diff, IsInTwoColumnsAsWideAsItIsTold)
{
    Ran ran = run({"diff", "--width", "100", "callbacks", "tasks"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.err, "");
    for (const std::string &line : lines_of(ran.out))
        EXPECT_LE(line.size(), 100u) << line;
    Ran wide = run({"diff", "--width", "200", "callbacks", "tasks"});
    bool beside = false;
    for (const std::string &line : lines_of(wide.out))
        beside |=
            line.find("static void on_connected(") == 0 &&
            line.find("|     while (call_need(call) == CALL_NEEDS_CONN") !=
                std::string::npos;
    EXPECT_TRUE(beside) << wide.out;
}

TEST(Diff, ColoursWhereItWaitsOnATerminalOnly)
{
    auto forced = [] {
        unsetenv("NO_COLOR");
        setenv("CLICOLOR_FORCE", "1", 1);
    };
    auto refused = [] {
        setenv("CLICOLOR_FORCE", "1", 1);
        setenv("NO_COLOR", "1", 1);
    };
    std::vector<std::string> command = {"diff", "callbacks", "tasks"};
    EXPECT_EQ(run(command).out.find('\033'), std::string::npos);
    EXPECT_NE(
        run(command, forced)
            .out.find(
                "\033[33m        CO_AWAIT(moment_next(&f->moment));\033[0m"),
        std::string::npos);
    EXPECT_EQ(run(command, refused).out.find('\033'), std::string::npos);
}

TEST(Diff, ColoursWhichHandlersAsyncoreCalls)
{
    auto forced = [] {
        unsetenv("NO_COLOR");
        setenv("CLICOLOR_FORCE", "1", 1);
    };
    const std::string out =
        run({"diff", "--width", "200", "asyncore", "streams"}, forced).out;
    for (const char *line :
         {"    client->handle_read = client_handle_read;",
          "    int error = asyncore_loop(&run->map, timeout, true, 1);",
          "        CO_TRY_AWAIT(stream_read(f->stream, STREAM_LIMIT));"})
        EXPECT_NE(out.find("\033[33m" + std::string(line) + "\033[0m"),
                  std::string::npos)
            << line;
}

TEST(Diff, IsAPageOfHtmlIfThatIsWanted)
{
    char folder[] = "/tmp/waitlab_diff_XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    std::string path = std::string(folder) + "/diff.html";
    Ran ran = run({"diff", "--html", path, "callbacks", "tasks"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out, "");
    std::string page = text_of_file(path);
    size_t at = 0;
    for (const char *mark :
         {"<!DOCTYPE html>", "callbacks/client.c", "coroutines/hop.c",
          ">resolve (", "looked_up", ">connect (", "on_connected",
          "<mark>        CO_AWAIT(moment_next(&amp;f-&gt;moment));</mark>",
          ">transfer (", ">end (", "</html>"}) {
        at = page.find(mark, at);
        EXPECT_NE(at, std::string::npos) << mark;
    }
    EXPECT_EQ(page.find("f->moment"), std::string::npos);
    Ran nowhere =
        run({"diff", "--html", path + "/nowhere.html", "callbacks", "tasks"});
    EXPECT_EQ(nowhere.code, 1);
    EXPECT_EQ(nowhere.err.find("diff: --html " + path + "/nowhere.html: "), 0u);
    fs::remove_all(folder);
}

TEST(Diff, RefusesWhatMakesNoSense)
{
    const std::vector<std::string> wrong[] = {
        {"diff"},
        {"diff", "tasks"},
        {"diff", "tasks", "callbacks", "deferreds"},
        {"diff", "tasks", "nothing"},
        {"diff", "--width", "5", "tasks", "callbacks"},
    };
    for (const auto &arguments : wrong) {
        Ran ran = run(arguments);
        EXPECT_EQ(ran.code, 2) << arguments.back();
        EXPECT_EQ(ran.out, "");
        EXPECT_NE(ran.err, "");
    }
    Ran help = run({"diff", "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_EQ(help.out.find("usage: diff [options] MODEL MODEL\n"), 0u);
}
