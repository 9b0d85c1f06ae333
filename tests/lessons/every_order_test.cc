/* SPDX-License-Identifier: MIT */
/* What a lesson's check tries in every order. */
#include "lessons/check/orders.h"

#include <gtest/gtest.h>

/* Two things, the second one in either order: four in all. */
static std::string choose_twice(struct interleaving *order)
{
    size_t first = interleaving_choose(order, 2);
    size_t second = interleaving_choose(order, 2);
    return std::to_string(first) + std::to_string(second);
}

TEST(EveryOrder, IsTriedUntilSomethingIsWrong)
{
    std::string told;
    EXPECT_EQ(wrong_in_an_order(4,
                                [&](struct interleaving *order) {
                                    told += choose_twice(order) + " ";
                                    return std::string();
                                }),
              "");
    EXPECT_EQ(told, "00 01 10 11 ");
    EXPECT_EQ(wrong_in_an_order(4,
                                [](struct interleaving *order) {
                                    std::string run = choose_twice(order);
                                    return run == "10" ? run : "";
                                }),
              "10");
}

TEST(EveryOrder, IsNotHeldToBeRightWhenSomeWereLeftOut)
{
    EXPECT_EQ(wrong_in_an_order(3,
                                [](struct interleaving *order) {
                                    choose_twice(order);
                                    return std::string();
                                }),
              "there are more than 3 orders");
}
