/* SPDX-License-Identifier: MIT */
/* What every worker of every model did, from its beginning to its end. */
#include "harness/arguments.h"
#include "harness/models.h"
#include "harness/origin/origin.h"
#include "harness/timeline/run.h"
#include "support/program.h"

#include <algorithm>
#include <cjson/cJSON.h>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace fs = std::filesystem;

/* Each row is whole: no gap, nothing beyond the end, and so the sum of all
 * states is the span. */
static void expect_whole(const struct timeline &timeline)
{
    nanos sum = 0;
    for (int i = 0; i < ACTIVITY_COUNT; i++)
        for (bool threads : {false, true})
            sum +=
                timeline_sum(&timeline, threads, static_cast<enum activity>(i));
    EXPECT_EQ(sum, timeline.span * static_cast<nanos>(timeline.row_count));
    for (size_t i = 0; i < timeline.row_count; i++) {
        const struct row &row = timeline.rows[i];
        nanos at = 0;
        for (size_t j = 0; j < row.count; j++) {
            EXPECT_EQ(row.segments[j].from, at) << "row " << i;
            EXPECT_GT(row.segments[j].to, row.segments[j].from);
            at = row.segments[j].to;
        }
        EXPECT_EQ(at, timeline.span) << "row " << i;
    }
}

/* ---- real runs ---- */

enum { PAGES = 4, IN_FLIGHT = 2 };

class Recorded
{
  public:
    Recorded(const struct model *model, uint16_t port)
    {
        struct run_setting setting = {};
        std::string url =
            "http://127.0.0.1:" + std::to_string(port) + "/bytes/9";
        struct timeline_contestant contestant = {model->name, model,
                                                 WAITLAB_PROGRAM};
        setting.url = url.c_str();
        setting.concurrency = IN_FLIGHT;
        setting.requests = PAGES;
        setting.timeout = NEVER;
        setting.stop_fd = -1;
        struct drawn_run &run = drawn.runs[0];
        run.name = model->name;
        run.model = model;
        EXPECT_EQ(recording_init(&run.recording, &setting.recording, PAGES), 0);
        EXPECT_EQ(run_contestant(&contestant, &setting, &run.record), 0);
        EXPECT_STREQ(run.record.error, "");
        EXPECT_EQ(timeline_make(&run.timeline, &run.recording, PAGES), 0);
        drawn.count = 1;
        drawn.setting = "a test";
    }
    ~Recorded()
    {
        timeline_deinit(&drawn.runs[0].timeline);
        recording_deinit(&drawn.runs[0].recording);
    }
    Recorded(const Recorded &) = delete;

    const struct timeline &timeline() const
    {
        return drawn.runs[0].timeline;
    }
    std::string printed(void (*print)(const struct drawn *drawn,
                                      FILE *out)) const
    {
        char *text = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        print(&drawn, out);
        fclose(out);
        std::string all(text, size);
        free(text);
        return all;
    }

    struct drawn drawn = {};
};

class Timeline : public testing::Test
{
  protected:
    Timeline()
    {
        struct origin_options options = {};
        EXPECT_EQ(origin_process_start(&origin, &options), 0);
    }
    ~Timeline() override
    {
        origin_process_stop(&origin);
    }
    void each_model(const std::function<void(const Recorded &)> &look) const
    {
        for (size_t i = 0; models[i]; i++)
            if (!models_why_not(models[i])) {
                SCOPED_TRACE(models[i]->name);
                look(Recorded(models[i], origin.port));
            }
    }

    struct origin_process origin = {};
};

/* The states in which a page was, in their order, all rows together. */
static std::map<long, std::vector<enum activity>>
states_of_pages(const struct timeline &timeline)
{
    std::map<long, std::vector<enum activity>> pages;
    for (size_t i = 0; i < timeline.row_count; i++) {
        const struct row &row = timeline.rows[i];
        for (size_t j = 0; !row.is_thread && j < row.count; j++)
            if (row.segments[j].page != NO_PAGE)
                pages[row.segments[j].page].push_back(row.segments[j].activity);
    }
    return pages;
}

