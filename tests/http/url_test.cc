/* SPDX-License-Identifier: MIT */
#include "http/url.h"

#include <gtest/gtest.h>

#include <string>

static std::string print(const struct url *url)
{
    struct buffer out = {};
    EXPECT_EQ(url_print(url, &out), 0);
    std::string text(out.data, out.size);
    buffer_deinit(&out);
    return text;
}

static std::string authority(const struct endpoint *endpoint)
{
    struct buffer out = {};
    EXPECT_EQ(endpoint_print(endpoint, &out), 0);
    std::string text(out.data, out.size);
    buffer_deinit(&out);
    return text;
}

TEST(Url, ReadsHostPortAndTarget)
{
    static const struct {
        const char *text, *host;
        int port;
        const char *target, *authority;
    } rows[] = {
        {"http://a", "a", 80, "/", "a"},
        {"http://a/", "a", 80, "/", "a"},
        {"HTTP://WWW.Example.ORG/Path", "www.example.org", 80, "/Path",
         "www.example.org"},
        {"http://a:8080/b?c=d&e", "a", 8080, "/b?c=d&e", "a:8080"},
        {"http://a:80/", "a", 80, "/", "a"},
        {"http://a:/", "a", 80, "/", "a"},
        {"http://a:00081/", "a", 81, "/", "a:81"},
        {"http://a:65535", "a", 65535, "/", "a:65535"},
        {"http://a?q", "a", 80, "/?q", "a"},
        {"http://a?", "a", 80, "/?", "a"},
        {"http://a/b#c", "a", 80, "/b", "a"},
        {"http://a#c", "a", 80, "/", "a"},
        {"http://a/?b#c?d", "a", 80, "/?b", "a"},
        {"http://a/x:y@z", "a", 80, "/x:y@z", "a"},
        {"http://a/b/../c", "a", 80, "/b/../c", "a"},
        {"http://127.0.0.1:5/", "127.0.0.1", 5, "/", "127.0.0.1:5"},
        {"http://[::1]", "::1", 80, "/", "[::1]"},
        {"http://[2001:DB8::1]:81/x", "2001:db8::1", 81, "/x",
         "[2001:db8::1]:81"},
        {"http://my_host-1.test/", "my_host-1.test", 80, "/", "my_host-1.test"},
        {"http://a/caf\xc3\xa9?\xff", "a", 80, "/caf%C3%A9?%FF", "a"},
        {"http://a/%41%zz", "a", 80, "/%41%zz", "a"},
        {"https://a", "a", 443, "/", "a"},
        {"HTTPS://a:443/b", "a", 443, "/b", "a"},
        {"https://a:80/", "a", 80, "/", "a:80"},
        {"https://[::1]/", "::1", 443, "/", "[::1]"},
        {"http://a:443/", "a", 443, "/", "a:443"},
    };
    for (const auto &row : rows) {
        SCOPED_TRACE(row.text);
        struct url url;
        ASSERT_EQ(url_parse(&url, row.text), URL_OK);
        EXPECT_STREQ(url.endpoint.host, row.host);
        EXPECT_EQ(url.endpoint.port, row.port);
        EXPECT_EQ(url.endpoint.secure, tolower(row.text[4]) == 's');
        EXPECT_STREQ(url.target, row.target);
        EXPECT_EQ(authority(&url.endpoint), row.authority);
        EXPECT_EQ(print(&url), (url.endpoint.secure ? "https://" : "http://") +
                                   std::string(row.authority) + row.target);
        url_deinit(&url);
    }
}

