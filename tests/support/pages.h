/* SPDX-License-Identifier: MIT */
/* A batch for tests: some targets of one server, and their results. */
#ifndef SUPPORT_PAGES_H
#define SUPPORT_PAGES_H

#include "http/page_list.h"

#include "support/asked.h"

#include <memory>
#include <string>
#include <vector>

class Pages
{
  public:
    struct call_options options = call_default_options;
    size_t concurrency = 1;

    void ask(uint16_t port, const std::string &target)
    {
        ask("http://127.0.0.1:" + std::to_string(port) + target);
    }
    void ask(const std::string &url)
    {
        asked_.push_back(std::make_unique<Asked>(url));
        requests_.push_back(&asked_.back()->request);
    }

    /* Runs the model once over all requests. */
    void run(const struct model &model)
    {
        ASSERT_EQ(0, page_list_init(&list_, requests_.data(), requests_.size(),
                                    concurrency, &options, nullptr));
        EXPECT_EQ(0, model.run(&list_.batch));
        EXPECT_EQ(list_.finished, list_.handed_out);
    }

    ~Pages()
    {
        page_list_deinit(&list_);
    }

    size_t count() const
    {
        return requests_.size();
    }
    size_t handed_out() const
    {
        return list_.handed_out;
    }
    const struct result &operator[](size_t i) const
    {
        return list_.results[i];
    }
    std::string body(size_t i) const
    {
        const struct buffer &body = list_.results[i].body;
        return std::string(body.data ? body.data : "", body.size);
    }

  private:
    std::vector<std::unique_ptr<Asked>> asked_;
    std::vector<const struct request *> requests_;
    struct page_list list_ = {};
};

#endif
