/* SPDX-License-Identifier: MIT */
/* A report is about one client; its test is about all of them. */
#ifndef TESTS_REPORTS_EVERY_MODEL_H
#define TESTS_REPORTS_EVERY_MODEL_H

#include "harness/models.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

class EveryModel : public testing::TestWithParam<const struct model *>
{
  protected:
    void SetUp() override
    {
        if (const char *why = models_why_not(GetParam()))
            GTEST_SKIP() << why;
    }
};

inline std::vector<const struct model *> every_model()
{
    std::vector<const struct model *> all;
    for (const struct model *const *at = models; *at; at++)
        all.push_back(*at);
    return all;
}

inline std::string
name_of_model(const testing::TestParamInfo<const struct model *> &info)
{
    std::string name = info.param->name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

#define FOR_EVERY_MODEL(suite)                                                 \
    INSTANTIATE_TEST_SUITE_P(, suite, testing::ValuesIn(every_model()),        \
                             name_of_model)

#endif