static void expect_pages(const struct timeline &timeline)
{
    auto pages = states_of_pages(timeline);
    EXPECT_EQ(pages.size(), static_cast<size_t>(PAGES));
    for (const auto &[page, states] : pages) {
        EXPECT_EQ(std::count(states.begin(), states.end(), ACTIVITY_WAITING), 1)
            << "page " << page;
        EXPECT_TRUE(std::is_sorted(states.begin(), states.end()))
            << "page " << page;
    }
    EXPECT_EQ(timeline_sum(&timeline, false, ACTIVITY_LOST), 0);
    EXPECT_EQ(timeline_sum(&timeline, false, ACTIVITY_RESOLVING), 0);
}

/* A page that another thread or process fetches goes there, and comes back. */
static void expect_arrows(const struct timeline &timeline,
                          const std::string &family)
{
    bool elsewhere = family == "threads" || family == "processes";
    size_t handed = 0;
    for (size_t i = 0; i < timeline.arrow_count; i++) {
        const struct arrow &arrow = timeline.arrows[i];
        handed += arrow.page != NO_PAGE;
        EXPECT_LE(arrow.from, arrow.to);
        EXPECT_NE(arrow.from_row, arrow.to_row);
    }
    EXPECT_EQ(handed, elsewhere ? 2u * PAGES : 0u);
}

static void expect_rows(const struct timeline &timeline,
                        const struct model &model)
{
    bool alone = !strcmp(model.name, "sequential");
    /* One of a pool may fetch all pages before another gets any. */
    bool pool = std::string(model.name).find("pool") != std::string::npos;
    size_t workers = timeline_workers(&timeline);
    size_t threads = timeline.row_count - workers;
    EXPECT_GE(workers, 1u);
    EXPECT_LE(workers, alone ? 1u : 1u * IN_FLIGHT);
    EXPECT_GE(threads, alone ? 0u : 1u);
    EXPECT_LE(threads, (alone ? 0u : 1u) + (pool ? IN_FLIGHT - workers : 0u));
    EXPECT_EQ(timeline_sum(&timeline, true, ACTIVITY_CALLBACK) > 0,
              !strcmp(model.family, "callbacks") ||
                  !strcmp(model.family, "deferreds") ||
                  !strcmp(model.family, "coroutines"));
}

/* Every bar of a row begins where the one before it ends: in the page too. */
static void expect_page(const std::string &page,
                        const struct timeline &timeline)
{
    static const std::regex bar(
        "<rect class=\"[a-z]+\" x=\"([0-9.]+)\" width=\"([0-9.]+)\"");
    std::stringstream lines(page);
    std::map<double, double> bars;
    size_t rows = 0;
    std::smatch match;
    for (std::string line; std::getline(lines, line);) {
        if (line == "<g class=\"row\">")
            bars.clear();
        if (std::regex_search(line, match, bar))
            bars[std::stod(match[1])] += std::stod(match[2]);
        if (line != "</g>" || bars.empty())
            continue;
        double at = 0;
        for (const auto &[x, width] : bars) {
            EXPECT_NEAR(x, at, 0.001);
            at = x + width;
        }
        EXPECT_NEAR(at, 1090, 0.01);
        bars.clear();
        rows++;
    }
    EXPECT_EQ(rows, timeline.row_count);
    EXPECT_EQ(page.find("src="), std::string::npos);
    EXPECT_EQ(page.find("@import"), std::string::npos);
    EXPECT_EQ(page.find("href="), std::string::npos);
}

/* ---- a small reader of Chrome's format ---- */

static double number_of(const cJSON *event, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(event, name);
    EXPECT_TRUE(cJSON_IsNumber(item)) << name;
    return item ? item->valuedouble : 0;
}

static std::string text_of(const cJSON *event, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(event, name);
    EXPECT_TRUE(cJSON_IsString(item)) << name;
    return item ? item->valuestring : "";
}

