/* SPDX-License-Identifier: MIT */
/* TEACHING.md and the page of each lesson: what is made by a command is
 * there as the command says it now, and what is named is there. The pages that
 * are made for paper and projector. */
#include "folder.h"
#include "talk_rows.h"

#include "support/shell.h"

extern "C" {
#include "harness/json.h"
#include "lessons/tool/commands.h"
#include "lessons/tool/lesson.h"
}

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

namespace
{

std::string house_file(const std::string &path)
{
    struct buffer text = {};
    EXPECT_EQ(file_read(&text, "%s/%s", HOUSE_FOLDER, path.c_str()), 0) << path;
    return text_of(text);
}

struct Said {
    int status;
    std::string text, complaint;
};

/* A command of the learner's tool, of a learner who has not begun. */
Said lab(const std::string &line)
{
    Folder work;
    struct place place = {};
    place.lessons = LESSONS_FOLDER;
    place.work = work.path();
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    std::vector<char *> argv;
    for (std::string &word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    int argc = static_cast<int>(words.size());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    int status = words[0] == "agenda" ? agenda_main(&place, argc, argv.data())
                                      : notes_main(&place, argc, argv.data());
    std::string complaint = testing::internal::GetCapturedStderr();
    return {status, testing::internal::GetCapturedStdout(), complaint};
}

/* What is in a page between "begin text: ./lab COMMAND" and "end text"; and
 * between "begin lines" and "end lines", without its fences. */
struct Block {
    std::string command, text;
};

void add_blocks(const std::string &page, const std::string &kind,
                const std::string &fence, std::vector<Block> &blocks)
{
    const std::string begin = "<!-- begin " + kind + ": ./lab ";
    const std::string close = " -->\n" + fence;
    const std::string end = fence + "<!-- end " + kind + " -->";
    for (size_t at = 0; (at = page.find(begin, at)) != std::string::npos;) {
        at += begin.size();
        size_t text = page.find(close, at);
        size_t behind = page.find(end, text);
        ASSERT_NE(behind, std::string::npos) << page.substr(at, 40);
        std::string command = page.substr(at, text - at);
        text += close.size();
        blocks.push_back({command, page.substr(text, behind - text)});
    }
}

std::vector<Block> blocks_of(const std::string &page)
{
    std::vector<Block> blocks;
    add_blocks(page, "text", "", blocks);
    add_blocks(page, "lines", "```\n", blocks);
    return blocks;
}

class Teaching : public testing::Test
{
  protected:
    void SetUp() override
    {
        struct buffer why = {};
        ASSERT_EQ(lessons_load(&lessons, LESSONS_FOLDER, &why), 0);
        buffer_deinit(&why);
        pages.push_back("TEACHING.md");
        for (struct lesson **lesson = lessons; *lesson; lesson++)
            pages.push_back("lessons/" + std::string((*lesson)->name) +
                            "/TEACHING.md");
    }
    void TearDown() override
    {
        lessons_free(lessons);
    }

    bool has_wrong(const std::string &name) const
    {
        for (struct lesson **lesson = lessons; *lesson; lesson++)
            if (file_exists("%s/wrong/%s.c", (*lesson)->folder, name.c_str()))
                return true;
        return false;
    }

    struct lesson **lessons = nullptr;
    std::vector<std::string> pages;
};

} // namespace

TEST_F(Teaching, PagesSayWhatTheirCommandsSay)
{
    std::set<std::string> commands;
    for (const std::string &page : pages)
        for (const Block &block : blocks_of(house_file(page))) {
            Said said = lab(block.command);
            EXPECT_EQ(said.status, 0) << said.complaint;
            EXPECT_EQ(block.text, said.text)
                << ".ci/readme " << page << " '" << block.command << "'";
            commands.insert(block.command);
        }
    for (struct lesson **lesson = lessons; *lesson; lesson++)
        EXPECT_TRUE(commands.count("notes " + std::string((*lesson)->name)))
            << (*lesson)->name;
    for (const char *plan : {"agenda 3h", "agenda 1d", "agenda 2d"})
        EXPECT_TRUE(commands.count(plan)) << plan;
}

TEST_F(Teaching, NamesWhatIsThere)
{
    static const std::regex named(
        R"(\./lab (wrong|talk|start|reset) ([A-Za-z][A-Za-z0-9_.-]*))");
    const std::set<std::string> talks = rows_with_a_program();
    size_t count = 0;
    for (const std::string &page : pages) {
        const std::string text = house_file(page);
        for (std::sregex_iterator i(text.begin(), text.end(), named), end;
             i != end; ++i, count++) {
            const std::string what = (*i)[1], name = (*i)[2];
            if (what == "wrong") {
                EXPECT_TRUE(has_wrong(name)) << page << ": " << name;
            } else if (what == "talk") {
                EXPECT_TRUE(talks.count(name)) << page << ": " << name;
            } else {
                const struct lesson *lesson =
                    lessons_find(lessons, name.substr(0, 2).c_str());
                ASSERT_NE(lesson, nullptr) << page << ": " << name;
                EXPECT_LE(name.size() > 3 ? name[3] - '0' : 1, lesson->count)
                    << page << ": " << name;
            }
        }
    }
    EXPECT_GT(count, 30u);
}

TEST_F(Teaching, NotesAreOfALessonOrAStep)
{
    EXPECT_EQ(lab("notes").status, 2);
    EXPECT_EQ(lab("notes E9").status, 2);
    EXPECT_EQ(lab("notes --json").status, 2);
    Said step = lab("notes E0.2");
    EXPECT_EQ(step.status, 0);
    EXPECT_EQ(step.text.find("\n### E0.2"), 0u);
    EXPECT_EQ(step.text.find("E0.3"), std::string::npos);
}

/* ---- on paper, and on the wall ---- */

namespace
{

std::set<std::string> words_of(const std::string &text, const std::regex &word)
{
    std::set<std::string> words;
    for (std::sregex_iterator i(text.begin(), text.end(), word), end; i != end;
         ++i)
        words.insert((*i)[1]);
    return words;
}

/* Made by the command, without a browser; "" where there is no Python. */
std::string made(const std::string &name, const std::string &words)
{
    Folder folder;
    const std::string path = folder.path();
    Ran ran = shell("WAITLAB_NO_INSTALL=1 " HOUSE_FOLDER "/lab " + name +
                    " --html --out " + path + " " + words);
    if (ran.says("python3 makes the pages"))
        return "";
    EXPECT_EQ(ran.status, 0) << ran.text;
    struct buffer text = {};
    EXPECT_EQ(file_read(&text, "%s/%s.html", path.c_str(), name.c_str()), 0);
    return text_of(text);
}

} // namespace

TEST_F(Teaching, SlidesHaveAPageForEachStepWithItsQuestion)
{
    const std::string page = made("slides", "");
    if (page.empty())
        GTEST_SKIP() << "there is no python3";
    for (struct lesson **lesson = lessons; *lesson; lesson++)
        for (int i = 1; i <= (*lesson)->count; i++) {
            const std::string place =
                std::string((*lesson)->name) + "." + std::to_string(i);
            size_t begin = page.find("id='" + place + "'");
            ASSERT_NE(begin, std::string::npos) << place;
            const std::string slide =
                page.substr(begin, page.find("</section>", begin) - begin);
            bool asks = (*lesson)->steps[i].predict.question;
            EXPECT_EQ(slide.find("class=ask") != std::string::npos, asks)
                << place;
            EXPECT_NE(slide.find((*lesson)->steps[i].functions[0]),
                      std::string::npos)
                << place;
            EXPECT_EQ(slide.find("points'></div>"), std::string::npos) << place;
            /* Whatever the page's own marks were, they have been understood. */
            EXPECT_EQ(slide.find('`'), std::string::npos) << place;
            EXPECT_EQ(slide.find("**"), std::string::npos) << place;
        }
}

TEST_F(Teaching, TheHandoutHasTheCardsOfItsLessonsAndTheLoop)
{
    const std::string page = made("handout", "e2 P3");
    if (page.empty())
        GTEST_SKIP() << "there is no python3";
    EXPECT_NE(page.find("collect due timers"), std::string::npos);
    const std::string lab = house_file("lab"),
                      tell = house_file("lessons/tool/tell/tell.c");
    for (const std::string &command :
         words_of(page, std::regex("<tr><td><code>([a-z]+)")))
        EXPECT_NE(lab.find("  ./lab " + command), std::string::npos) << command;
    for (const std::string &message :
         words_of(page, std::regex("<tr><td><strong>([^<]{6,})")))
        EXPECT_NE(tell.find('"' + message + '"'), std::string::npos) << message;
    EXPECT_NE(page.find("EINPROGRESS"), std::string::npos);
    size_t first = page.find("P3 · "), second = page.find("E2 · ");
    EXPECT_LT(first, second);
    EXPECT_NE(second, std::string::npos);
    EXPECT_EQ(page.find("P4 · "), std::string::npos);
}

/* Races are kept where they were started, and that need not be the checkout. */
TEST_F(Teaching, SlidesAreMadeBesideTheResultsThatTheyShow)
{
    Folder folder;
    const std::string path = folder.path();
    Ran ran =
        shell("cd " + path +
              " && mkdir -p results/latest results/quick-1 && "
              "printf \"<svg id='quick'/>\" >results/quick-1/first.svg && "
              "echo '<svg/>' >results/latest/first.svg && "
              "WAITLAB_NO_INSTALL=1 " HOUSE_FOLDER "/lab slides E0 --html");
    if (ran.says("python3 makes the pages"))
        GTEST_SKIP() << "there is no python3";
    EXPECT_EQ(ran.text, "results/slides.html\n");
    struct buffer text = {};
    EXPECT_EQ(file_read(&text, "%s/results/slides.html", path.c_str()), 0);
    /* That of the quick race, although another one was the last. */
    EXPECT_NE(text_of(text).find("data:image/svg+xml;base64,"
                                 "PHN2ZyBpZD0ncXVpY2snLz4="),
              std::string::npos);
}

/* No colour that the charts do not have, but for greys. */
TEST_F(Teaching, PaperAndWallHaveTheColoursOfTheCharts)
{
    static const std::regex colour("#([0-9a-f]{3,6})\\b");
    const std::string palette = house_file("harness/chart/palette.py");
    for (const char *name : {"slides", "handout"}) {
        const std::string page = made(name, "P0");
        if (page.empty())
            GTEST_SKIP() << "there is no python3";
        const std::string style = page.substr(0, page.find("</style>"));
        const std::set<std::string> colours = words_of(style, colour);
        EXPECT_TRUE(colours.count("0072b2")) << name;
        for (const std::string &one : colours) {
            bool grey = one.find_first_not_of(one[0]) == std::string::npos;
            EXPECT_TRUE(grey || palette.find("#" + one) != std::string::npos)
                << name << ": #" << one;
        }
    }
}

TEST_F(Teaching, PaperAndWallSayWhatTheyDoNotUnderstand)
{
    for (auto &[words, sentence] :
         std::vector<std::pair<std::string, std::string>>{
             {"handout --answers",
              "handout: there is no option '--answers' (--help lists them)\n"},
             {"slides --out", "slides: --out wants a value\n"}}) {
        Ran ran = shell("WAITLAB_NO_INSTALL=1 " HOUSE_FOLDER "/lab " + words);
        if (ran.says("python3 makes the pages"))
            GTEST_SKIP() << "there is no python3";
        EXPECT_EQ(ran.status, 2);
        EXPECT_EQ(ran.text, sentence);
    }
}

/* ---- the container ---- */

/* One of what goes by several names, as libllhttp-dev/node-llhttp. */
TEST(Container, HasWhatSetupWouldInstallAndNoMore)
{
    std::set<std::string> there = words_of(
        house_file("Containerfile"), std::regex("\n {8}([a-z0-9.+-]+) \\\\"));
    Ran wanted = shell("cd " HOUSE_FOLDER
                       "; eval \"$(sed -n '/^packages_for()/,/^}/p' lab)\"; "
                       "sets=$(sed -n '/^run_setup()/,/^}/s/.*see_to[_a-z]* "
                       "\\([a-z]*\\).*/\\1/p' "
                       "lab); preset=release; for set in lessons $sets; "
                       "do packages_for $set; done");
    std::set<std::string> names =
        words_of("\n" + wanted.text, std::regex("\n-?([a-z0-9.+/-]+) "));
    EXPECT_GT(names.size(), 10u) << wanted.text;
    EXPECT_EQ(there.erase("ca-certificates"), 1u) << "git fetches by https";
    for (const std::string &name : names) {
        size_t found = 0;
        std::istringstream in(name);
        for (std::string one; std::getline(in, one, '/');)
            found += there.erase(one);
        EXPECT_EQ(found, 1u) << name;
    }
    EXPECT_TRUE(there.empty()) << *there.begin();
}

/* What Visual Studio Code reads is JSON, and leads to that file. */
TEST(Container, IsWhatTheEditorOpens)
{
    struct buffer text = {};
    cJSON *json = nullptr;
    ASSERT_EQ(
        file_read(&text, HOUSE_FOLDER "/.devcontainer/%s", "devcontainer.json"),
        0);
    ASSERT_EQ(json_parse(&json, buffer_slice(&text)), 0);
    const cJSON *build = cJSON_GetObjectItemCaseSensitive(json, "build");
    for (const char *name : {"dockerfile", "context"}) {
        const char *path = json_text(build, name);
        ASSERT_NE(path, nullptr) << name;
        EXPECT_TRUE(file_exists(HOUSE_FOLDER "/.devcontainer/%s", path))
            << path;
    }
    EXPECT_STREQ(json_text(build, "dockerfile"), "../Containerfile");
    cJSON_Delete(json);
    buffer_deinit(&text);
}
