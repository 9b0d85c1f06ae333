/* SPDX-License-Identifier: MIT */
/* Whatever the texts and numbers are, what is written as JSON, results.json for
 * one, is JSON. Each line of the input is a value, its first byte says of which
 * kind. */
#include "fuzz.h"

#include "base/buffer_stream.h"
#include "base/text.h"
#include "harness/json.h"
#include "harness/json_write.h"

#include <algorithm>
#include <cstring>
#include <vector>

static double number_of(const std::string &line)
{
    double number = 0;
    memcpy(&number, line.data() + 1, std::min(sizeof number, line.size() - 1));
    return number;
}

/* JSON has no other numbers. */
static bool is_finite(double number)
{
    return number - number == 0;
}

static void write_value(struct json_writer *json, const std::string &line,
                        const char *name)
{
    switch (line[0]) {
    case '{':
        json_write_object(json, name);
        json_write_text(json, line.c_str() + 1, "");
        json_write_end(json);
        break;
    case '#':
        json_write_real(json, name, number_of(line));
        break;
    case '+':
        json_write_seconds(json, name, static_cast<nanos>(line.size()));
        break;
    case '!':
        json_write_bool(json, name, line.size() > 1);
        break;
    default:
        json_write_text(json, name, line.c_str());
    }
}

static std::string write_all(const std::vector<std::string> &lines,
                             size_t depth)
{
    struct buffer out = {};
    FILE *stream = buffer_stream_open(&out);
    struct json_writer json = {};
    json.out = stream;
    json.lines = static_cast<unsigned>(depth);
    json_write_array(&json, nullptr);
    for (const std::string &line : lines)
        write_value(&json, line, nullptr);
    json_write_end(&json);
    fuzz_require(buffer_stream_close(stream) == 0, "it is written whole");
    std::string text(out.data, out.size);
    buffer_deinit(&out);
    return text;
}

static bool is_utf8(const std::string &text)
{
    struct slice rest = {text.data(), text.size()};
    uint32_t point;
    while (rest.size) {
        size_t size = text_character(rest, &point);
        if (!size)
            return false;
        rest.data += size;
        rest.size -= size;
    }
    return true;
}

static void check_value(const cJSON *item, const std::string &line)
{
    if (line[0] == '#' && is_finite(number_of(line)))
        fuzz_require(item->valuedouble == number_of(line),
                     "a number is read back the same");
    else if (line[0] == '#')
        fuzz_require(cJSON_IsNull(item), "what is not a number is null");
    else if (!strchr("{+!", line[0]) && is_utf8(line.c_str()))
        fuzz_require(!strcmp(item->valuestring, line.c_str()),
                     "a text is read back the same");
}

void fuzz_json(std::string_view input)
{
    std::vector<std::string> lines;
    while (!input.empty()) {
        lines.push_back(fuzz_line(&input));
        if (lines.back().empty())
            lines.pop_back();
    }
    std::string text = write_all(lines, lines.size() % 2);
    fuzz_require(is_utf8(text), "JSON is UTF-8");
    for (unsigned char c : text)
        fuzz_require(c >= ' ' || c == '\n', "no control character is left");
    cJSON *json = nullptr;
    fuzz_require(json_parse(&json, {text.data(), text.size()}) == 0,
                 "what is written is JSON");
    const cJSON *item = json ? json->child : nullptr;
    for (size_t i = 0; item && i < lines.size(); i++, item = item->next)
        check_value(item, lines[i]);
    fuzz_require(!item, "there is a value for each line");
    cJSON_Delete(json);
}
