/* SPDX-License-Identifier: MIT */
/* A room: what laptops leave in a folder or send, however odd it is, and what
 * is made of it. */
#include "terminal.h"

extern "C" {
#include "lessons/tool/learner/status_send.h"
#include "lessons/tool/lesson.h"
#include "lessons/tool/teacher/room_folder.h"
#include "lessons/tool/teacher/room_serve.h"
#include "lessons/tool/teacher/room_table.h"
}

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

namespace
{

/* What a laptop says that is at a step of E0. */
std::string status(const std::string &number, int step, int seconds,
                   const std::string &guess, const std::string &name = "")
{
    return R"({"laptop": ")" + number + "\", " +
           (name.empty() ? "" : R"("name": ")" + name + "\", ") +
           R"("at": {"lesson": "E0", "step": )" + std::to_string(step) +
           R"(, "seconds": )" + std::to_string(seconds) +
           R"(}, "lessons": [{"name": "E0", "steps": [{"step": )" +
           std::to_string(step) +
           R"(, "passed": false, "hints": 2, "guess": ")" + guess + "\"}]}]}";
}

const char ann[] = "a1a100000000000a", bob[] = "b2b200000000000b",
           eve[] = "e3e300000000000e";

class Room : public testing::Test
{
  protected:
    ~Room() override
    {
        room_deinit(&room);
    }

    /* "", or what is said against it. */
    std::string take(const char *key, const std::string &text)
    {
        const char *why = "";
        return room_take(&room, key, {text.data(), text.size()}, NOW, &why)
                   ? why
                   : "";
    }

    std::string table(int rows = 0)
    {
        struct lesson **lessons = nullptr;
        struct buffer why = {}, text = {};
        EXPECT_EQ(lessons_load(&lessons, LESSONS_FOLDER, &why), 0);
        struct room_view view = {&room, lessons, NOW, 80, rows, nullptr, 0};
        room_append(&view, &text);
        lessons_free(lessons);
        return text_of(text);
    }

    std::string complaints() const
    {
        return {room.complaints.data ? room.complaints.data : "",
                room.complaints.size};
    }

    static constexpr nanos NOW = 1000 * NANOS_PER_SECOND;
    struct room room = {};
};

/* The tool's folder; what `status` says goes into room/. */
class RoomCommand : public testing::Test
{
  protected:
    void SetUp() override
    {
        tool.shell("mkdir -p work room && echo 'at X1 1' >work/state");
    }

    Tool tool;
};

} // namespace

TEST_F(Room, ShowsStepsWhoIsStuckAndGuesses)
{
    EXPECT_EQ(take(ann, status(ann, 2, 30 * 60 + 1, "The timer.", "Ann")), "");
    EXPECT_EQ(take(bob, status(bob, 2, 60, "the  timer")), "");
    EXPECT_EQ(take(eve, status(eve, 1, 0, "b")), "");
    EXPECT_EQ(take("x.json", R"({"at": null})"), "");
    EXPECT_EQ(
        table(),
        "4 laptops, 1 stuck (!): more than 2 times a step's minutes\n\n"
        "  -     nothing begun                  1  #\n"
        "  E0.1  the ready queue                1  #\n"
        "  E0.2  timers, and taking back        2  ##  1 stuck\n\n"
        "  Ann            E0.2  30 min! 2 hints  laptop e3e3    E0.1   0 min  "
        "2 hints\n"
        "  laptop b2b2    E0.2   1 min  2 hints  laptop d269    -          ?  "
        "       \n\n"
        "E0.2, 2 guesses: One handle is to be called at once by timer "
        "(loop_call_at,\nnow), then another by loop_call_soon. Which one runs "
        "first?\n"
        "    2 ##                    The timer.\n");
}

