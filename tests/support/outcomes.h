/* SPDX-License-Identifier: MIT */
/* What tests of outcomes share: values that count how often they are dropped,
 * texts of what is printed, and a reporter that keeps what it is told. */
#ifndef SUPPORT_OUTCOMES_H
#define SUPPORT_OUTCOMES_H

#include "callbacks/exception_handler.h"
#include "callbacks/slow_call.h"
#include "callbacks/unhandled.h"

#include <gtest/gtest.h>

#include <climits>
#include <functional>
#include <pthread.h>
#include <string>

/* A value with one owner. Its drop counts in *drops. */
inline struct outcome counted(int *drops)
{
    static const struct kind kind = {
        "counted",
        [](struct outcome outcome) { ++*(int *)outcome.pointer; },
        nullptr,
        nullptr,
    };
    return outcome_value(&kind, drops);
}

inline std::string text_of(struct buffer *buffer)
{
    std::string text(buffer->data ? buffer->data : "", buffer->size);
    buffer_deinit(buffer);
    return text;
}

/* Takes the outcome over. */
inline std::string shown(struct outcome outcome)
{
    struct buffer buffer = {};
    outcome_print(&outcome, &buffer);
    outcome_drop(outcome);
    return text_of(&buffer);
}

/* Takes nothing over. */
inline std::string told(const struct failure *failure)
{
    struct buffer buffer = {};
    failure_print(failure, &buffer);
    return text_of(&buffer);
}

inline int count_of(const std::string &what, const std::string &text)
{
    int count = 0;
    for (size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + 1))
        count++;
    return count;
}

/* While it exists, all messages to this thread's exception handler are kept in
 * `told`, a line for each. `answer` is what the handler returns. Slow calls are
 * not reported: on a busy machine any call is slow, and no test should fail for
 * that. */
struct Reports : exception_handler {
    Reports() : exception_handler()
    {
        slow_call_set(0, &monotonic_clock);
        handle = [](exception_handler *self, const exception_context *context) {
            auto *reports = static_cast<Reports *>(self);
            reports->told += context->message;
            if (context->failure)
                reports->told +=
                    ": " +
                    shown(outcome_failure(failure_ref(context->failure)));
            if (context->error)
                reports->told +=
                    ": " + std::string(strerrorname_np(-context->error));
            reports->told += "\n";
            reports->call = context->call;
            return reports->answer;
        };
        before = exception_handler_set(this);
    }
    ~Reports()
    {
        exception_handler_set(before);
    }
    Reports(const Reports &) = delete;
    exception_handler *before;
    std::string told;
    void (*call)(struct ::handle *) = nullptr;
    int answer = 0;
};

/* Runs it in a thread whose stack is 64 KiB, or what a sanitizer needs at
 * least: far too little for a recursion over a million. */
inline void in_a_small_stack(std::function<void()> function)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    ASSERT_EQ(pthread_attr_setstacksize(&attributes, 64 * 1024), 0);
    auto run = [](void *argument) -> void * {
        (*static_cast<std::function<void()> *>(argument))();
        return nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, &attributes, run, &function), 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
}

#endif
