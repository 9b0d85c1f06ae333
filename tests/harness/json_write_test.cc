// SPDX-License-Identifier: MIT
// Whatever is written is JSON, and a reader gets the same values.
#include "harness/json_write.h"

#include <cjson/cJSON.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

namespace
{

std::string written(const std::function<void(json_writer *)> &write,
                    unsigned lines = 0)
{
    char *text = nullptr;
    size_t size = 0;
    json_writer json = {};
    json.out = open_memstream(&text, &size);
    json.lines = lines;
    write(&json);
    fclose(json.out);
    std::string all(text, size);
    free(text);
    return all;
}

std::string text_as_json(const char *text)
{
    return written([text](json_writer *json) {
        json_write_array(json, nullptr);
        json_write_text(json, nullptr, text);
        json_write_end(json);
    });
}

TEST(JsonWrite, PutsMembersBetweenTheirEnds)
{
    auto write = [](json_writer *json) {
        json_write_object(json, nullptr);
        json_write_count(json, "a", UINT64_MAX);
        json_write_object(json, "b");
        json_write_end(json);
        json_write_array(json, "c");
        json_write_bool(json, nullptr, true);
        json_write_null(json, nullptr);
        json_write_text(json, nullptr, nullptr);
        json_write_end(json);
        json_write_seconds(json, "d", 1000000001);
        json_write_end(json);
    };
    EXPECT_EQ(written(write), "{\"a\":18446744073709551615,\"b\":{},"
                              "\"c\":[true,null,null],\"d\":1.000000001}\n");
    std::string lines = written(write, 1);
    EXPECT_NE(lines.find("\n \"b\": {},\n"), std::string::npos) << lines;
    cJSON *json = cJSON_Parse(lines.c_str());
    EXPECT_TRUE(cJSON_IsObject(json)) << lines;
    cJSON_Delete(json);
}

TEST(JsonWrite, EscapesWhatNoTextMayHold)
{
    EXPECT_EQ(text_as_json("a\"b\\c/\n\x1b[2J\x7f"),
              "[\"a\\\"b\\\\c/\\u000a\\u001b[2J\\u007f\"]\n");
    EXPECT_EQ(text_as_json("\xc2\x9b"), "[\"\\u009b\"]\n");
    EXPECT_EQ(text_as_json("a\u202eb\u061c"), "[\"a\\u202eb\\u061c\"]\n");
    EXPECT_EQ(text_as_json("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
              "[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"]\n");
}

TEST(JsonWrite, ReplacesBytesThatAreNotUtf8)
{
    for (const char *bad :
         {"\xff", "\xc3", "\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
          "\xf4\x90\x80\x80", "\xf0\x9f\x98"}) {
        std::string text = text_as_json((std::string(bad) + "x").c_str());
        EXPECT_NE(text.find("\xef\xbf\xbd"), std::string::npos) << text;
        EXPECT_NE(text.find("x\"]"), std::string::npos) << text;
    }
}

TEST(JsonWrite, KeepsNumbersAndHasNoneThatJsonLacks)
{
    for (double value :
         {0.1, 1e300, -2.5, 1.0 / 3, 5e-324, 12345678901234567.0}) {
        std::string text = written([value](json_writer *json) {
            json_write_array(json, nullptr);
            json_write_real(json, nullptr, value);
            json_write_end(json);
        });
        EXPECT_EQ(strtod(text.c_str() + 1, nullptr), value) << text;
    }
    EXPECT_EQ(written([](json_writer *json) {
                  json_write_array(json, nullptr);
                  json_write_real(json, nullptr, NAN);
                  json_write_real(json, nullptr, INFINITY);
                  json_write_end(json);
              }),
              "[null,null]\n");
}

} // namespace