/* What is wrong with the trace; nothing if it is one. */
static void expect_trace(const std::string &text, size_t rows, size_t arrows)
{
    cJSON *trace = cJSON_Parse(text.c_str());
    ASSERT_TRUE(trace);
    std::map<double, std::vector<std::string>> open;
    std::map<double, double> clock, flows;
    size_t names = 0, ended = 0;
    const cJSON *event;
    cJSON_ArrayForEach(event,
                       cJSON_GetObjectItemCaseSensitive(trace, "traceEvents"))
    {
        std::string phase = text_of(event, "ph"), name = text_of(event, "name");
        double thread = number_of(event, "tid");
        EXPECT_EQ(number_of(event, "pid"), 1);
        if (phase == "M") {
            names += name == "thread_name";
            continue;
        }
        double when = number_of(event, "ts");
        if (phase == "B" || phase == "E") {
            EXPECT_GE(when, clock[thread]);
            clock[thread] = when;
        }
        if (phase == "B") {
            open[thread].push_back(name);
        } else if (phase == "E") {
            ASSERT_FALSE(open[thread].empty());
            EXPECT_EQ(open[thread].back(), name);
            open[thread].pop_back();
        } else if (phase == "s") {
            flows[number_of(event, "id")] = when;
        } else {
            ASSERT_EQ(phase, "f");
            ASSERT_TRUE(flows.count(number_of(event, "id")));
            EXPECT_GE(when, flows[number_of(event, "id")]);
            ended++;
        }
    }
    for (const auto &[thread, names_open] : open)
        EXPECT_TRUE(names_open.empty()) << "thread " << thread;
    EXPECT_EQ(names, rows);
    EXPECT_EQ(flows.size(), arrows);
    EXPECT_EQ(ended, arrows);
    cJSON_Delete(trace);
}

TEST_F(Timeline, EveryModelIsDrawnFromItsBeginningToItsEnd)
{
    each_model([](const Recorded &run) {
        const struct timeline &timeline = run.timeline();
        const struct model &model = *run.drawn.runs[0].model;
        expect_whole(timeline);
        expect_pages(timeline);
        expect_arrows(timeline, model.family);
        expect_rows(timeline, model);
        EXPECT_EQ(timeline.lost, 0u);
        expect_page(run.printed(drawn_print_page), timeline);
        expect_trace(run.printed(drawn_print_trace), timeline.row_count,
                     timeline.arrow_count);
    });
}

/* ---- made-up recordings ---- */

class MadeUp : public testing::Test
{
  protected:
    MadeUp()
    {
        int fd = -1;
        EXPECT_EQ(recording_init(&recording, &fd, PAGES), 0);
        EXPECT_EQ(ftruncate(fd, 0), -1) << "cut off, it would end its reader";
        close(fd);
    }
    ~MadeUp() override
    {
        timeline_deinit(&timeline);
        recording_deinit(&recording);
    }
    void begin(uint32_t rings, uint32_t events)
    {
        recording.layout.ring_count = rings;
        recording.layout.ring_size = events;
        recording_begin(&recording);
    }
    void end()
    {
        probes_end();
        ASSERT_EQ(timeline_make(&timeline, &recording, PAGES), 0);
        expect_whole(timeline);
    }
    static void mark(enum mark mark, size_t page)
    {
        probe(PROBE_MARK, mark, page, 1);
    }
    static void fetch(size_t page)
    {
        for (enum mark one : {MARK_START, MARK_RESOLVED, MARK_CONNECTED,
                              MARK_SENT, MARK_FIRST_BYTE, MARK_DONE})
            mark(one, page);
    }

    struct recording recording = {};
    struct timeline timeline = {};
};

TEST_F(MadeUp, WhatIsLostIsCountedAndDrawn)
{
    begin(4, 8);
    fetch(0);
    fetch(1);
    fetch(2);
    end();
    EXPECT_EQ(timeline.lost, 10u);
    ASSERT_EQ(timeline.row_count, 1u);
    EXPECT_EQ(timeline.rows[0].segments[0].activity, ACTIVITY_LOST);
    EXPECT_EQ(timeline_sum(&timeline, false, ACTIVITY_STARTING), 0);
}