TEST_F(Room, TakesWhatIsOddForWhatItIs)
{
    const std::string not_json = "it is not JSON, or only half of it";
    EXPECT_EQ(take("a", ""), not_json);
    EXPECT_EQ(take("a", status(ann, 1, 1, "b").substr(0, 50)), not_json);
    EXPECT_EQ(take("a", std::string(100000, '[')), not_json);
    EXPECT_EQ(take("a", "[1]"), "it is not what ./lab status --json prints");
    EXPECT_EQ(take("a", std::string(LAPTOP_TEXT_MAX + 1, ' ')),
              "it is too large");
    for (const char *at :
         {"7", "{}", R"({"lesson": 1, "step": 1})",
          R"({"lesson": "E0", "step": 0})", R"({"lesson": "E0", "step": 1e9})",
          R"({"lesson": "E0", "step": "1"})"})
        EXPECT_EQ(take("a", R"({"at": )" + std::string(at) + "}"),
                  "it does not say where it is")
            << at;
    EXPECT_EQ(room.count, 0u);
    /* Lessons that there are not, times that are none, names that would move
     * the cursor. */
    EXPECT_EQ(take("a", R"({"name": "\u001b[2J\u0007a name too long to show",)"
                        R"("at": {"lesson": "X\n", "step": 9, "seconds": -5},)"
                        R"("lessons": {"a": [1, null, {"steps": 7}]}})"),
              "");
    EXPECT_EQ(take("b", R"({"at": {"lesson": "E0", "step": 16,)"
                        R"("seconds": 1e300}, "lessons": [{"name": 4}, 5]})"),
              "");
    std::string shown = table();
    EXPECT_NE(shown.find("  and 2 more at other steps\n"), std::string::npos)
        << shown;
    EXPECT_NE(shown.find("\\x1b[2J\\x07a n X\\x0a.9"), std::string::npos)
        << shown;
    EXPECT_NE(shown.find(" E0.16   30 d"), std::string::npos) << shown;
}

TEST_F(Room, ARowHoldsWhateverNamesThereAre)
{
    std::string wide, marks = "e";
    for (int i = 0; i < 40; i++) {
        wide += "\u540d";
        marks += "\u0301";
    }
    EXPECT_EQ(take("a", status(ann, 1, 1, "x", wide)), "");
    EXPECT_EQ(take("b", status(ann, 1, 2, "x", marks)), "");
    EXPECT_EQ(take(ann, status(ann, 1, 3, "x", "   ")), "");
    std::string shown = table();
    EXPECT_NE(shown.find("  \u540d\u540d\u540d\u540d\u540d\u540d\u540d E0.1 "),
              std::string::npos)
        << shown;
    EXPECT_NE(shown.find("  laptop "), std::string::npos) << shown;
}

TEST_F(Room, TakesNoMoreMemoryThanItHasLaptops)
{
    std::string guesses = R"({"at": null, "lessons": [)";
    for (int i = 0; i < 500; i++)
        guesses += R"({"name": "E0", "steps": [{"step": 1, "guess": ")" +
                   std::string(200, 'x') + "\"}]},";
    EXPECT_EQ(take("a", guesses + "{}]}"), "");
    EXPECT_LT(room.laptops[0].guesses.size, 10000u);
    for (int i = 1; i < ROOM_LAPTOPS; i++)
        EXPECT_EQ(take(std::to_string(i).c_str(), R"({"at": null})"), "");
    EXPECT_EQ(take("one more", R"({"at": null})"), "the room is full");
    EXPECT_EQ(take("1", status(ann, 1, 1, "again")), "");
    EXPECT_EQ(room.count, static_cast<size_t>(ROOM_LAPTOPS));
    std::string shown = table(24);
    EXPECT_LT(std::count(shown.begin(), shown.end(), '\n'), 24);
}

TEST_F(Room, ReadsAFolderWhateverLiesInIt)
{
    Folder folder;
    std::string path = folder.path();
    auto write = [&](const std::string &name, const std::string &text) {
        file_write({text.data(), text.size()}, "%s/%s", path.c_str(),
                   name.c_str());
    };
    write(std::string(ann) + ".json", status(ann, 1, 60, "b"));
    write("notes.txt", "no");
    write(".hidden.json", "no");
    EXPECT_EQ(room_read_folder(&room, path.c_str()), 0);
    EXPECT_EQ(room.count, 1u);
    EXPECT_EQ(complaints(), "");
    /* It is being written; and others are none at all. */
    write(std::string(ann) + ".json", "{\"at\":");
    write("a\033[2Jb.json", "x");
    shell("cd " + path +
          " && mkfifo pipe.json && mkdir folder.json && "
          "ln -s nowhere lost.json && touch " +
          std::string(100, 'n') + ".json");
    EXPECT_EQ(room_read_folder(&room, path.c_str()), 0);
    EXPECT_EQ(room.count, 1u);
    EXPECT_EQ(room.laptops[0].step, 1);
    EXPECT_EQ(room.complaint_count, 6u) << complaints();
    EXPECT_EQ(complaints().find('\033'), std::string::npos) << complaints();
    /* A clock that goes wrong, and a laptop that is gone. */
    write("late.json", status(bob, 2, 60, "c"));
    shell("cd " + path + " && touch -d 2099-01-01 late.json && rm " + ann +
          ".json");
    EXPECT_EQ(room_read_folder(&room, path.c_str()), 0);
    ASSERT_EQ(room.count, 1u);
    EXPECT_STREQ(room.laptops[0].key, "late.json");
    EXPECT_EQ(laptop_seconds(&room.laptops[0], room.laptops[0].said), 60);
    EXPECT_EQ(room_read_folder(&room, "/nowhere"), -ENOENT);
}

