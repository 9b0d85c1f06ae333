/* SPDX-License-Identifier: MIT */
/* Which fields a redirect takes along. */
#include "http/redirect.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

/* The request after a redirect of one that had this field. */
class Redirect : public testing::Test
{
  protected:
    bool goes_along(const char *field, enum method method, int status,
                    const char *to)
    {
        struct url from_url, to_url;
        struct headers extra = {};
        struct request from, next;
        EXPECT_EQ(url_parse(&from_url, "http://a.test/x"), URL_OK);
        EXPECT_EQ(url_parse(&to_url, to), URL_OK);
        EXPECT_EQ(headers_add(&extra, slice_of(field), slice_of("1")), 0);
        EXPECT_EQ(
            request_init(&from, method, &from_url, &extra, slice_of("body")),
            0);
        EXPECT_EQ(redirect_request(&next, &from, &to_url, status), 0);
        bool found = headers_find(&next.extra, field) != nullptr;
        request_deinit(&next);
        request_deinit(&from);
        headers_deinit(&extra);
        url_deinit(&from_url);
        url_deinit(&to_url);
        return found;
    }
};

TEST_F(Redirect, HT16_SecretsStayWithTheirEndpoint)
{
    for (const char *secret :
         {"Authorization", "PROXY-AUTHORIZATION", "Cookie", "Cookie2",
          "X-API-Key", "Api_Key", "apikey", "X-Auth-Token", "PRIVATE-TOKEN",
          "X-Amz-Security-Token", "X-Vault-Token", "X.Session", "Host",
          /* names that are written as one word */
          "X-AuthToken", "X-ApiToken", "X-CSRFToken", "X-ACCESSTOKEN",
          "SessionId", "X-Sessions", "X-JWT", "X-Jwt2", "X-Bearer",
          "XBearerValue", "X-Tokens", "X-Api-Keys", "X-ApiKey", "X-ApiKeyValue",
          "X-AccessKeys", "X-Passwd", "X-UserPassword", "X-Passphrase",
          "X-ClientSecret", "X-MyCookies", "X-UserCredentials", "X-Hub-Sig",
          "X-BodySignature", "X-CSRF", "X-XSRF", "X-Pwd"}) {
        EXPECT_TRUE(goes_along(secret, METHOD_GET, 302, "http://a.test/y"))
            << secret;
        for (const char *elsewhere :
             {"http://b.test/x", "http://a.test:81/x", "https://a.test/x",
              "http://sub.a.test/x"})
            EXPECT_FALSE(goes_along(secret, METHOD_GET, 302, elsewhere))
                << secret << " " << elsewhere;
    }
    for (const char *other :
         {"Accept", "Accept-Language", "Accept-Encoding", "User-Agent",
          "Referer", "Range", "If-None-Match", "Keep-Alive", "Cache-Control",
          "X-Request-Id", "X-Keyboard", "X-Keyless", "X-Passing", "X-Design",
          "X-Forwarded-For", "Traceparent"})
        EXPECT_TRUE(goes_along(other, METHOD_GET, 302, "http://b.test/x"))
            << other;
}

TEST_F(Redirect, HT16_FieldsAboutABodyGoWithIt)
{
    const char *same = "http://a.test/y";
    for (const char *about :
         {"Content-Type", "content-encoding", "Content-Language",
          "Content-Location", "Content-MD5", "Content-Disposition", "Digest",
          "Last-Modified"}) {
        for (int status : {301, 302, 303})
            EXPECT_FALSE(goes_along(about, METHOD_POST, status, same))
                << about << " " << status;
        for (int status : {307, 308})
            EXPECT_TRUE(goes_along(about, METHOD_POST, status, same))
                << about << " " << status;
        EXPECT_FALSE(goes_along(about, METHOD_GET, 303, same)) << about;
    }
    EXPECT_TRUE(goes_along("X-Content", METHOD_POST, 303, same));
    EXPECT_TRUE(goes_along("Contents", METHOD_POST, 303, same));
}

} // namespace
