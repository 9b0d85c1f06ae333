/* SPDX-License-Identifier: MIT */
/* What the lint of a lesson's source complains about. */
#include "folder.h"

extern "C" {
#include "lessons/tool/author/layout.h"
}

#include <gtest/gtest.h>

#include <algorithm>

namespace
{

class Layout : public testing::Test
{
  protected:
    void SetUp() override
    {
        lesson.source = "a.c";
        lesson.count = 2;
        lesson.steps[1].functions = one;
        lesson.steps[2].functions = two;
    }

    /* The complaints about this, and a second function that is right. */
    std::string complaints(const std::string &text)
    {
        std::string whole = text + "int two(int x)\n{\n#if SOLVED >= 2\n"
                                   "    return x;\n#else\n    YOUR_CODE(x);\n"
                                   "    return 0;\n#endif\n}\n";
        struct buffer out = {};
        int count = layout_check(&lesson, whole.c_str(), &out);
        std::string said = text_of(out);
        EXPECT_EQ(count, std::count(said.begin(), said.end(), '\n'));
        return said;
    }

    struct lesson lesson = {};
    const char *one[2] = {"one", nullptr};
    const char *two[2] = {"two", nullptr};
};

const char right[] = "/* One { and a '\"' more. */\n"
                     "static void one(int x,\n"
                     "                int y)\n"
                     "{\n"
                     "    struct thing *thing = of(x);\n"
                     "#if SOLVED >= 1\n"
                     "    if (x) {\n"
                     "        puts(\"}\");\n"
                     "    }\n"
                     "#else\n"
                     "    YOUR_CODE(x, y);\n"
                     "#endif\n"
                     "}\n";

} // namespace

/* What comes behind it is read as ever. */
TEST_F(Layout, AnEndifMustEndSomething)
{
    EXPECT_EQ(complaints("#endif\n#endif\n" + std::string(right)),
              "a.c:1: this #endif ends no conditional\n"
              "a.c:2: this #endif ends no conditional\n");
}

TEST_F(Layout, AHoleThatIsTheRestOfItsFunctionIsRight)
{
    EXPECT_EQ(complaints(right), "");
}

TEST_F(Layout, NothingIsBehindAHole)
{
    EXPECT_EQ(complaints("void one(int x)\n{\n#if SOLVED >= 1\n    f(x);\n"
                         "#else\n    YOUR_CODE(x);\n#endif\n    g(x);\n}\n"),
              "a.c:8: a hole is the rest of its function: this is behind"
              " that of one\n");
}

TEST_F(Layout, AHoleSaysYourCode)
{
    const char wanted[] = "the hole of one has no #else with YOUR_CODE in it\n";
    EXPECT_EQ(complaints("void one(int x)\n{\n#if SOLVED >= 1\n    f(x);\n"
                         "#else\n    (void)x;\n#endif\n}\n"),
              std::string("a.c:7: ") + wanted);
    EXPECT_EQ(complaints("void one(int x)\n{\n#if SOLVED >= 1\n    f(x);\n"
                         "#endif\n}\n"),
              std::string("a.c:5: ") + wanted);
}

TEST_F(Layout, NoBranchHasHalfABrace)
{
    EXPECT_EQ(complaints(std::string(right) +
                         "void other(int x)\n{\n#if STEP >= 2\n"
                         "    if (x) {\n#else\n    {\n#endif\n    }\n}\n"),
              "a.c:18: this branch of the conditional has an opening brace too"
              " many\n"
              "a.c:20: this branch of the conditional has an opening brace too"
              " many\n");
}

TEST_F(Layout, AFunctionHasFewConditionals)
{
    const std::string each = "#if STEP >= 2\n    f();\n#endif\n";
    const std::string hole = "#if SOLVED >= 1\n    f();\n#else\n"
                             "    YOUR_CODE(0);\n#endif\n}\n";
    EXPECT_EQ(complaints("void one(void)\n{\n" + each + hole), "");
    EXPECT_EQ(complaints("void one(void)\n{\n" + each + each + hole),
              "a.c:14: 3 conditionals in one: at most 2 in a function with a"
              " hole\n");
    EXPECT_EQ(
        complaints(right + ("void f(void)\n{\n" + each + each + each) + "}\n"),
        "");
    EXPECT_EQ(complaints(right +
                         ("void f(void)\n{\n" + each + each + each + each) +
                         "}\n"),
              "a.c:28: 4 conditionals in f: at most 3 in a function without a"
              " hole\n");
}

TEST_F(Layout, HolesAndLessonSayTheSame)
{
    EXPECT_EQ(complaints(""), "a.c:9: one, of step 1 in lesson.json, has no"
                              " hole: #if SOLVED >= 1\n");
    const char *more[] = {"one", "two", nullptr};
    lesson.steps[1].functions = more;
    EXPECT_EQ(complaints(right), "a.c:22: two, of step 1 in lesson.json, has"
                                 " no hole: #if SOLVED >= 1\n");
    const char *none[] = {nullptr};
    lesson.steps[1].functions = none;
    EXPECT_EQ(complaints(right), "a.c:6: one is a hole of step 1, which"
                                 " lesson.json does not say\n");
}
