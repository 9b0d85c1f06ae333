/* SPDX-License-Identifier: MIT */
/* ctest runs the suite by two lists, of models and of kinds of promises. What
 * is missing there would never be tested, and that would not be noticed. */
#include "suite.h"

#include <algorithm>
#include <sstream>

namespace
{

std::vector<std::string> split(const char *list)
{
    std::vector<std::string> items;
    std::stringstream stream(list);
    for (std::string item; stream >> item;)
        items.push_back(item);
    std::sort(items.begin(), items.end());
    return items;
}

TEST(Suite, RunsForEveryModel)
{
    std::vector<std::string> names;
    for (const struct model *model : every_model())
        names.push_back(model_test_name({model, 0}));
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, split(SUITE_MODELS))
        << "add the model to the list in tests/models/CMakeLists.txt";
}

TEST(Suite, RunsForEveryPromise)
{
    const auto *unit = testing::UnitTest::GetInstance();
    const std::string prefix = "Models/";
    std::vector<std::string> names;
    for (int i = 0; i < unit->total_test_suite_count(); i++) {
        std::string name = unit->GetTestSuite(i)->name();
        if (name.compare(0, prefix.size(), prefix) == 0)
            names.push_back(name.substr(prefix.size()));
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, split(SUITE_PROMISES))
        << "add it to the list in tests/models/CMakeLists.txt";
}

} // namespace
