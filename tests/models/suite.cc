/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "leftovers.h"
#include "other_selectors.h"
#include "plain_model.h"

#include <algorithm>
#include <csignal>
#include <ostream>
#include <thread>
#include <unistd.h>

std::vector<const struct model *> every_model()
{
    std::vector<const struct model *> all;
    for (size_t i = 0; models[i]; i++)
        all.push_back(models[i]);
    for (const struct model *model : models_on_other_selectors())
        all.push_back(model);
    all.push_back(&plain_model);
    return all;
}

std::string
model_test_name(const testing::TestParamInfo<const struct model *> &info)
{
    std::string name = info.param->name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

void PrintTo(const struct model *model, std::ostream *out)
{
    *out << model->name;
}

/* Nothing here is a matter of speed; but what hangs must end. */
static const unsigned hangs_after_seconds = 100;
static char hanging[200]; /* what does, for the handler to say */

static void give_up(int)
{
    (void)!write(STDERR_FILENO, hanging, strlen(hanging));
    _exit(EXIT_FAILURE);
}

static void limit_time(const std::string &name)
{
    snprintf(hanging, sizeof hanging, "%s hangs: no end after %u s\n",
             name.c_str(), hangs_after_seconds);
    signal(SIGALRM, give_up);
    alarm(hangs_after_seconds);
}

void ModelTest::SetUp()
{
    const char *why_not = models_why_not(model());
    if (why_not)
        GTEST_SKIP() << model()->name << ": " << why_not;
    const testing::TestInfo *test =
        testing::UnitTest::GetInstance()->current_test_info();
    limit_time(std::string(test->test_suite_name()) + "." + test->name());
    origin_port();
    /* A sanitizer may start a thread of its own along with the first one. */
    std::thread([] {}).join();
}

void ModelTest::TearDown()
{
    alarm(0);
}

/* ---- what is to be fetched ---- */

Pages::Pages(size_t concurrency)
    : options(call_default_options), batch{{}, this}
{
    batch.batch.concurrency = concurrency;
    batch.batch.next = on_next;
    batch.batch.done = on_done;
    batch.batch.fewer = on_fewer;
}

Pages::~Pages()
{
    for (struct request *request : requests) {
        request_deinit(request);
        delete request;
    }
    for (struct result &result : results)
        result_deinit(&result);
}

size_t Pages::get(const std::string &target)
{
    return add(METHOD_GET, origin_url(target));
}

size_t Pages::head(const std::string &target)
{
    return add(METHOD_HEAD, origin_url(target));
}

size_t Pages::post(const std::string &target, const std::string &body)
{
    return add(METHOD_POST, origin_url(target), body);
}

size_t Pages::add(enum method method, const std::string &text,
                  const std::string &body)
{
    struct url url = {};
    EXPECT_EQ(URL_OK, url_parse(&url, text.c_str())) << text;
    auto *request = new struct request();
    struct slice slice = {body.data(), body.size()};
    EXPECT_EQ(0, request_init(request, method, &url, nullptr, slice));
    url_deinit(&url);
    struct result result;
    result_init(&result);
    requests.push_back(request);
    results.push_back(result);
    earliest.push_back(0);
    returned.push_back(0);
    return requests.size() - 1;
}

void Pages::not_before(size_t index, nanos when)
{
    earliest[index] = when;
}

/* ---- the batch ---- */

void Pages::check_caller(const char *function) const
{
    EXPECT_TRUE(running) << function << " after run() has returned";
    EXPECT_EQ(thread, gettid()) << function << " not on the caller's thread";
}

bool Pages::on_next(struct batch *batch, struct job *job)
{
    Pages *pages = reinterpret_cast<Batch *>(batch)->pages;
    pages->check_caller("batch_next");
    if (pages->next_index == pages->count())
        return false;
    EXPECT_TRUE(pages->takes_ahead || pages->out < batch->concurrency)
        << "too many handed out at once";
    size_t index = pages->next_index++;
    job->index = index;
    job->request = pages->requests[index];
    job->earliest = pages->earliest[index];
    pages->most = std::max(pages->most, ++pages->out);
    if (pages->when_next)
        pages->when_next(index);
    return true;
}

void Pages::on_done(struct batch *batch, size_t index, struct result *result)
{
    Pages *pages = reinterpret_cast<Batch *>(batch)->pages;
    pages->check_caller("batch_done");
    ASSERT_LT(index, pages->next_index) << "done with what was not handed out";
    EXPECT_EQ(1, ++pages->returned[index]) << "page " << index << " came twice";
    pages->out--;
    result_move(&pages->results[index], result);
    if (pages->when_done)
        pages->when_done(index);
}

void Pages::on_fewer(struct batch *batch, enum fetch_error)
{
    Pages *pages = reinterpret_cast<Batch *>(batch)->pages;
    pages->check_caller("the batch's fewer");
    pages->told++;
}

void Pages::check_all_done() const
{
    for (size_t i = 0; i < next_index; i++)
        EXPECT_EQ(1, returned[i]) << "page " << i << " never came back";
}

struct batch *Pages::prepare(const struct model *model)
{
    takes_ahead = (model->can & TAKES_AHEAD) != 0;
    batch.batch.options = &options;
    batch.batch.cancel = cancel;
    thread = gettid();
    running = true;
    return &batch.batch;
}

int Pages::try_run(const struct model *model)
{
    Leftovers before;
    int error = model->run(prepare(model));
    running = false;
    check_all_done();
    before.expect_none();
    return error;
}

void Pages::run(const struct model *model)
{
    EXPECT_EQ(0, try_run(model));
    if (!cancel_requested(cancel)) {
        EXPECT_EQ(count(), handed_out());
    }
}

/* ---- what came of it ---- */

const struct result &Pages::operator[](size_t index) const
{
    return results.at(index);
}

std::string Pages::body(size_t index) const
{
    const struct buffer &body = results.at(index).body;
    return body.size ? std::string(body.data, body.size) : "";
}

void Pages::expect_all_fine() const
{
    for (size_t page = 0; page < count(); page++)
        EXPECT_EQ(FETCH_OK, results[page].error) << explain(page);
}

size_t Pages::count_reused() const
{
    size_t reused = 0;
    for (const struct result &result : results)
        reused += result.reused;
    return reused;
}

std::string Pages::explain(size_t index) const
{
    struct buffer text = {};
    result_explain(&results.at(index), &text);
    std::string sentence(text.data, text.size);
    buffer_deinit(&text);
    return "page " + std::to_string(index) + ", " +
           requests[index]->url.target + ": " + sentence;
}
