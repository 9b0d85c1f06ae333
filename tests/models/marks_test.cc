/* SPDX-License-Identifier: MIT */
/* When it happened, when it may begin, and what is to be done with it where it
 * arrived. */
#include "suite.h"

#include "base/clock.h"

#include <sys/mman.h>

namespace
{

class Marks : public ModelTest
{
};
INSTANTIATE_FOR_EVERY_MODEL(Marks);

void expect_in_order(const Pages &pages, size_t page)
{
    nanos last = 0;
    for (int mark = 0; mark < MARK_COUNT; mark++) {
        nanos when = pages[page].marks[mark];
        const char *name = mark_name((enum mark)mark);
        if (mark == MARK_SECURED) {
            EXPECT_EQ(NEVER, when) << "nothing is secured without TLS";
            continue;
        }
        EXPECT_NE(NEVER, when) << name << " of " << pages.explain(page);
        EXPECT_LE(last, when) << name << " of " << pages.explain(page);
        last = when;
    }
}

TEST_P(Marks, AreInOrder)
{
    for (bool keep_alive : {false, true}) {
        nanos before = monotonic_now();
        Pages pages(at_once(2));
        pages.options.keep_alive = keep_alive;
        for (int i = 0; i < 6; i++)
            pages.get("/stream/50000?delay=2ms");
        pages.run(model());
        for (size_t page = 0; page < pages.count(); page++) {
            EXPECT_EQ(FETCH_OK, pages[page].error) << pages.explain(page);
            expect_in_order(pages, page);
            EXPECT_GE(pages[page].marks[MARK_START], before);
            EXPECT_LE(pages[page].marks[MARK_DONE], monotonic_now());
        }
    }
}

/* The server waits before it answers, and that wait lies where it belongs. */
TEST_P(Marks, ShowWhereTheTimeWent)
{
    Pages pages;
    pages.get("/delay/30ms");
    pages.run(model());
    const nanos *marks = pages[0].marks;
    EXPECT_GE(marks[MARK_FIRST_BYTE] - marks[MARK_CONNECTED],
              30 * NANOS_PER_MILLISECOND);
}

/* Counts that children share with their parent. */
struct Traced {
    unsigned marks[4][MARK_COUNT];
    unsigned out_of_range;
};

void count_mark(void *context, const call *call, enum mark mark, nanos)
{
    size_t index = call->index;
    auto *traced = static_cast<struct Traced *>(context);
    unsigned *count =
        index < 4 ? &traced->marks[index][mark] : &traced->out_of_range;
    __atomic_add_fetch(count, 1, __ATOMIC_ACQ_REL);
}

TEST_P(Marks, AreEachToldToTheTraceOnce)
{
    void *memory = mmap(nullptr, sizeof(Traced), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(MAP_FAILED, memory);
    auto *traced = static_cast<Traced *>(memory);
    Pages pages(at_once(2));
    pages.options.trace = count_mark;
    pages.options.trace_context = traced;
    for (int i = 0; i < 4; i++)
        pages.get("/drip?bytes=4&every=3ms");
    pages.run(model());
    for (auto &page : traced->marks)
        for (int mark = 0; mark < MARK_COUNT; mark++)
            EXPECT_EQ(mark == MARK_SECURED ? 0u : 1u, page[mark])
                << mark_name((enum mark)mark);
    EXPECT_EQ(0u, traced->out_of_range);
    munmap(memory, sizeof(Traced));
}

/* Writes into the page what worked on it. */
void sign(void *context, struct result *result)
{
    buffer_print(&result->body, "%s by %d, %d", (const char *)context, getpid(),
                 gettid());
}

TEST_P(Marks, WorkIsDoneOncePerPageByWhatFetchedIt)
{
    char word[] = " signed";
    Pages pages(at_once(3));
    pages.options.work = sign;
    pages.options.work_context = word;
    for (int i = 0; i < 9; i++)
        pages.get("/bytes/20");
    size_t bad = pages.get("/close");
    pages.run(model());
    for (size_t page = 0; page < 9; page++) {
        const struct doer &doer = pages[page].doer;
        EXPECT_EQ(origin_body(20) + " signed by " + std::to_string(doer.pid) +
                      ", " + std::to_string(doer.thread),
                  pages.body(page));
    }
    EXPECT_EQ("", pages.body(bad)) << "no page, no work";
}

TEST_P(Marks, AreNotBeforeTheEarliestStart)
{
    if (!can(CAN_START_LATER))
        GTEST_SKIP() << "it starts at once";
    Pages pages(at_once(3));
    pages.options.keep_alive = true;
    nanos now = monotonic_now();
    for (int i = 0; i < 6; i++) {
        pages.get("/bytes/10");
        pages.not_before((size_t)i, now + i * 15 * NANOS_PER_MILLISECOND);
    }
    pages.run(model());
    for (int i = 0; i < 6; i++) {
        const struct result &page = pages[(size_t)i];
        EXPECT_EQ(FETCH_OK, page.error) << pages.explain((size_t)i);
        EXPECT_GE(page.marks[MARK_SENT], now + i * 15 * NANOS_PER_MILLISECOND);
        EXPECT_GE(page.marks[MARK_START], now + i * 15 * NANOS_PER_MILLISECOND);
    }
}

/* Waiting for a start is not part of the time that a page may take. */
TEST_P(Marks, DeadlinesBeginWithTheStart)
{
    if (!can(CAN_START_LATER) || !can(CAN_TIME_OUT))
        GTEST_SKIP() << "it needs later starts and deadlines";
    nanos later = monotonic_now() + 80 * NANOS_PER_MILLISECOND;
    Pages pages;
    pages.options.total_timeout = 40 * NANOS_PER_MILLISECOND;
    pages.get("/never");
    pages.not_before(0, later);
    pages.run(model());
    EXPECT_EQ(FETCH_TIMEOUT, pages[0].error) << pages.explain(0);
    EXPECT_GE(pages[0].marks[MARK_DONE], later + pages.options.total_timeout);
}

/* A page of the far future keeps none that is due from being fetched. */
TEST_P(Marks, ALateStartHoldsNoOtherPageUp)
{
    if (!can(CAN_START_LATER) || !can(CAN_OVERLAP) || !can(CAN_CANCEL))
        GTEST_SKIP() << "it needs later starts, overlap and cancellation";
    struct cancel wish;
    ASSERT_EQ(0, cancel_init(&wish));
    Pages pages(2);
    pages.cancel = &wish;
    size_t late = pages.get("/bytes/10");
    pages.not_before(late, monotonic_now() + 3600 * NANOS_PER_SECOND);
    size_t due = pages.get("/bytes/10");
    pages.when_done = [&](size_t) { cancel_request(&wish); };
    pages.run(model());
    EXPECT_EQ(FETCH_OK, pages[due].error) << pages.explain(due);
    EXPECT_EQ(FETCH_CANCELLED, pages[late].error) << pages.explain(late);
    cancel_deinit(&wish);
}

} // namespace
