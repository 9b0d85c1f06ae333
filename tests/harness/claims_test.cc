/* SPDX-License-Identifier: MIT */
/* Verdicts, from figures that are made up; and each experiment, in a size at
 * which it measures nothing, but does what it says. */
#include "harness/claims/bench.h"
#include "harness/claims/finding.h"
#include "harness/claims/loops.h"
#include "harness/claims/reading.h"
#include "harness/claims/sharing.h"
#include "harness/claims/steps.h"
#include "harness/claims/workers.h"
#include "support/program.h"

#include <cerrno>
#include <cjson/cJSON.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace
{

struct spread between(double min, double max)
{
    double values[] = {min, (min + max) / 2, max};
    return spread_of(values, 3);
}

struct spread disturbed(struct spread spread)
{
    spread.disturbed = true;
    return spread;
}

const struct spread unknown = spread_of(nullptr, 0);

TEST(ClaimVerdicts, AnIntervalIsOnASideOnlyIfAllOfItIs)
{
    struct spread middle = between(2, 3);
    EXPECT_EQ(spread_side(&middle, 1.9), ABOVE);
    EXPECT_EQ(spread_side(&middle, 3.1), BELOW);
    for (double bound : {2.0, 2.5, 3.0})
        EXPECT_EQ(spread_side(&middle, bound), NEITHER_SIDE) << bound;
    const struct spread spoiled = disturbed(middle), once = spread_of_number(5);
    for (const struct spread *bad : {&spoiled, &once, &unknown}) {
        EXPECT_EQ(spread_side(bad, 0), NEITHER_SIDE);
        EXPECT_EQ(spread_beside(bad, &middle), NEITHER_SIDE);
        EXPECT_EQ(spread_beside(&middle, bad), NEITHER_SIDE);
    }
    struct spread touching = between(3, 4), apart = between(3.1, 4);
    EXPECT_EQ(spread_beside(&middle, &middle), NEITHER_SIDE);
    EXPECT_EQ(spread_beside(&middle, &touching), NEITHER_SIDE);
    EXPECT_EQ(spread_beside(&middle, &apart), BELOW);
    EXPECT_EQ(spread_beside(&apart, &middle), ABOVE);
}

TEST(ClaimVerdicts, NothingIsToldWhereAFigureIsMissingOrSpoiled)
{
    const struct spread good = between(1, 2), spoiled = disturbed(good);
    for (const struct spread *bad : {&unknown, &spoiled}) {
        struct finding finding = {};
        finding_add(&finding, "ns", "one", &good);
        finding_add(&finding, "ns", "another", bad);
        finding_fail(&finding, "a later reason");
        finding_judge(&finding, judgement_of(IS_TRUE, "It is."));
        EXPECT_EQ(finding.judgement.verdict, CANNOT_BE_TOLD);
        EXPECT_NE(std::string(finding.judgement.sentence).find("another"),
                  std::string::npos);
    }
    struct finding finding = {};
    for (int i = 0; i < 2 * FIGURES_MAX; i++)
        finding_add(&finding, "ns", "one", &good);
    EXPECT_EQ(finding.count, static_cast<size_t>(FIGURES_MAX));
    finding_judge(&finding, judgement_of(IS_TRUE, "It is."));
    EXPECT_EQ(finding.judgement.verdict, IS_TRUE);
}

TEST(ClaimVerdicts, NumbersAreSaidShort)
{
    EXPECT_STREQ(number_say(0).text, "0");
    EXPECT_STREQ(number_say(7).text, "7");
    EXPECT_STREQ(number_say(1.234).text, "1.23");
    EXPECT_STREQ(number_say(12.34).text, "12.3");
    EXPECT_STREQ(number_say(1234.5).text, "1234");
    EXPECT_STREQ(number_say(2e6).text, "2 million");
    EXPECT_STREQ(number_say(0.01234).text, "0.012");
    struct spread spread = between(1, 2), once = spread_of_number(3);
    EXPECT_STREQ(spread_say(&spread).text, "1.50 (1–2)");
    EXPECT_STREQ(spread_say(&once).text, "3");
    EXPECT_STREQ(spread_say(&unknown).text, "unknown");
}

TEST(ClaimVerdicts, OfWorkers)
{
    struct spread much = between(3, 4), little = between(1.1, 1.5),
                  less = between(0.5, 0.9);
    auto k1 = [](double in_flight, struct spread cpu, struct spread memory) {
        struct k1_figures figures = {50, in_flight, cpu, memory, cpu, memory};
        return k1_judge(&figures).verdict;
    };
    EXPECT_EQ(k1(50, much, much), IS_TRUE);
    EXPECT_EQ(k1(49, much, much), IS_FALSE) << "not all at once";
    EXPECT_EQ(k1(49, much, unknown), CANNOT_BE_TOLD);
    EXPECT_EQ(k1(50, much, little), IS_FALSE);
    EXPECT_EQ(k1(50, much, between(1.9, 2.1)), CANNOT_BE_TOLD);
    EXPECT_EQ(k1(50, unknown, much), CANNOT_BE_TOLD);

    auto k2 = [](struct spread memory, struct spread small,
                 struct spread large) {
        struct k2_figures figures = {memory, small, large};
        return k2_judge(&figures).verdict;
    };
    EXPECT_EQ(k2(much, little, much), IS_TRUE);
    EXPECT_EQ(k2(much, less, much), IS_FALSE);
    EXPECT_EQ(k2(much, much, less), IS_FALSE);
    EXPECT_EQ(k2(much, between(1, 1), much), CANNOT_BE_TOLD) << "equal";
    EXPECT_EQ(k2(much, disturbed(much), much), CANNOT_BE_TOLD);
}

struct k3_level threads(size_t count, struct spread turn, double refused = 0)
{
    return {count, static_cast<double>(count) - refused, turn, between(8, 8)};
}

TEST(ClaimVerdicts, OfManyThreads)
{
    struct spread cheap = between(3, 4), dear = between(20, 30);
    auto k3 = [](std::vector<struct k3_level> levels) {
        struct k3_figures figures = {};
        for (const struct k3_level &level : levels)
            figures.levels[figures.count++] = level;
        return k3_judge(&figures).verdict;
    };
    struct k3_level ten = threads(10, cheap);
    EXPECT_EQ(k3({}), CANNOT_BE_TOLD);
    EXPECT_EQ(k3({ten}), CANNOT_BE_TOLD) << "there is nothing beside it";
    EXPECT_EQ(k3({ten, threads(1000, cheap)}), IS_FALSE);
    EXPECT_EQ(k3({ten, threads(300, dear)}), IS_TRUE);
    EXPECT_EQ(k3({ten, threads(1000, cheap), threads(3000, dear)}), IS_FALSE);
    EXPECT_EQ(k3({ten, threads(300, between(10, 30)), threads(3000, dear)}),
              CANNOT_BE_TOLD);
    EXPECT_EQ(k3({ten, threads(300, unknown, 20)}), IS_TRUE) << "refused";
    EXPECT_EQ(k3({ten, threads(1000, cheap), threads(3000, unknown, 20)}),
              IS_FALSE);
    EXPECT_EQ(k3({ten, threads(1000, disturbed(cheap))}), CANNOT_BE_TOLD);
}

struct k6_level open_at_once(size_t count, struct spread cpu, double lost = 0)
{
    return {count, static_cast<double>(count) - lost, cpu};
}

TEST(ClaimVerdicts, OfLoops)
{
    struct spread cheap = between(40, 50), dear = between(200, 300);
    auto k6 = [](std::vector<struct k6_level> levels) {
        struct k6_figures figures = {};
        for (const struct k6_level &level : levels)
            figures.levels[figures.count++] = level;
        return k6_judge(&figures);
    };
    struct k6_level few = open_at_once(100, cheap);
    EXPECT_EQ(k6({}).verdict, CANNOT_BE_TOLD);
    EXPECT_EQ(k6({few}).verdict, CANNOT_BE_TOLD);
    EXPECT_EQ(k6({few, open_at_once(K6_MANY, cheap)}).verdict, IS_TRUE);
    EXPECT_EQ(k6({few, open_at_once(20000, cheap)}).verdict, IS_TRUE_UNTIL);
    struct judgement until =
        k6({few, open_at_once(1000, cheap), open_at_once(K6_MANY, dear)});
    EXPECT_EQ(until.verdict, IS_TRUE_UNTIL);
    EXPECT_EQ(std::string(until.sentence).find("1000 connections"), 0U);
    until = k6({few, open_at_once(1000, cheap), open_at_once(9000, cheap, 1)});
    EXPECT_EQ(std::string(until.sentence).find("1000 connections"), 0U);
    EXPECT_EQ(k6({few, open_at_once(1000, between(60, 120))}).verdict,
              CANNOT_BE_TOLD);
    EXPECT_EQ(k6({open_at_once(100, cheap, 101)}).verdict, CANNOT_BE_TOLD);

    auto k7 = [](struct k7_kind cpu, struct k7_kind seconds) {
        struct k7_figures figures = {cpu, seconds};
        return k7_judge(&figures).verdict;
    };
    struct spread one = between(1, 1.1), two = between(2, 2.2);
    EXPECT_EQ(k7({two, two, one}, {one, one, two}), IS_TRUE);
    EXPECT_EQ(k7({two, two, one}, {one, two, one}), IS_FALSE);
    EXPECT_EQ(k7({one, two, two}, {one, one, two}), IS_FALSE);
    EXPECT_EQ(k7({two, two, two}, {one, one, two}), CANNOT_BE_TOLD) << "equal";
    EXPECT_EQ(k7({two, two, one}, {one, unknown, two}), CANNOT_BE_TOLD);

    auto k12 = [](struct spread failure, struct spread burst) {
        struct k12_figures figures = {between(0, 1), failure, burst,
                                      between(250, 251)};
        return k12_judge(&figures).verdict;
    };
    EXPECT_EQ(k12(between(1, 9), between(30, 40)), IS_TRUE);
    EXPECT_EQ(k12(between(1, 9), between(101, 200)), IS_FALSE);
    EXPECT_EQ(k12(between(101, 200), between(30, 40)), IS_FALSE);
    EXPECT_EQ(k12(between(1, 9), between(30, 100)), CANNOT_BE_TOLD);
    EXPECT_EQ(k12(unknown, between(30, 40)), CANNOT_BE_TOLD);
}

enum verdict k4(struct spread lost, struct spread with_lock)
{
    struct k4_figures figures = {100, lost, with_lock};
    return k4_judge(&figures).verdict;
}

/* That nothing was lost does not make it false. */
TEST(ClaimVerdicts, OfThreadsThatShare)
{
    EXPECT_EQ(k4(between(1, 50), between(0, 0)), IS_TRUE);
    EXPECT_EQ(k4(between(0, 50), between(0, 0)), IS_TRUE);
    EXPECT_EQ(k4(between(0, 0), between(0, 0)), CANNOT_BE_TOLD);
    EXPECT_EQ(k4(between(1, 50), between(1, 2)), CANNOT_BE_TOLD);
    EXPECT_EQ(k4(unknown, unknown), CANNOT_BE_TOLD);

    struct spread twice = between(1.8, 2), one = between(0.9, 1.1);
    auto k5 = [](struct spread free, struct spread locked,
                 struct spread python) {
        struct k5_figures figures = {2, free, locked, python};
        return k5_judge(&figures).verdict;
    };
    EXPECT_EQ(k5(twice, one, one), IS_TRUE);
    EXPECT_EQ(k5(twice, one, unknown), IS_TRUE);
    EXPECT_EQ(k5(twice, one, twice), IS_FALSE);
    EXPECT_EQ(k5(twice, one, between(1, 2)), CANNOT_BE_TOLD);
    EXPECT_EQ(k5(one, one, one), CANNOT_BE_TOLD);
    EXPECT_EQ(k5(twice, twice, one), CANNOT_BE_TOLD);
    EXPECT_EQ(k5(disturbed(twice), one, one), CANNOT_BE_TOLD);
    EXPECT_EQ(k5(unknown, one, one), CANNOT_BE_TOLD);
}

TEST(ClaimVerdicts, OfGenerators)
{
    auto k8 = [](struct spread page) {
        struct k8_figures figures = {between(1, 2), page, between(1, 2),
                                     between(1, 2)};
        return k8_judge(&figures).verdict;
    };
    EXPECT_EQ(k8(between(1, 1.9)), IS_FALSE);
    EXPECT_EQ(k8(between(2.1, 4)), IS_TRUE);
    EXPECT_EQ(k8(between(1, 2)), CANNOT_BE_TOLD);
    EXPECT_EQ(k8(unknown), CANNOT_BE_TOLD);

    auto k11 = [](struct spread lazily, struct spread array) {
        struct k11_figures figures = {1e6, 1e3, lazily, between(0, 1), array};
        return k11_judge(&figures).verdict;
    };
    EXPECT_EQ(k11(between(0, 0), between(8e6, 8e6)), IS_TRUE);
    EXPECT_EQ(k11(between(8e6, 8e6), between(8e6, 8e6)), IS_FALSE);
    EXPECT_EQ(k11(between(1e5, 1e5), between(8e6, 8e6)), CANNOT_BE_TOLD);
    EXPECT_EQ(k11(between(0, 0), between(0, 0)), CANNOT_BE_TOLD);
    EXPECT_EQ(k11(disturbed(between(0, 0)), between(8e6, 8e6)), CANNOT_BE_TOLD);
    EXPECT_EQ(k11(unknown, between(8e6, 8e6)), CANNOT_BE_TOLD);
    EXPECT_EQ(k11(between(0, 0), unknown), CANNOT_BE_TOLD);
}

struct code code_of(size_t functions, size_t lines, size_t jumps)
{
    return {functions, lines, jumps, 0};
}

TEST(ClaimVerdicts, OfPrograms)
{
    struct k9_figures nine = {};
    EXPECT_EQ(k9_judge(&nine).verdict, CANNOT_BE_TOLD) << "nothing was read";
    for (struct code &code : nine.clients)
        code = code_of(5, 60, 0);
    nine.clients[CALLBACKS] = code_of(8, 60, 3);
    nine.steps = nine.by_deferred = 5;
    nine.by_callbacks = 1;
    EXPECT_EQ(k9_judge(&nine).verdict, IS_TRUE);
    nine.by_callbacks = 5;
    EXPECT_EQ(k9_judge(&nine).verdict, IS_FALSE) << "none was lost";
    nine.by_callbacks = 1;
    nine.clients[CALLBACKS].functions = 5;
    EXPECT_EQ(k9_judge(&nine).verdict, IS_FALSE) << "as large";
    nine.clients[CALLBACKS].functions = 8;
    nine.clients[TASKS].jumps = 3;
    EXPECT_EQ(k9_judge(&nine).verdict, IS_FALSE) << "equal";
    nine.by_deferred = -1;
    EXPECT_EQ(k9_judge(&nine).verdict, CANNOT_BE_TOLD);

    struct k10_figures ten = {};
    EXPECT_EQ(k10_judge(&ten).verdict, CANNOT_BE_TOLD);
    for (struct code &code : ten.clients)
        code = code_of(5, 60, 0);
    ten.clients[DEFERREDS] = code_of(5, 70, 1);
    ten.readers = ten.of_future = 2;
    ten.of_deferred = 1;
    EXPECT_EQ(k10_judge(&ten).verdict, IS_TRUE);
    ten.of_deferred = 2;
    EXPECT_EQ(k10_judge(&ten).verdict, IS_FALSE);
    ten.of_deferred = ten.of_future = 1;
    EXPECT_EQ(k10_judge(&ten).verdict, IS_FALSE);
    ten.of_future = 2;
    ten.clients[TASKS].lines = 70;
    EXPECT_EQ(k10_judge(&ten).verdict, IS_FALSE) << "equal lines";
    ten.clients[TASKS] = code_of(5, 60, 1);
    EXPECT_EQ(k10_judge(&ten).verdict, IS_FALSE) << "equal jumps";
    ten.of_future = -1;
    EXPECT_EQ(k10_judge(&ten).verdict, CANNOT_BE_TOLD);

    struct b6_figures six = {};
    EXPECT_EQ(b6_judge(&six).verdict, CANNOT_BE_TOLD);
    six.words[six.count++] = {"an episode", "a word", 2, 2, 2};
    EXPECT_EQ(b6_judge(&six).verdict, IS_TRUE);
    six.words[six.count++] = {"an episode", "another word", 3, 1, 2};
    EXPECT_EQ(b6_judge(&six).verdict, IS_FALSE);
    EXPECT_NE(std::string(b6_judge(&six).sentence).find("another word"),
              std::string::npos);
    six.words[1].counted = -1;
    EXPECT_EQ(b6_judge(&six).verdict, CANNOT_BE_TOLD);
}

/* ---- samples ---- */

class Bench : public testing::Test
{
  protected:
    Bench()
    {
        EXPECT_EQ(bench_init(&bench, false), 0);
        bench.race.spare_s = 0; /* it repeats nothing */
    }

    ~Bench() override
    {
        bench_deinit(&bench);
    }

    int sample(sample_fn *take, bool in_child)
    {
        finding = {};
        sampling = {take, this, 1, 3, true, in_child};
        return bench_sample(&bench, &sampling, &spread, &finding);
    }

    /* The first, the second, the third. */
    static int count(void *context, double *values)
    {
        values[0] = ++static_cast<Bench *>(context)->taken;
        return 0;
    }

    static int count_spoiled(void *context, double *values)
    {
        static_cast<Bench *>(context)->sampling.counts = false;
        return count(context, values);
    }

    static int count_spoiled_but_second(void *context, double *values)
    {
        auto *self = static_cast<Bench *>(context);
        self->sampling.counts = self->taken == 1;
        return count(context, values);
    }

    struct bench bench;
    struct finding finding;
    struct sampling sampling;
    struct spread spread;
    int taken = 0;
};

TEST_F(Bench, TakesASampleForEachRoundAndInAChildFromTheSameStart)
{
    ASSERT_EQ(sample(count, true), 0);
    EXPECT_EQ(spread.count, 3U);
    EXPECT_EQ(spread.min, 1);
    EXPECT_EQ(spread.max, 1);
    ASSERT_EQ(sample(count, false), 0);
    EXPECT_EQ(spread.min, 1);
    EXPECT_EQ(spread.max, 3);
    EXPECT_FALSE(spread.disturbed);
    EXPECT_STREQ(finding.trouble, "");
}

TEST_F(Bench, KnowsNothingAfterAnErrorOrWhenItIsStopped)
{
    EXPECT_EQ(sample([](void *, double *) { return -EPROTO; }, true), -EPROTO);
    EXPECT_EQ(spread.count, 0U);
    EXPECT_NE(finding.trouble[0], '\0');
    EXPECT_EQ(sample([](void *, double *) { return raise(SIGKILL); }, true),
              -EPIPE);
    cancel_request(&bench.race.cancel);
    EXPECT_EQ(sample(count, false), -ECANCELED);
    EXPECT_EQ(spread.count, 0U);
    EXPECT_EQ(taken, 1);
    EXPECT_STREQ(finding.trouble, "") << "it is not a fault of the machine";
}

TEST_F(Bench, ASampleIsNotEndedByWhatTheProgramIgnores)
{
    auto before = signal(SIGINT, SIG_IGN);
    int error = sample(
        [](void *context, double *values) {
            raise(SIGINT);
            return count(context, values);
        },
        true);
    signal(SIGINT, before);
    EXPECT_EQ(error, 0);
    EXPECT_EQ(spread.count, 3U);
}

/* No processor is as fast as the best of before seems to have been. */
TEST_F(Bench, KeepsWhatWasSpoiledOnlyWhereThereIsNothingBetter)
{
    bench.race.best_step_ns = 1e-9;
    ASSERT_EQ(sample(count_spoiled, false), 0);
    EXPECT_EQ(spread.count, 3U);
    EXPECT_TRUE(spread.disturbed);
    EXPECT_NE(finding.trouble[0], '\0');

    taken = 0;
    ASSERT_EQ(sample(count_spoiled_but_second, false), 0);
    EXPECT_EQ(spread.count, 1U);
    EXPECT_EQ(spread.min, 2);
    EXPECT_FALSE(spread.disturbed);
    EXPECT_STREQ(finding.trouble, "");
}

/* ---- the command ---- */

using Json = std::unique_ptr<cJSON, decltype(&cJSON_Delete)>;

const cJSON *member(const cJSON *json, const char *name)
{
    return cJSON_GetObjectItem(json, name);
}

std::string text(const cJSON *json, const char *name)
{
    const char *value = cJSON_GetStringValue(member(json, name));
    return value ? value : "";
}

class Claims : public testing::Test
{
  protected:
    Claims() : json(nullptr, cJSON_Delete)
    {
        char name[] = "/tmp/waitlab-claims-XXXXXX";
        folder = mkdtemp(name);
    }

    ~Claims() override
    {
        std::filesystem::remove_all(folder);
    }

    void read(const std::string &path)
    {
        std::ifstream file(path);
        std::stringstream bytes;
        bytes << file.rdbuf();
        json = Json(cJSON_Parse(bytes.str().c_str()), cJSON_Delete);
    }

    const cJSON *claim(const std::string &name) const
    {
        const cJSON *found;
        cJSON_ArrayForEach(
            found, member(json.get(), "claims")) if (text(found, "claim") ==
                                                     name) return found;
        return nullptr;
    }

    /* The median of a figure; -1 when there is none. */
    double figure(const std::string &name, const std::string &label,
                  size_t occurrence = 0) const
    {
        const cJSON *found;
        cJSON_ArrayForEach(found, member(claim(name), "figures")) if (
            text(found, "label") == label &&
            occurrence-- ==
                0) return cJSON_GetNumberValue(member(found, "median"));
        return -1;
    }

    std::string folder;
    Json json;
};

TEST_F(Claims, EachExperimentDoesWhatItSays)
{
    std::string path = folder + "/claims.json";
    Ran ran = run({"claims", "--tiny", "--json", path});
    EXPECT_EQ(ran.code, 0) << ran.err;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
        size_t columns = 0;
        for (char c : line)
            columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        EXPECT_LE(columns, 80U) << line;
    }
    read(path);
    ASSERT_TRUE(json);
    EXPECT_NE(text(member(json.get(), "machine"), "cpu"), "");
    int count = 0;
    const cJSON *found, *bar;
    cJSON_ArrayForEach(found, member(json.get(), "claims"))
    {
        SCOPED_TRACE(text(found, "claim"));
        count++;
        EXPECT_EQ(text(found, "verdict"), "cannot be told") << "--tiny";
        EXPECT_NE(text(found, "trouble"), "");
        cJSON_ArrayForEach(bar, member(found, "figures"))
        {
            SCOPED_TRACE(text(bar, "heading") + ", " + text(bar, "label"));
            /* On a busy machine it may be over before it is looked at. */
            if (text(bar, "heading").find("memory") == std::string::npos) {
                EXPECT_GT(cJSON_GetNumberValue(member(bar, "samples")), 0)
                    << text(found, "trouble");
            }
        }
    }
    EXPECT_EQ(count, 13);
    EXPECT_GT(figure("K1", "fork"), 0);
    EXPECT_GT(figure("K2", "processes, a pipe"), 0);
    EXPECT_GT(figure("K3", "6 threads"), 0);
    EXPECT_GT(figure("K6", "5 connections"), 0);
    EXPECT_GT(figure("K12", "blocking, failing"), 25)
        << "a server that is silent for 30 ms";
    EXPECT_GE(figure("K4", "without a lock"), 0);
    EXPECT_EQ(figure("K4", "with a lock"), 0);
    EXPECT_GT(figure("K8", "a generator's step"), 0);
    EXPECT_EQ(figure("K9", "sequential"), 0) << "it goes on where it waits";
    EXPECT_GT(figure("K9", "callbacks"), figure("K9", "tasks"));
    EXPECT_EQ(figure("K10", "a Deferred"), 1);
    EXPECT_EQ(figure("K10", "a Future"), 2);
    EXPECT_EQ(figure("B6", "- failures lost, of 5"), 4);
    EXPECT_EQ(figure("B6", "+ failures heard, of 5"), 5);
    EXPECT_EQ(figure("B6", "+ kinds of wait, of 3"), 3);
    EXPECT_GT(figure("K11", "as an array, all"),
              figure("K11", "generated, all"));
}

TEST_F(Claims, SayWhatIsWrongWithACommandLine)
{
    EXPECT_EQ(run({"claims", "K99"}).code, 2);
    EXPECT_EQ(run({"claims", "--nonsense"}).code, 2);
    Ran list = run({"claims", "--list", "k11", "K4", "K4"});
    EXPECT_EQ(list.code, 0);
    EXPECT_EQ(list.out.substr(0, 3), "K11");
    EXPECT_EQ(list.out.find("K4"), list.out.rfind("K4"));
    Ran unwritten = run({"claims", "--tiny", "--json", "/dev/null/x", "K11"});
    EXPECT_EQ(unwritten.code, 1);
    EXPECT_NE(unwritten.err.find("/dev/null/x"), std::string::npos);
}

} // namespace
