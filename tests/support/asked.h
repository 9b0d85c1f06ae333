/* SPDX-License-Identifier: MIT */
/* Requests, for tests that fetch in one line. */
#ifndef SUPPORT_ASKED_H
#define SUPPORT_ASKED_H

#include "http/request.h"

#include <gtest/gtest.h>
#include <string>

/* Owns a request. */
struct Asked {
    struct request request = {};

    explicit Asked(const std::string &url_text, enum method method = METHOD_GET,
                   const std::string &body = "")
    {
        struct url url = {};
        EXPECT_EQ(url_parse(&url, url_text.c_str()), URL_OK) << url_text;
        struct slice bytes = {body.data(), body.size()};
        EXPECT_EQ(request_init(&request, method, &url, nullptr, bytes), 0);
        url_deinit(&url);
    }
    Asked(uint16_t port, const std::string &target,
          enum method method = METHOD_GET, const std::string &body = "")
        : Asked("http://127.0.0.1:" + std::to_string(port) + target, method,
                body)
    {
    }
    Asked(const Asked &) = delete;
    ~Asked()
    {
        request_deinit(&request);
    }
};

#endif
