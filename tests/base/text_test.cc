/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>

namespace
{

std::string take(struct buffer &buffer)
{
    std::string text(buffer.data ? buffer.data : "", buffer.size);
    buffer_deinit(&buffer);
    return text;
}

std::string utf8(const std::string &text)
{
    struct buffer out = {};
    EXPECT_EQ(text_append_utf8(&out, {text.data(), text.size()}), 0);
    return take(out);
}

std::string printable(const std::string &text, const char *kept = "")
{
    struct buffer out = {};
    EXPECT_EQ(text_append_printable(&out, {text.data(), text.size()}, kept), 0);
    return take(out);
}

std::string markup(const std::string &text)
{
    struct buffer out = {};
    EXPECT_EQ(text_append_markup(&out, {text.data(), text.size()}), 0);
    return take(out);
}

std::string encoded(uint32_t point)
{
    auto byte = [](uint32_t bits) { return static_cast<char>(bits); };
    if (point < 0x80)
        return {byte(point)};
    if (point < 0x800)
        return {byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F))};
    if (point < 0x10000)
        return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 0x3F)),
                byte(0x80 | (point & 0x3F))};
    return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 0x3F)),
            byte(0x80 | (point >> 6 & 0x3F)), byte(0x80 | (point & 0x3F))};
}

} // namespace

TEST(Text, EveryCharacterOfUnicodeIsReadAsWhatItIs)
{
    for (uint32_t point = 0; point < 0x110000; point++) {
        bool surrogate = point >= 0xD800 && point < 0xE000;
        std::string text = encoded(point);
        uint32_t found = 0;
        size_t size = text_character({text.data(), text.size()}, &found);
        ASSERT_EQ(size, surrogate ? 0 : text.size()) << point;
        if (size) {
            ASSERT_EQ(found, point);
        }
    }
}

TEST(Text, WhatIsNotUtf8IsReplacedByteByByte)
{
    EXPECT_EQ(utf8("plain \xC3\xBC \xE2\x82\xAC \xF0\x9F\x98\x80"),
              "plain \xC3\xBC \xE2\x82\xAC \xF0\x9F\x98\x80");
    const std::string mark = "\xEF\xBF\xBD";
    const std::pair<std::string, size_t> wrong[] = {
        {"\xFF", 1},             /* never a byte of UTF-8 */
        {"\x80", 1},             /* goes on from nothing */
        {"\xC3", 1},             /* ends too early */
        {"\xE2\x82", 2},         /* so does this */
        {"\xC0\xAF", 2},         /* a slash, longer than it must be */
        {"\xE0\x80\xAF", 3},     /* still longer */
        {"\xED\xA0\x80", 3},     /* half of a pair */
        {"\xF4\x90\x80\x80", 4}, /* beyond the last */
        {"\xF8\x88\x80\x80\x80", 5},
    };
    for (auto &[text, marks] : wrong) {
        std::string expected = "a";
        for (size_t i = 0; i < marks; i++)
            expected += mark;
        EXPECT_EQ(utf8("a" + text + "b"), expected + "b");
    }
    EXPECT_EQ(utf8(""), "");
}

TEST(Text, ForATerminalNothingControlsIt)
{
    EXPECT_EQ(printable("a\x1b[31mb\x07\r\n\t\x7f"),
              "a\\x1b[31mb\\x07\\x0d\\x0a\\x09\\x7f");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m"),
              "\\xc2\\x9b31m");
    EXPECT_EQ(printable("\x9B"
                        "31m"),
              "\\x9b31m");
    EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(printable("\xC3\xBC \xF0\x9F\x98\x80 \\"),
              "\xC3\xBC \xF0\x9F\x98\x80 \\");
    /* What follows would be shown from right to left. */
    EXPECT_EQ(printable("a\u202eb\u2066c\u200fd"),
              "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6c\\xe2\\x80\\x8fd");
}

TEST(Text, ACharacterTakesAsManyColumnsAsATerminalGivesIt)
{
    EXPECT_EQ(text_columns('a'), 1);
    EXPECT_EQ(text_columns(0xE4), 1);
    EXPECT_EQ(text_columns(0x2026), 1);
    EXPECT_EQ(text_columns(0x0301), 0);
    EXPECT_EQ(text_columns(0xFE0F), 0);
    EXPECT_EQ(text_columns(0x540D), 2);
    EXPECT_EQ(text_columns(0xFF21), 2);
    EXPECT_EQ(text_columns(0x1F600), 2);
}

TEST(Text, WhatIsKeptIsKept)
{
    EXPECT_EQ(printable("a\n\tb\x1b", "\n\t"), "a\n\tb\\x1b");
    EXPECT_EQ(printable(std::string("\0", 1), "\n\t"), "\\x00");
}

TEST(Text, MarkupHasEntitiesForWhatItReadsAsItsOwn)
{
    EXPECT_EQ(markup("if (a < b && *p->q > 'c') \"\xC3\xA4\"\n\t"),
              "if (a &lt; b &amp;&amp; *p-&gt;q &gt; &#39;c&#39;) "
              "&quot;\xC3\xA4&quot;\n\t");
    EXPECT_EQ(markup(""), "");
}

TEST(Text, WhatXmlHasNoPlaceForIsReplacedInMarkup)
{
    const std::string other = "\xEF\xBF\xBD";
    EXPECT_EQ(markup(std::string("a\0b\x01\r\x1B", 6)),
              "a" + other + "b" + other + other + other);
    EXPECT_EQ(markup("\xFF|\xED\xA0\x80|\xEF\xBF\xBE\xEF\xBF\xBF"),
              other + "|" + other + other + other + "|" + other + other);
    EXPECT_EQ(markup("\x7F\xC2\x85"), "\x7F\xC2\x85");
}
