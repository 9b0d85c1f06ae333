/* SPDX-License-Identifier: MIT */
/* One of everything in one batch: pages of each framing, posts, redirects, and
 * between them each way in which a server can fail. What has to come of each is
 * known, and stays the same when the socket layer is made to misbehave. */
#ifndef MODELS_MIXED_BATCH_H
#define MODELS_MIXED_BATCH_H

#include "sockets.h"
#include "suite.h"

class MixedBatch
{
  public:
    explicit MixedBatch(const struct model *model, size_t concurrency);

    /* Runs it and checks each result; `where` tells one use from another. */
    void expect_all(const std::string &where);

    Pages pages;

  private:
    void good(size_t page, const std::string &body);
    void bad(size_t page, enum fetch_error error);
    void fill(const struct model *model);

    struct Outcome {
        size_t page;
        enum fetch_error error;
        std::string body;
    };
    const struct model *model;
    ClosedPort closed;
    std::vector<Outcome> outcomes;
};

#endif
