/* SPDX-License-Identifier: MIT */
/* What the tests of the clients on the loop share. They are the callback
 * client's, and another one that is named in CLIENT must pass them, too. */
#ifndef CALLBACKS_CLIENT_FIXTURE_H
#define CALLBACKS_CLIENT_FIXTURE_H

#ifndef CLIENT
#define CLIENT callbacks
#define CLIENT_HEADER "callbacks/callbacks.h"
#endif
#include CLIENT_HEADER
#include "http/page_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <dirent.h>
#include <string>
#include <vector>

#define CLIENT_NAME(name) CLIENT_NAME_OF(CLIENT, name)
#define CLIENT_NAME_OF(client, name) CLIENT_NAME_JOINED(client, name)
#define CLIENT_NAME_JOINED(client, name) client##_##name
inline const model &client_model = CLIENT_NAME(model);
inline constexpr auto client_run = CLIENT_NAME(run);

/* Requests, and the batch that they are fetched as. */
class Pages
{
  public:
    Pages() : options(call_default_options)
    {
    }
    Pages(const Pages &) = delete;
    ~Pages()
    {
        page_list_deinit(&list);
        for (request &one : requests)
            request_deinit(&one);
    }
    void add(const std::string &text, size_t times = 1)
    {
        url url = {};
        ASSERT_EQ(url_parse(&url, text.c_str()), URL_OK) << text;
        for (size_t i = 0; i < times; i++) {
            request made = {};
            ASSERT_EQ(request_init(&made, METHOD_GET, &url, nullptr, {}), 0);
            requests.push_back(made);
        }
        url_deinit(&url);
    }
    void post(const std::string &text, const std::string &body)
    {
        url url = {};
        request made = {};
        ASSERT_EQ(url_parse(&url, text.c_str()), URL_OK) << text;
        ASSERT_EQ(request_init(&made, METHOD_POST, &url, nullptr,
                               {body.data(), body.size()}),
                  0);
        requests.push_back(made);
        url_deinit(&url);
    }
    batch *at_once(size_t concurrency, cancel *cancel = nullptr)
    {
        for (const request &one : requests)
            pointers.push_back(&one);
        EXPECT_EQ(page_list_init(&list, pointers.data(), pointers.size(),
                                 concurrency, &options, cancel),
                  0);
        return &list.batch;
    }
    const result &operator[](size_t index) const
    {
        return list.results[index];
    }
    size_t count_with(fetch_error error) const
    {
        auto ended = [error](const result &one) { return one.error == error; };
        return static_cast<size_t>(
            std::count_if(list.results, list.results + list.finished, ended));
    }
    call_options options;
    page_list list = {};

  private:
    std::vector<request> requests;
    std::vector<const request *> pointers;
};

inline std::string here(uint16_t port, const std::string &target)
{
    return "http://127.0.0.1:" + std::to_string(port) + target;
}

inline size_t descriptors_open()
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

#endif
