/* SPDX-License-Identifier: MIT */
/* The one suite that every model must pass. A test is written once, for any
 * model; what a model declares that it can do decides which side of a promise
 * is checked: that an ability is there, or that it is really absent.
 *
 *     TEST_P(Bodies, AreIntact)
 *     {
 *         Pages pages(4);
 *         size_t page = pages.get("/bytes/1000");
 *         pages.run(model());
 *         EXPECT_EQ(FETCH_OK, pages[page].error);
 *     }
 */
#ifndef MODELS_SUITE_H
#define MODELS_SUITE_H

#include "harness/models.h"
#include "harness/origin/origin.h"

#include <functional>
#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <vector>

/* The models of this build, the ones that cannot run here among them; the
 * client on the loop over each selector; and one that declares nothing. */
std::vector<const struct model *> every_model();

/* A name that GoogleTest accepts. */
std::string
model_test_name(const testing::TestParamInfo<const struct model *> &info);

/* How GoogleTest shows one. */
void PrintTo(const struct model *model, std::ostream *out);

/* Skips what cannot run on this machine, and gives up on what hangs. */
class ModelTest : public testing::TestWithParam<const struct model *>
{
  protected:
    void SetUp() override;
    void TearDown() override;

    const struct model *model() const
    {
        return GetParam();
    }
    bool can(unsigned ability) const
    {
        return (model()->can & ability) != 0;
    }

    /* As many at once as this model is able to, at most `wanted`. */
    size_t at_once(size_t wanted) const
    {
        return can(CAN_OVERLAP) ? wanted : 1;
    }
};

#define INSTANTIATE_FOR_EVERY_MODEL(suite)                                     \
    INSTANTIATE_TEST_SUITE_P(Models, suite, testing::ValuesIn(every_model()),  \
                             model_test_name)

/* The origin of this test process, in a process of its own: started when it is
 * first asked for. */
uint16_t origin_port();
std::string origin_url(const std::string &target);

/* A name for requests that belong together: "&run=" and so on, never used
 * before. What /stats says of those. */
std::string new_run();
long origin_saw(const std::string &run, const std::string &count);

/* The body that /bytes/N and /stream/N send. */
std::string origin_body(size_t size);

/* A batch that watches over the contract of http/model.h while it is used:
 * batch_next and batch_done come from the caller's thread and never after run()
 * has returned, never more are handed out than the concurrency allows, and
 * every job comes back exactly once. run() also looks for what the model left
 * behind. What is wrong fails the test. */
class Pages
{
  public:
    explicit Pages(size_t concurrency = 1);
    ~Pages();
    Pages(const Pages &) = delete;
    Pages &operator=(const Pages &) = delete;

    /* What is to be fetched; the number by which the result is found. */
    size_t get(const std::string &target);
    size_t head(const std::string &target);
    size_t post(const std::string &target, const std::string &body);
    size_t add(enum method method, const std::string &url,
               const std::string &body = "");
    void not_before(size_t index, nanos earliest);

    /* Runs the model; expects that it could be set up, and that everything was
     * fetched unless it was cancelled. */
    void run(const struct model *model);

    /* Without any check but those of the batch: for a process of its own. */
    struct batch *prepare(const struct model *model);

    /* The same, but it may fail: returns what run() returned. */
    int try_run(const struct model *model);

    size_t count() const
    {
        return requests.size();
    }
    size_t handed_out() const
    {
        return next_index;
    }
    /* How often it was told that there are fewer than it wanted. */
    size_t told_fewer() const
    {
        return told;
    }
    size_t most_at_once() const
    {
        return most;
    }
    const struct result &operator[](size_t index) const;
    std::string body(size_t index) const;

    /* Nothing failed. */
    void expect_all_fine() const;

    /* How many found their connection open. */
    size_t count_reused() const;

    /* For a message: what came of it, in a sentence. */
    std::string explain(size_t index) const;

    /* To be changed before run(). */
    struct call_options options;
    struct cancel *cancel = nullptr;
    std::function<void(size_t index)> when_next; /* is being handed out */
    std::function<void(size_t index)> when_done; /* has come back */

  private:
    struct Batch {
        struct batch batch; /* the first member */
        Pages *pages;
    };
    static bool on_next(struct batch *batch, struct job *job);
    static void on_done(struct batch *batch, size_t index,
                        struct result *result);
    static void on_fewer(struct batch *batch, enum fetch_error why);
    void check_caller(const char *function) const;
    void check_all_done() const;

    Batch batch;
    bool takes_ahead = false;
    std::vector<struct request *> requests;
    std::vector<struct result> results;
    std::vector<nanos> earliest;
    std::vector<int> returned; /* how often each came back */
    size_t next_index = 0, out = 0, most = 0, told = 0;
    pid_t thread = 0;
    bool running = false;
};

#endif