/* A contestant may be any program. */
TEST_F(MadeUp, WhateverBytesAreLeftCanBeDrawn)
{
    const size_t head = reinterpret_cast<char *>(recording_probes(&recording)) -
                        reinterpret_cast<char *>(recording.memory);
    for (size_t size : {sizeof(uint64_t), head, head + 100, head + 5000})
        for (int byte : {0xff, 0x7f, 0x01}) {
            memset(recording.memory, byte, size);
            ASSERT_EQ(timeline_make(&timeline, &recording, PAGES), 0);
            expect_whole(timeline);
            for (uint32_t i = 0; i < recording.memory->name_count; i++)
                EXPECT_LT(strlen(recording.memory->names[i].text),
                          size_t{RECORDING_NAME_MAX});
            EXPECT_LE(recording.memory->name_count, +RECORDING_NAMES_MAX);
            timeline_deinit(&timeline);
        }
}

TEST_F(MadeUp, AThreadWithoutARingIsCounted)
{
    begin(1, 64);
    fetch(0);
    std::thread([] { fetch(1); }).join();
    end();
    EXPECT_EQ(timeline.lost_without_ring, 6u);
    EXPECT_EQ(timeline.lost, 6u);
    EXPECT_EQ(timeline.row_count, 1u);
}

TEST_F(MadeUp, AWorkerThatDiesInTheMiddleIsNotKnownFromThereOn)
{
    begin(1, 64);
    mark(MARK_START, 0);
    mark(MARK_RESOLVED, 0);
    end();
    ASSERT_EQ(timeline.row_count, 1u);
    const struct row &row = timeline.rows[0];
    EXPECT_EQ(row.segments[row.count - 1].activity, ACTIVITY_LOST);
}

TEST_F(MadeUp, ARedirectIsNotAnotherPage)
{
    begin(1, 64);
    for (enum mark one : {MARK_START, MARK_RESOLVED, MARK_CONNECTED, MARK_SENT,
                          MARK_FIRST_BYTE})
        mark(one, 0);
    fetch(0);
    end();
    EXPECT_EQ(timeline_sum(&timeline, false, ACTIVITY_LOST), 0);
    EXPECT_EQ(states_of_pages(timeline).size(), 1u);
}

TEST_F(MadeUp, AnAnswerThatComesBeforeAllIsSentIsRead)
{
    begin(1, 64);
    for (enum mark one : {MARK_START, MARK_RESOLVED, MARK_CONNECTED,
                          MARK_FIRST_BYTE, MARK_SENT, MARK_DONE})
        mark(one, 0);
    end();
    EXPECT_EQ(timeline_sum(&timeline, false, ACTIVITY_WAITING), 0);
}

TEST_F(MadeUp, OneThreadWakesTheOther)
{
    begin(2, 64);
    probe(PROBE_WAIT_BEGINS, PROBE_FOR_EVENTS, 0, 0);
    std::thread([] {
        probe(PROBE_WAIT_BEGINS, PROBE_FOR_THREAD, 0, 0);
        probe(PROBE_WAIT_ENDS, PROBE_FOR_THREAD, 0, 0);
        probe(PROBE_WAKES, 0, 0, 7);
        probe(PROBE_WAKES, 0, 0, 8); /* and another */
    }).join();
    probe(PROBE_WAIT_ENDS, PROBE_FOR_EVENTS, 1, 0);
    probe(PROBE_WOKEN, 0, 0, 7);
    end();
    ASSERT_EQ(timeline.row_count, 2u);
    ASSERT_EQ(timeline.arrow_count, 1u);
    EXPECT_EQ(timeline.arrows[0].from_row, 1u);
    EXPECT_EQ(timeline.arrows[0].to_row, 0u);
    EXPECT_EQ(timeline.arrows[0].page, NO_PAGE);
}

TEST_F(MadeUp, ACallbackInsideAnotherIsDrawnAsItself)
{
    begin(1, 64);
    probe(PROBE_RUN_BEGINS, 0, 0, 100);
    probe(PROBE_RUN_BEGINS, 0, 0, 200);
    probe(PROBE_RUN_ENDS, 0, 0, 0);
    probe(PROBE_RUN_ENDS, 0, 0, 0);
    end();
    std::vector<uint64_t> callbacks;
    const struct row &row = timeline.rows[0];
    for (size_t i = 0; i < row.count; i++)
        if (row.segments[i].activity == ACTIVITY_CALLBACK)
            callbacks.push_back(row.segments[i].callback);
    EXPECT_EQ(callbacks, (std::vector<uint64_t>{100, 200, 100}));
}

