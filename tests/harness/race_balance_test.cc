/* SPDX-License-Identifier: MIT */
/* What each costs, and that minus the base case, of runs that are made up. */
#include "base/buffer_stream.h"
#include "harness/json_write.h"
#include "harness/models.h"
#include "harness/race/balance.h"

#include <cjson/cJSON.h>
#include <cstdio>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>

class Balance : public testing::Test
{
  protected:
    Balance()
    {
        for (const char *name : {"sequential", "epoll"}) {
            struct contestant *contestant =
                &plan->contestants[plan->contestant_count++];
            contestant->name = name;
            contestant->model = models_find(name);
            contestant->size = client_size_unknown;
        }
    }

    ~Balance() override
    {
        ledger_deinit(&ledger);
    }

    const struct block *block(const char *name, size_t level, nanos delay)
    {
        struct block *made = &plan->blocks[plan->block_count++];
        made->name = name;
        made->level = level;
        made->delay = delay;
        made->rounds_done = 1;
        return made;
    }

    /* Of 1000 pages. */
    void ran(const char *model, const struct block *block, double cpu_s)
    {
        struct record record;
        record_init(&record);
        std::snprintf(record.model, sizeof record.model, "%s", model);
        std::snprintf(record.block, sizeof record.block, "%s", block->name);
        record.level = block->level;
        record.requests = record.finished = 1000;
        record.wall_s = 4;
        record.cpu_user_s = cpu_s;
        record.switches_voluntary = 500;
        record.switches_involuntary = 250;
        record.interrupts = 2000;
        ASSERT_EQ(ledger_add(&ledger, &record), 0);
    }

    static std::string printed(const std::function<void(FILE *)> &print)
    {
        struct buffer text = {};
        FILE *out = buffer_stream_open(&text);
        print(out);
        EXPECT_EQ(buffer_stream_close(out), 0);
        std::string said(text.data, text.size);
        buffer_deinit(&text);
        return said;
    }

    std::unique_ptr<struct plan> plan = std::make_unique<struct plan>();
    struct ledger ledger = {};
};

TEST_F(Balance, TakesTheBaseCaseFromABlockThatIsAlike)
{
    ran("sequential", block("fixed", 10, 0), 1);
    ran("sequential", block("wait", 20, NANOS_PER_MILLISECOND), 2);
    ran("epoll", block("cost", 100, NANOS_PER_MILLISECOND), 3);
    std::string text = printed([this](FILE *out) {
        struct json_writer json = {};
        json.out = out;
        json_write_object(&json, nullptr);
        balance_write(&json, plan.get(), &ledger);
        json_write_end(&json);
    });
    std::unique_ptr<cJSON, decltype(&cJSON_Delete)> json(
        cJSON_Parse(text.c_str()), cJSON_Delete);
    const cJSON *row =
        cJSON_GetArrayItem(cJSON_GetObjectItem(json.get(), "ledger"), 2);
    ASSERT_TRUE(row) << text;
    EXPECT_STREQ(cJSON_GetStringValue(cJSON_GetObjectItem(row, "base_block")),
                 "wait");
    auto figure = [row](const char *part, const char *name) {
        return cJSON_GetNumberValue(
            cJSON_GetObjectItem(cJSON_GetObjectItem(row, part), name));
    };
    EXPECT_DOUBLE_EQ(figure("page", "wall_s"), 0.004);
    EXPECT_DOUBLE_EQ(figure("page", "cpu_s"), 0.003);
    EXPECT_DOUBLE_EQ(figure("page", "wakeups"), 0.5);
    EXPECT_DOUBLE_EQ(figure("page", "interrupts"), 2);
    EXPECT_DOUBLE_EQ(figure("minus_base", "cpu_s"), 0.001);
    EXPECT_DOUBLE_EQ(figure("minus_base", "wakeups"), 0);
}

TEST_F(Balance, MarksWhatIsTooShortToBeQuoted)
{
    const struct block *own = block("own", 10, 0);
    ran("sequential", own, 2);
    ran("epoll", own, 0.1);
    std::string text =
        printed([this](FILE *out) { balance_print(out, plan.get(), &ledger); });
    EXPECT_NE(text.find(" 2000 "), std::string::npos) << text;
    EXPECT_NE(text.find(" ~100 "), std::string::npos) << text;
    EXPECT_NE(text.find(" ~−1900 "), std::string::npos) << text;
}
