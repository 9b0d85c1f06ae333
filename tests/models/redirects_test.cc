/* SPDX-License-Identifier: MIT */
/* One page that is several: hop by hop. */
#include "sockets.h"
#include "suite.h"

namespace
{

class Redirects : public ModelTest
{
  protected:
    void SetUp() override
    {
        ModelTest::SetUp();
        if (!IsSkipped() && !can(CAN_REDIRECT))
            GTEST_SKIP() << "it follows no redirects";
    }
};
INSTANTIATE_FOR_EVERY_MODEL(Redirects);

void expect_followed(const Pages &pages, size_t page, int redirects,
                     const std::string &body)
{
    EXPECT_EQ(FETCH_OK, pages[page].error) << pages.explain(page);
    EXPECT_EQ(200, pages[page].status) << pages.explain(page);
    EXPECT_EQ(redirects, pages[page].redirects) << pages.explain(page);
    EXPECT_TRUE(body == pages.body(page)) << pages.explain(page);
}

/* "/x?y" as the value of a parameter. */
std::string escaped(const std::string &text)
{
    std::string out;
    for (char c : text) {
        char code[4];
        snprintf(code, sizeof code, "%%%02X", (unsigned char)c);
        out += isalnum((unsigned char)c) ? std::string(1, c) : code;
    }
    return out;
}

TEST_P(Redirects, AreFollowedToTheirEnd)
{
    for (bool keep_alive : {false, true}) {
        Pages pages(at_once(3));
        pages.options.redirects_max = 5;
        pages.options.keep_alive = keep_alive;
        size_t one = pages.get("/redirect/1");
        size_t five = pages.get("/redirect/5");
        size_t relative = pages.get("/redirect/2?to=/stream/70");
        size_t absolute =
            pages.get("/redirect/1?to=" + escaped(origin_url("/bytes/80")));
        pages.run(model());
        expect_followed(pages, one, 1, "");
        expect_followed(pages, five, 5, "");
        expect_followed(pages, relative, 2, origin_body(70));
        expect_followed(pages, absolute, 1, origin_body(80));
    }
}

TEST_P(Redirects, EndAtTheLimit)
{
    Pages pages(at_once(2));
    pages.options.redirects_max = 3;
    size_t fits = pages.get("/redirect/3");
    size_t exceeds = pages.get("/redirect/4");
    std::string self = "/redirect/1?to=%2Fredirect%2F1%3Fto%3D%252Fredirect"
                       "%252F1%253Fto%253D%25252Fredirect%25252F9";
    size_t loop = pages.get(self);
    pages.run(model());
    expect_followed(pages, fits, 3, "");
    EXPECT_EQ(FETCH_REDIRECTS, pages[exceeds].error) << pages.explain(exceeds);
    EXPECT_EQ(FETCH_REDIRECTS, pages[loop].error) << pages.explain(loop);
}

TEST_P(Redirects, AreTheAnswerWhenNoneMayBeFollowed)
{
    Pages pages;
    pages.options.redirects_max = 0;
    pages.get("/redirect/3");
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[0].error) << pages.explain(0);
    EXPECT_EQ(302, pages[0].status);
    EXPECT_NE(nullptr, headers_find(&pages[0].headers, "Location"));
}

TEST_P(Redirects, KeepOrChangeTheMethodAsTheStatusSays)
{
    const std::string body = "posted";
    Pages pages(at_once(2));
    pages.options.redirects_max = 3;
    size_t same = pages.post("/redirect/1?status=307&to=/echo", body);
    size_t also_same = pages.post("/redirect/1?status=308&to=/echo", body);
    size_t get_303 = pages.post("/redirect/1?status=303&to=/bytes/5", body);
    size_t get_302 = pages.post("/redirect/1?status=302&to=/bytes/5", body);
    size_t head = pages.head("/redirect/1?status=303&to=/bytes/5");
    pages.run(model());
    expect_followed(pages, same, 1, body);
    expect_followed(pages, also_same, 1, body);
    expect_followed(pages, get_303, 1, origin_body(5));
    expect_followed(pages, get_302, 1, origin_body(5));
    expect_followed(pages, head, 1, "");
    EXPECT_STREQ("5", headers_find(&pages[head].headers, "Content-Length"));
}

TEST_P(Redirects, MayLeadToAnError)
{
    ClosedPort closed;
    Pages pages(at_once(2));
    pages.options.redirects_max = 3;
    size_t refused = pages.get("/redirect/1?to=" + escaped(closed.url()));
    size_t reset = pages.get("/redirect/1?to=/reset");
    size_t other = pages.get("/redirect/1?to=" + escaped("ftp://x.test/"));
    size_t secure = pages.get("/redirect/1?to=" + escaped("https://x.test/"));
    pages.run(model());
    EXPECT_EQ(FETCH_REFUSED, pages[refused].error) << pages.explain(refused);
    EXPECT_EQ(FETCH_RESET, pages[reset].error) << pages.explain(reset);
    EXPECT_EQ(FETCH_BAD_REDIRECT, pages[other].error) << pages.explain(other);
    EXPECT_EQ(FETCH_BAD_REDIRECT, pages[secure].error) << pages.explain(secure);
}

} // namespace