TEST(Url, RefusesByName)
{
    static const struct {
        const char *text;
        enum url_error error;
    } rows[] = {
        {"", URL_NO_SCHEME},
        {"example.org", URL_NO_SCHEME},
        {"localhost:8080/x", URL_NO_SCHEME},
        {"//a/b", URL_NO_SCHEME},
        {"http:a", URL_NO_SCHEME},
        {"http:/a", URL_NO_SCHEME},
        {"mailto:someone", URL_NO_SCHEME},
        {"1http://a", URL_NO_SCHEME},
        {"https:a", URL_NO_SCHEME},
        {"https://", URL_NO_HOST},
        {"https://a:0/", URL_BAD_PORT},
        {"file:///etc/passwd", URL_OTHER_SCHEME},
        {"httpx://a/", URL_OTHER_SCHEME},
        {"http://", URL_NO_HOST},
        {"http:///a", URL_NO_HOST},
        {"http://:80/", URL_NO_HOST},
        {"http://?x", URL_NO_HOST},
        {"http://[]/", URL_NO_HOST},
        {"http://a,b/", URL_BAD_HOST},
        {"http://a%41/", URL_BAD_HOST},
        {"http://caf\xc3\xa9/", URL_BAD_HOST},
        {"http://[::1/", URL_BAD_HOST},
        {"http://[::1]x/", URL_BAD_HOST},
        {"http://[a]/", URL_BAD_HOST},
        {"http://[fe80::1%25eth0]/", URL_BAD_HOST},
        {"http://[127.0.0.1]/", URL_BAD_HOST},
        {"http://a:0/", URL_BAD_PORT},
        {"http://a:65536/", URL_BAD_PORT},
        {"http://a:99999999999999999999/", URL_BAD_PORT},
        {"http://a:-1/", URL_BAD_PORT},
        {"http://a:+1/", URL_BAD_PORT},
        {"http://a:8x/", URL_BAD_PORT},
        {"http://::1/", URL_NO_HOST},
        {"http://u@a/", URL_USER},
        {"http://u:p@a/", URL_USER},
        {"http://@a/", URL_USER},
        {" http://a/", URL_BAD_CHARACTER},
        {"http://a/b c", URL_BAD_CHARACTER},
        {"http://a/\r\nX: y", URL_BAD_CHARACTER},
        {"http://a/\t", URL_BAD_CHARACTER},
        {"http://a/\x7f", URL_BAD_CHARACTER},
    };
    for (const auto &row : rows) {
        SCOPED_TRACE(row.text);
        struct url url;
        EXPECT_EQ(url_parse(&url, row.text), row.error);
        EXPECT_EQ(url.endpoint.host, nullptr);
        EXPECT_EQ(url.target, nullptr);
        url_deinit(&url);
    }
}

TEST(Url, IsLimitedInLength)
{
    std::string longest = "http://a/";
    longest.resize(URL_SIZE_MAX, 'x');
    struct url url;
    EXPECT_EQ(url_parse(&url, longest.c_str()), URL_OK);
    url_deinit(&url);
    EXPECT_EQ(url_parse(&url, (longest + "x").c_str()), URL_TOO_LONG);
    /* A byte that is percent-encoded counts for three. */
    std::string coded = "http://a/";
    coded.resize(URL_SIZE_MAX / 2, '\xe9');
    EXPECT_EQ(url_parse(&url, coded.c_str()), URL_TOO_LONG);
    EXPECT_EQ(url.target, nullptr);
}

static void expect_resolved(const char *base_text, const char *reference,
                            const char *expected)
{
    SCOPED_TRACE(std::string(base_text) + " + " + reference);
    struct url base, url;
    ASSERT_EQ(url_parse(&base, base_text), URL_OK);
    EXPECT_EQ(url_resolve(&url, &base, reference), URL_OK);
    if (url.endpoint.host) {
        EXPECT_EQ(print(&url), expected);
    }
    url_deinit(&url);
    url_deinit(&base);
}

/* The examples of RFC 3986, 5.4, without those that leave http and without the
 * fragments. */