/* A server in this process, and laptops in another thread of it. */
TEST_F(Room, IsToldByPostsWithItsToken)
{
    struct loop *loop = nullptr;
    struct room_server server;
    ASSERT_EQ(loop_new(&loop, &poll_selector, &monotonic_clock), 0);
    EXPECT_EQ(room_server_open(&server, &room, loop, "nowhere", 0), -EINVAL);
    ASSERT_EQ(room_server_open(&server, &room, loop, "127.0.0.1", 0), 0);
    EXPECT_EQ(std::string(room_server_heard(&server)).find("on this machine"),
              0u);
    char url[128];
    room_server_url(&server, url, sizeof url);
    std::string right = url, wrong = right;
    wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
    std::atomic<bool> over{false};
    std::string said;
    std::thread laptops([&] {
        for (const auto &[where, text] :
             {std::pair<std::string, std::string>{right, status(ann, 2, 9, "")},
              {wrong, status(bob, 1, 9, "")},
              {right, "{"},
              {right, status("not a number", 1, 9, "")},
              {right, std::string(2 * LAPTOP_TEXT_MAX, ' ')},
              {right, status(ann, 3, 9, "")}}) {
            struct buffer why = {};
            status_post(where.c_str(), {text.data(), text.size()}, &why);
            said += text_of(why) + "\n";
        }
        over = true;
    });
    struct Look {
        struct handle handle;
        struct loop *loop;
        std::atomic<bool> *over;
    } look = {{}, loop, &over};
    look.handle.run = [](struct handle *handle) {
        Look *self = reinterpret_cast<Look *>(handle);
        if (*self->over)
            loop_stop(self->loop);
        else
            loop_call_at(self->loop, handle,
                         monotonic_now() + NANOS_PER_MILLISECOND);
    };
    loop_call_soon(loop, &look.handle);
    EXPECT_EQ(loop_run(loop), 0);
    laptops.join();
    EXPECT_EQ(said, "\n"
                    "the room answers 404: There is no such room.\n"
                    "the room answers 400: it does not say which laptop it is\n"
                    "the room answers 400: it does not say which laptop it is\n"
                    "the room answers 413: the body is larger than the limit\n"
                    "\n");
    ASSERT_EQ(room.count, 1u);
    EXPECT_STREQ(room.laptops[0].key, ann);
    EXPECT_EQ(room.laptops[0].step, 3);
    EXPECT_EQ(server.refused, 3u);
    room_server_close(&server, loop);
    loop_free(loop);
}

TEST_F(RoomCommand, ReadsWhatStatusLeaves)
{
    tool.shell("echo 'predicted X1 1 sixty' >>work/state && "
               "date -u +'began X1 1 %Y-%m-%dT%H:%M:%SZ' >>work/state");
    EXPECT_EQ(tool.run("status --send room --name Ann").text,
              "Sent, as Ann.\n");
    Ran ran = tool.run("status --send room --name Ann; ls room | wc -l");
    EXPECT_TRUE(ran.says("Sent, as Ann.\n1\n")) << ran.text;
    ran = tool.run("room room --once");
    EXPECT_EQ(ran.status, 0);
    for (const char *words : {"1 laptop\n", "X1.1  every page", "  Ann  ",
                              "X1.1, 1 guess: ", "  sixty\n"})
        EXPECT_TRUE(ran.says(words)) << words << "\n" << ran.text;
    EXPECT_EQ(tool.run("status --send nowhere").status, 1);
    EXPECT_TRUE(tool.run("status --send 127.0.0.1:1/abc")
                    .says("No such file or directory (a URL begins with "
                          "http://)"));
    EXPECT_TRUE(tool.run("status --send https://127.0.0.1:1/abc")
                    .says("the URL does not start with http://"));
    EXPECT_TRUE(tool.run("status --send gopher://127.0.0.1:1/abc")
                    .says("the URL does not start with http://"));
    for (const char *words :
         {"room", "room --serve room", "room room --port 1", "room --port x",
          "status --name Ann", "status --every 3", "room room --predict X9"})
        EXPECT_EQ(tool.run(words).status, 2) << words;
}

TEST_F(RoomCommand, IsLookedAtUntilCtrlC)
{
    tool.run("status --send room");
    Terminal terminal(tool, 24, 80, "room", tool.path("room").c_str());
    EXPECT_TRUE(terminal.says("1 laptop")) << terminal.said;
    EXPECT_TRUE(terminal.says("Ctrl-C ends it")) << terminal.said;
    terminal.press(3);
    EXPECT_EQ(terminal.wait(), 0);
    EXPECT_TRUE(terminal.echoes());
}