/* ---- the command ---- */

class TimelineCommand : public testing::Test
{
  protected:
    TimelineCommand()
    {
        char name[] = "/tmp/timeline_test.XXXXXX";
        folder = mkdtemp(name);
    }
    ~TimelineCommand() override
    {
        fs::remove_all(folder);
    }
    static void expect_refused(const std::vector<std::string> &arguments,
                               const std::string &why)
    {
        Ran ran = run(arguments);
        EXPECT_EQ(ran.code, 2);
        EXPECT_EQ(ran.out, "");
        EXPECT_NE(ran.err.find(why), std::string::npos) << ran.err;
    }

    std::string page_text() const
    {
        std::ifstream file(folder + "/timeline.html");
        std::stringstream page;
        page << file.rdbuf();
        return page.str();
    }

    std::string folder;
};

TEST(TimelineText, ALetterAndItsWordsStayInOneLine)
{
    struct drawn none = {};
    for (size_t width = 25; width <= 120; width++) {
        char *text = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        drawn_print_text(&none, width, out);
        fclose(out);
        std::istringstream lines(std::string(text, size));
        free(text);
        std::string line, all;
        while (std::getline(lines, line)) {
            EXPECT_LE(line.size(), width);
            all += line + "\n";
        }
        EXPECT_NE(all.find("- waiting"), std::string::npos) << all;
        EXPECT_NE(all.find("# running a callback"), std::string::npos) << all;
    }
}

TEST_F(TimelineCommand, DrawsTwoModelsOnOneAxis)
{
    Ran ran = run({"timeline", "--model", "callbacks", "--versus", "threads",
                   "-c", "2", "-n", "4", "--delay", "0", "--out", folder});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(std::regex_search(
        ran.out, std::regex("^callbacks: [0-9.]+ ms, pages: 4, workers: 2\n"
                            "threads: [0-9.]+ ms, pages: 4, workers: [12]\n"
                            "\nTo be opened: ")))
        << ran.out;
    const std::string text = page_text();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n') > 100, true);
    std::smatch first;
    std::regex span("data-span=\"([0-9.]+)\"");
    ASSERT_TRUE(std::regex_search(text, first, span));
    std::smatch second;
    std::string rest = first.suffix();
    ASSERT_TRUE(std::regex_search(rest, second, span));
    EXPECT_EQ(first[1], second[1]);
    EXPECT_TRUE(fs::exists(folder + "/timeline.json"));
}

TEST_F(TimelineCommand, AFailedPageIsDrawnAndTold)
{
    Ran ran = run({"timeline", "--model", "callbacks", "-c", "1", "-n", "1",
                   "--out", folder, "http://127.0.0.1:1/"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("refused"), std::string::npos) << ran.err;
    EXPECT_NE(page_text().find("1 page, at most 1 in flight"),
              std::string::npos);
}

TEST_F(TimelineCommand, RefusesWhatMakesNoSense)
{
    expect_refused({"timeline"}, "--model");
    expect_refused({"timeline", "--model", "nobody"}, "\"nobody\"");
    expect_refused({"timeline", "--model", "epoll", "--versus", "nobody"},
                   "--versus");
    expect_refused({"timeline", "--model", "epoll", "-c", "0"}, "'0'");
    expect_refused({"timeline", "--model", "epoll", "-n", "many"}, "'many'");
    expect_refused({"timeline", "--model", "epoll", "--delay", "61s"},
                   "'61s' is not a time of up to 60 seconds");
    expect_refused({"timeline", "--model", "epoll", "--delay", "soon"},
                   "'soon'");
    expect_refused({"timeline", "--model", "epoll", "--mine", "x"},
                   "MODEL=PROGRAM");
    expect_refused({"timeline", "--model", "epoll", "http://a/", "http://b/"},
                   "one URL");
    expect_refused(
        {"timeline", "--model", "epoll", "--out", "/proc/nowhere/at/all"},
        "--out");
}

TEST_F(TimelineCommand, HasHelp)
{
    Ran ran = run({"timeline", "--help"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.out.rfind("usage: timeline ", 0), 0u);
}