TEST(Url, ResolvesTheExamplesOfTheStandard)
{
    static const char *const rows[][2] = {
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {"g?y#s", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g"},
        {"g#s/../x", "http://a/b/c/g"},
    };
    for (const auto &row : rows)
        expect_resolved("http://a/b/c/d;p?q", row[0], row[1]);
}

TEST(Url, ResolvesWhatServersSend)
{
    expect_resolved("http://a:81/b?q", "/c", "http://a:81/c");
    expect_resolved("http://a:81/b?q", "//x/c", "http://x/c");
    expect_resolved("http://a:81/b?q", "http://x:82/c/../d", "http://x:82/d");
    expect_resolved("http://[::1]:81/b", "c", "http://[::1]:81/c");
    expect_resolved("http://a", "c", "http://a/c");
    expect_resolved("http://a?x/y", "c", "http://a/c");
    expect_resolved("http://a/b/", "", "http://a/b/");
    expect_resolved("http://a/b", "?", "http://a/b?");
    expect_resolved("http://a/b//c", "..", "http://a/b/");
    expect_resolved("http://a/b/../c", "", "http://a/c");
    expect_resolved("http://a/b", "x\xc3\xa9", "http://a/x%C3%A9");
    expect_resolved("http://a/b", "/x:y", "http://a/x:y");
    expect_resolved("http://a/b", "https://a/c", "https://a/c");
    expect_resolved("https://a/b", "http://a/c", "http://a/c");
    expect_resolved("https://a/b", "c", "https://a/c");
    expect_resolved("https://a:81/b", "//x/c", "https://x/c");
}

// The path of the base may begin like an authority.
TEST(Url, ResolvesFromAPathThatBeginsWithTwoSlashes)
{
    expect_resolved("http://a//dir/page", "other", "http://a//dir/other");
    expect_resolved("http://a//dir/page", "", "http://a//dir/page");
    expect_resolved("http://a//dir/page?x", "?y", "http://a//dir/page?y");
    expect_resolved("http://a//dir:81/x:y", "./z", "http://a//dir:81/z");
    expect_resolved("http://a//", "b", "http://a//b");
    expect_resolved("http://a/b", "/.//c", "http://a//c");
}

TEST(Url, HT8_EncodesWhatServersSendAndUsersMayNotType)
{
    expect_resolved("http://a/b", "/c d?e f#g h", "http://a/c%20d?e%20f");
    expect_resolved("http://a/b/", "c d", "http://a/b/c%20d");
    expect_resolved("http://a/b", "?c\td", "http://a/b?c%09d");
    expect_resolved("http://a/b", "http://x/y z", "http://x/y%20z");
    expect_resolved("http://a/b", "/c%20d%", "http://a/c%20d%");
    expect_resolved("http://a/b", "/\x01\x7f\xff", "http://a/%01%7F%FF");
    expect_resolved("http://a/b", "c d:e", "http://a/c%20d:e");
}

TEST(Url, RefusesReferencesByName)
{
    static const struct {
        const char *text;
        enum url_error error;
    } rows[] = {
        {"ftp://a", URL_OTHER_SCHEME}, {"http:g", URL_NO_SCHEME},
        {"g:h", URL_NO_SCHEME},        {"//", URL_NO_HOST},
        {"///x", URL_NO_HOST},         {"//u@a", URL_USER},
        {"//a:b", URL_BAD_PORT},       {"//a b/", URL_BAD_HOST},
        {"http://a\t/", URL_BAD_HOST},
    };
    struct url base;
    ASSERT_EQ(url_parse(&base, "http://a/b"), URL_OK);
    for (const auto &row : rows) {
        SCOPED_TRACE(row.text);
        struct url url;
        EXPECT_EQ(url_resolve(&url, &base, row.text), row.error);
        EXPECT_EQ(url.endpoint.host, nullptr);
        EXPECT_EQ(url.target, nullptr);
    }
    url_deinit(&base);
}

TEST(Url, RelativeRedirectsCannotGrowWithoutEnd)
{
    std::string path = "http://a/";
    path.resize(URL_SIZE_MAX - 10, 'x');
    struct url base, url;
    ASSERT_EQ(url_parse(&base, (path + "/").c_str()), URL_OK);
    EXPECT_EQ(url_resolve(&url, &base, "0123456789abcdefghij"), URL_TOO_LONG);
    url_deinit(&base);
}

TEST(Url, ACopyIsIndependent)
{
    struct url url, copy;
    ASSERT_EQ(url_parse(&url, "http://[::1]:81/x?y"), URL_OK);
    ASSERT_EQ(url_copy(&copy, &url), 0);
    url_deinit(&url);
    EXPECT_EQ(print(&copy), "http://[::1]:81/x?y");
    url_deinit(&copy);
    url_deinit(&copy);
}

TEST(Url, EveryErrorHasASentence)
{
    for (int error = URL_OK; error <= URL_NO_MEMORY; error++)
        EXPECT_GT(strlen(url_error_sentence(static_cast<url_error>(error))),
                  8u);
}
