/* SPDX-License-Identifier: MIT */
/* What a model does when this machine has no more: the part that all share. */
#include "http/model.h"

#include "support/asked.h"

#include <gtest/gtest.h>
#include <vector>

namespace
{

struct Batch : batch {
    explicit Batch(size_t at_once) : batch{}
    {
        concurrency = at_once;
        fewer = [](struct batch *self, enum fetch_error why) {
            static_cast<Batch *>(self)->told.push_back(why);
        };
    }
    bool holds(const Asked &page, enum fetch_error error, int redirects = 0)
    {
        struct job job = {0, &page.request, 0};
        struct result result;
        result_init(&result);
        result_fail(&result, error, 0);
        result.redirects = redirects;
        return batch_do_with_fewer(this, &job, &result);
    }
    std::vector<enum fetch_error> told;
};

TEST(DoWithFewer, IsForWhatThisMachineRefuses)
{
    Batch batch(10);
    Asked asked("http://127.0.0.1/");
    for (enum fetch_error error : {FETCH_OK, FETCH_REFUSED, FETCH_NO_MEMORY,
                                   FETCH_WORKER_DIED, FETCH_CANCELLED})
        EXPECT_FALSE(batch.holds(asked, error)) << fetch_error_word(error);
    EXPECT_EQ(batch_most(&batch), 10u);
    EXPECT_TRUE(batch.holds(asked, FETCH_NO_DESCRIPTOR));
    EXPECT_TRUE(batch.holds(asked, FETCH_NO_PROCESS));
    EXPECT_TRUE(batch.holds(asked, FETCH_UNWATCHABLE));
    EXPECT_TRUE(batch.holds(asked, FETCH_NO_PORT));
    EXPECT_EQ(batch_most(&batch), 6u);
    EXPECT_EQ(batch.told, (std::vector<enum fetch_error>{FETCH_NO_DESCRIPTOR}));
}

TEST(DoWithFewer, IsNotForOneThatIsAlone)
{
    Batch batch(2);
    Asked asked("http://127.0.0.1/");
    EXPECT_TRUE(batch.holds(asked, FETCH_NO_DESCRIPTOR));
    EXPECT_EQ(batch_most(&batch), 1u);
    EXPECT_FALSE(batch.holds(asked, FETCH_NO_DESCRIPTOR));
    EXPECT_EQ(batch_most(&batch), 1u);
}

TEST(DoWithFewer, SendsNothingTwiceThatMayBeSentOnce)
{
    Batch batch(10);
    Asked get("http://127.0.0.1/");
    Asked post("http://127.0.0.1/", METHOD_POST, "body");
    EXPECT_TRUE(batch.holds(get, FETCH_NO_DESCRIPTOR, 1));
    EXPECT_TRUE(batch.holds(post, FETCH_NO_DESCRIPTOR));
    EXPECT_FALSE(batch.holds(post, FETCH_NO_DESCRIPTOR, 1));
}

TEST(DoWithFewer, IsNotForABatchThatIsCancelled)
{
    struct cancel wish;
    ASSERT_EQ(cancel_init(&wish), 0);
    Batch batch(10);
    batch.cancel = &wish;
    cancel_request(&wish);
    EXPECT_FALSE(batch.holds(Asked("http://127.0.0.1/"), FETCH_NO_DESCRIPTOR));
    cancel_deinit(&wish);
}

} // namespace
