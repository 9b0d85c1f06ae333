/* SPDX-License-Identifier: MIT */
/* What each program of the talks prints. */
#include "support/shell.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace
{

std::string run(const std::string &row, const std::string &environment = "")
{
    Ran ran = shell(environment + TALKS_PROGRAMS "/" + row);
    EXPECT_EQ(0, ran.status) << ran.text;
    return ran.text;
}

int count_of(const std::string &what, const std::string &text)
{
    int count = 0;
    for (size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + 1))
        count++;
    return count;
}

/* The lines about one page, without its number. A handle_read that follows on
 * another is left out: in how many pieces an answer comes is not promised. */
std::string lines_of(const std::string &text, char page)
{
    std::stringstream in(text);
    std::string line, out, last;
    while (std::getline(in, line)) {
        if (line[0] != page)
            continue;
        line = line.substr(3);
        if (line != "handle_read" || line != last)
            out += line + "\n";
        last = line;
    }
    return out;
}

} // namespace

TEST(Talk, A1AsksForAPageWhenTheOneBeforeIsDoneWith)
{
    EXPECT_EQ(run("A1"),
              "1  /hold?until=2&for=50ms  503 only 1 of 2 arrived\n"
              "2  /hold?until=2&for=50ms  503 only 1 of 2 arrived\n");
}

TEST(Talk, A2PrintsInTheOrderOfTheSitesWhatProcessesFetchedTogether)
{
    EXPECT_EQ(run("A2"), "/delay/50ms  200 Here it is.\n"
                         "/hold?until=2&for=20s  200 2 arrived\n"
                         "/hold?until=2&for=20s  200 2 arrived\n");
}

TEST(Talk, A3DoesTheSameOnAPoolOfThreadsAndOnAThreadForEachSite)
{
    const std::string once = "1  /delay/50ms  200 Here it is.\n"
                             "2  /hold?until=2&for=20s  200 2 arrived\n"
                             "3  /hold?until=2&for=20s  200 2 arrived\n";
    EXPECT_EQ(run("A3"), once + once);
}

TEST(Talk, A4HasAllPagesInFlightOverEachSelector)
{
    const std::string pages = "1  /hold?until=3&for=20s  200 3 arrived\n"
                              "2  /hold?until=3&for=20s  200 3 arrived\n"
                              "3  /hold?until=3&for=20s  200 3 arrived\n";
    EXPECT_EQ(run("A4"),
              "select:\n" + pages + "poll:\n" + pages + "epoll:\n" + pages);
}

TEST(Talk, A5CallsTheSameMethodsInTheSameOrderForEachClient)
{
    const std::string text = run("A5"),
                      calls = "warning: unhandled connect event\n"
                              "handle_write\n"
                              "handle_read\n"
                              "warning: unhandled close event\n"
                              "/hold?until=2&for=20s  200 2 arrived\n";
    EXPECT_EQ(lines_of(text, '1'), calls) << text;
    EXPECT_EQ(lines_of(text, '2'), calls) << text;
}

TEST(Talk, A15CallsAtOnceAndThenAgainAndAgainUntilStopped)
{
    EXPECT_EQ(run("A15"), "0.0 s  Hello World\n"
                          "1.0 s  tick\n"
                          "2.0 s  tick\n"
                          "3.0 s  tick\n"
                          "3.5 s  stop\n");
}

/* What comes first is not promised. */
TEST(Talk, A16SaysHelloThroughWhateverALoopOffers)
{
    std::stringstream in(run("A16"));
    std::multiset<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.insert(line);
    std::multiset<std::string> all;
#ifdef TALKS_TLS
    all.insert("TLS      Hello World!");
#endif
    for (const char *name : {"TCP     ", "UDP     ", "UNIX    ", "pipe    ",
                             "signal  ", "thread  ", "process "})
        all.insert(std::string(name) + " Hello World!");
    EXPECT_EQ(lines, all);
}

TEST(Talk, A17ReadsBackWhatItHasSent)
{
    EXPECT_EQ(run("A17"), "Hello World!\n"
                          "closed: in good order\n");
}

TEST(Talk, A18IsMadeAndReceivesAndThenTheLoopHasEnded)
{
    EXPECT_EQ(run("A18"), "connection_made\n"
                          "data_received: iloveyou\n");
}

TEST(Talk, A8ReadsLineAfterLineUntilThereAreNoMore)
{
    EXPECT_EQ(run("A8"), "HTTP/1.1 200 OK\r\n"
                         "Content-Type: text/plain; charset=utf-8\r\n"
                         "Content-Length: 11\r\n"
                         "Connection: close\r\n"
                         "\r\n"
                         "status 200\n");
}

TEST(Talk, A9TellsOfEachCallOfADecoratedFunction)
{
    EXPECT_EQ(run("A9"), "43\nCalling add_one\n43\nCalling add_one\n43\n");
}

TEST(Talk, A10TwoLoopsOverOneListDoNotDisturbEachOther)
{
    EXPECT_EQ(run("A10"), "1*1 1*2 1*3 \n2*1 2*2 2*3 \n3*1 3*2 3*3 \n");
}

TEST(Talk, A11YieldsTheSquaresAndThenNumbersForEver)
{
    EXPECT_EQ(run("A11"), "0 1 4 9 16 = None\n4 5 6 \n7 8 9 \n");
}

TEST(Talk, A12HandsOutMoneyUntilTheCrisis)
{
    EXPECT_EQ(run("A12"), "'$100' \n'$100' '$100' '$100' '$100' '$100' \n"
                          "= None\n= None\n");
}

TEST(Talk, A13YieldsFromTwoAsFromOne)
{
    std::string numbers;
    for (int i = 0; i < 20; i++)
        numbers += std::to_string(i) + " ";
    EXPECT_EQ(run("A13"), numbers + "= None\n");
}

TEST(Talk, A14RunsACoroutineToItsEnd)
{
    EXPECT_EQ(run("A14"), "0.0 s  Hello\n1.0 s  World\n1.0 s  done\n");
}

TEST(Talk, A19WaitsForAFuture)
{
    EXPECT_EQ(run("A19"), "0.0 s  it is waited for\n"
                          "1.0 s  the result is set\n"
                          "1.0 s  the result has come\n");
}

TEST(Talk, A20AValueAndAnErrorBothArrive)
{
    EXPECT_EQ(run("A20"), "7\nRuntimeError(division by zero)\n");
}

TEST(Talk, A21ATaskAdvancesByItself)
{
    EXPECT_EQ(run("A21"), "0.0 s  nothing has run yet\n"
                          "0.0 s  a step\n"
                          "1.0 s  a step\n"
                          "2.0 s  a step\n");
}

TEST(Talk, A22TakesTheSumOfItsWaits)
{
    EXPECT_EQ(run("A22"), "4.0 s  the first is over\n"
                          "7.0 s  the second is over\n"
                          "8.0 s  the third is over\n");
}

TEST(Talk, A23TakesAsLongAsTheLongest)
{
    EXPECT_EQ(run("A23"), "2.0 s  one is done\n"
                          "3.0 s  one is done\n"
                          "4.0 s  one is done\n[4, 3, 2]\n");
}

TEST(Talk, A24ReturnsFromTheInsideOut)
{
    EXPECT_EQ(run("A24"), "1.5 s  baz returns\n"
                          "1.5 s  bar returns\n"
                          "1.5 s  foo returns\n");
}

TEST(Talk, A25TicksUntilItIsCancelled)
{
    EXPECT_EQ(run("A25"), "1.0 s  tick\n"
                          "2.0 s  tick\n"
                          "3.0 s  tick\n"
                          "3.5 s  the timer is cancelled\n");
}

TEST(Talk, A26WaitsUntilBothPagesAreDone)
{
    EXPECT_EQ(run("A26"), "0 done, 2 pending\n"
                          "'status 200\\n'\n"
                          "'Here it is.\\n'\n"
                          "2 done, 0 pending\n");
}

TEST(Talk, B3TwoHandlersWaitForTheirPagesAtATime)
{
    const std::string told = "a visitor gets '<h1>2 arrived</h1>'\n";
    EXPECT_EQ(run("B3"), told + told);
}

TEST(Talk, B4GetsThreeAtOnceAndFiveFromAFuture)
{
    EXPECT_EQ(run("B4"), "0.0 s  a is 3\n1.0 s  b is 5\n");
}

TEST(Talk, B6TheErrorIsNotToldAndTheResultIsThereForOne)
{
    EXPECT_EQ(run("B6"), "0.0 s  connected, and the login will fail\n"
                         "0.0 s  read_it gets 7\n"
                         "0.0 s  read_it gets None\n");
}

TEST(Talk, B5PrintsTheSumASecondLater)
{
    EXPECT_EQ(run("B5"), "Compute 1 + 2 ...\n1 + 2 = 3\n"
                         "1.0 s  print_sum is over\n");
}

TEST(Talk, B0RunsWhatHappensAndWhatIsDue)
{
    EXPECT_EQ(run("B0"), "0.0 s  a descriptor is readable\n"
                         "1.0 s  the sooner call\n"
                         "2.0 s  the later call\n");
}

TEST(Talk, B2TheSlidesLoopAndARealDeferredDoTheSame)
{
    const std::string way = "0.0 s  parse gets 'seven'\n"
                            "0.0 s  use_zero gets RuntimeError(seven is not a "
                            "number)\n"
                            "0.0 s  print gets 0\n";
    EXPECT_EQ(run("B2"), way + way);
}

TEST(Talk, DrawsItsDeferredsStepByStep)
{
    std::string text = run("B2 --draw");
    EXPECT_EQ(count_of("---- ", text), 5);
    EXPECT_EQ(count_of("use_zero]", text), 3);
    EXPECT_NE(text.find("made in talk_run (B02-deferred-chain.c:"),
              std::string::npos)
        << text;
}

TEST(Talk, WritesTheDrawingIntoAFile)
{
    char folder[] = "/tmp/talk.XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    std::string path = std::string(folder) + "/b2.svg";
    EXPECT_EQ(run("B2 --draw=" + path), run("B2"));
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str().find("<svg "), 0u);
    EXPECT_NE(text.str().find(">use_zero<"), std::string::npos);
    std::filesystem::remove_all(folder);
    Ran ran = shell(TALKS_PROGRAMS "/B2 --draw=" + path);
    EXPECT_EQ(ran.status, 1);
    EXPECT_EQ(ran.text, "talk: " + path + ": No such file or directory\n");
}

TEST(Talk, A6AFactoryWithADeferredEndsTheProgram)
{
    std::string text = run("A6");
    EXPECT_EQ(text.find("HTTP/1.1 200 OK\n"), 0u) << text;
    EXPECT_NE(text.find("\nContent-Length: 11\n"), std::string::npos) << text;
}

TEST(Talk, A7ACallbackThatReturnsADeferredLetsTheChainWait)
{
    EXPECT_EQ(run("A7"), "1.0 s  ask_again gets 7\n"
                         "3.0 s  print gets 42\n"
                         "4.0 s  print_error gets OSError(it went wrong)\n");
    EXPECT_NE(run("A7 --draw").find("[ask_again]"), std::string::npos);
}

TEST(Talk, C2TheContentsArePrintedAfterGetPageHasReturned)
{
    EXPECT_EQ(run("C2"),
              "getPage has returned.\n"
              "The Deferred has called print_contents with these contents:\n"
              "status 200\n");
}

TEST(Talk, C3TheSecondCallbackGetsWhatTheFirstReturned)
{
    EXPECT_EQ(run("C3"), "there is:\n");
}

TEST(Talk, C4AnErrbackGetsTheStatus)
{
    EXPECT_EQ(run("C4"), "An error has occurred: <404 Not Found>\n");
    std::string text = run("C4 --draw");
    EXPECT_NE(text.find("v Error(404 Not Found)\n"), std::string::npos) << text;
    EXPECT_NE(text.find("[error_handler]"), std::string::npos) << text;
    EXPECT_EQ(text.find("[print_contents]"), std::string::npos) << text;
}

TEST(Talk, C5EachCallGetsWhatTheOneBeforeHasAnswered)
{
    EXPECT_EQ(run("C5"), "0.0 s  the reader goes home\n"
                         "3.0 s  the librarian gets None\n"
                         "3.0 s  the cook gets 'it is poisonous'\n"
                         "3.0 s  the guest gets 'dinner is off'\n");
}

TEST(Talk, D1BothFormsPrintTheSame)
{
    const std::string value = "1.0 s  print gets 7\n",
                      error = "2.0 s  print_error gets RuntimeError(division "
                              "by zero)\n";
    EXPECT_EQ(run("D1"), value + value + error + error);
}

TEST(Talk, D2AllFourFormsPrintNineAfterASecond)
{
    const std::string nine = "1.0 s  print gets 9\n";
    EXPECT_EQ(run("D2"), nine + nine + nine + nine);
}

TEST(Talk, D3SleepFiresAfterTheDelay)
{
    EXPECT_EQ(run("D3"), "0.0 s  sleep_for has returned\n"
                         "1.0 s  on_wake gets None\n");
}

/* Each line of the table names a type, and the file in which it is. */
TEST(Talk, D4EachNameIsWhereTheTableSays)
{
    std::stringstream in(run("D4"));
    int lines = 0;
    for (std::string line; std::getline(in, line); lines++) {
        size_t type = line.find("struct "), end = line.find(' ', type + 7);
        size_t path = line.find_first_not_of(' ', end);
        std::string name = line.substr(type, end - type);
        std::ifstream file(TALKS_SOURCE "/" +
                           line.substr(path, line.find(':') - path));
        std::stringstream text;
        text << file.rdbuf();
        const std::string all = text.str();
        EXPECT_TRUE(all.find("\n" + name + " {") != std::string::npos ||
                    all.find("\n" + name + ";") != std::string::npos)
            << line;
    }
    EXPECT_GE(lines, 5);
}

TEST(Talk, D5ADeferredChangesItsResultAndAFutureKeepsIt)
{
    EXPECT_EQ(run("D5"), "0.0 s  a callback gets 7\n"
                         "0.0 s  a callback gets 14\n"
                         "0.0 s  a done-callback gets 7\n"
                         "0.0 s  a done-callback gets 7\n");
}

TEST(Talk, D6ActorsHaveNothingInCommonButLetters)
{
    EXPECT_EQ(run("D6"), "2.0 s  balance is 2\n"
                         "3.0 s  balance is 5\n"
                         "4.0 s  balance is 7\n"
                         "6.0 s  balance is 10\n");
}

TEST(Talk, E1TheHeadersComeFirstAndThenTheBody)
{
    EXPECT_EQ(run("E1"), "status: 200\n"
                         "Content-Type: text/plain; charset=utf-8\n"
                         "Content-Length: 11\n"
                         "Connection: close\n"
                         "data_received: status 200\n"
                         "connection_lost: 0\n"
                         "cb_shutdown\n");
}

TEST(Talk, E2ToE4GetTheSamePageInThreeOtherWays)
{
    for (const char *row : {"E2", "E3", "E4"})
        EXPECT_EQ(run(row), "status: 200\n"
                            "Content-Type: text/plain; charset=utf-8\n"
                            "Content-Length: 11\n"
                            "Connection: close\n"
                            "body: status 200\n")
            << row;
}

TEST(Talk, E5ServesTheQuickWhileOthersDawdle)
{
    EXPECT_EQ(run("E5"), "0.0 s  to the server in callbacks:\n"
                         "5.0 s  the quick one: 200 <h1>Hello, world!</h1>\n"
                         "6.0 s  the lost one: 404 Not Found\n"
                         "12.0 s  the dawdler: 200 <h1>Hello, world!</h1>\n"
                         "20.0 s  the one that falls asleep: "
                         "408 The request took too long to come\n"
                         "20.0 s  to the server with Tasks:\n"
                         "25.0 s  the quick one: 200 <h1>Hello, world!</h1>\n"
                         "26.0 s  the lost one: 404 Not Found\n"
                         "32.0 s  the dawdler: 200 <h1>Hello, world!</h1>\n"
                         "50.0 s  the one that falls asleep: no answer\n");
}

/* Where the server is installed; elsewhere the program says how to get it. */
TEST(Talk, C1FiftyChainsWaitSideBySide)
{
    std::string text = run("C1");
    if (text.find("There is no SMTP server") == 0) {
        EXPECT_NE(text.find("apt-get install python3-aiosmtpd\n"),
                  std::string::npos);
        GTEST_SKIP() << text;
    }
    EXPECT_EQ(text,
              "One after another: 5 mails were taken, at most 1 at a time\n"
              "At once: 50 mails were taken, at most 50 at a time\n");
}

TEST(Talk, E6ATaskOfACoroutineRunsAndCanBeCancelled)
{
    EXPECT_EQ(run("E6"), "1.0 s  called, it has done nothing\n"
                         "1.0 s  it begins\n"
                         "2.0 s  cancelled\n");
}

TEST(Talk, E7AFutureHasAResultOrIsCancelled)
{
    EXPECT_EQ(run("E7"), "taken back: 1\n"
                         "one: done 0, cancelled 0, result InvalidStateError\n"
                         "cancel: 1\n"
                         "one: done 1, cancelled 0, result 42\n"
                         "other: done 1, cancelled 1, result CancelledError()\n"
                         "0.0 s  the callback\n");
}

/* When it was whose turn, among those that wanted this. */
static std::string turns_of(const std::string &out, const std::string &thing)
{
    std::string turns;
    std::stringstream in(out);
    const std::string words = " s  " + thing + " is ";
    for (std::string line; std::getline(in, line);) {
        size_t at = line.find(words);
        if (at != line.npos)
            turns += line.substr(0, at) + ": " +
                     line.substr(at + words.size()) + "\n";
    }
    return turns;
}

TEST(Talk, E8OneThatComesAgainWaitsBehindTheOthers)
{
    const std::string one_by_one =
        "0.0: 1\n1.0: 2\n2.0: 3\n3.0: 1\n4.0: 2\n5.0: 3\n";
    const std::string out = run("E8");
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 18) << out;
    EXPECT_EQ(turns_of(out, "who has the lock"), one_by_one);
    EXPECT_EQ(turns_of(out, "who has the item"), one_by_one);
    EXPECT_EQ(turns_of(out, "one of the two"),
              "0.0: 1\n0.0: 2\n1.0: 3\n1.0: 1\n2.0: 2\n2.0: 3\n");
}

/* The names of the widgets of a demo, in the order in which they came. Each
 * producer's are in the order of their numbers, and none comes before the one
 * that was there before. */
static std::string widgets_of(const std::string &out, double *last)
{
    std::stringstream in(out);
    std::map<std::string, int> made;
    std::string names;
    *last = 0;
    for (std::string line; std::getline(in, line);) {
        std::stringstream words(line);
        double when;
        std::string seconds, name;
        int number;
        if (!(words >> when >> seconds >> name >> number))
            continue;
        EXPECT_EQ(number, ++made[name]) << line;
        EXPECT_GE(when, *last) << line;
        EXPECT_EQ(line.find(name), line.find('s') + (name == "foo" ? 3 : 15));
        *last = when;
        names += name[0];
    }
    return names;
}

TEST(Talk, E9FooIsDoneBeforeBarBegins)
{
    double last;
    EXPECT_EQ(widgets_of(run("E9"), &last),
              std::string(10, 'f') + std::string(10, 'b'));
    EXPECT_EQ(last, 12.7);
}

TEST(Talk, E10BothAreMadeAtOnce)
{
    double last;
    const std::string names = widgets_of(run("E10"), &last);
    EXPECT_EQ(std::count(names.begin(), names.end(), 'f'), 10);
    EXPECT_EQ(std::count(names.begin(), names.end(), 'b'), 10);
    EXPECT_NE(names.find("fb"), names.npos);
    EXPECT_NE(names.find("bf"), names.npos);
    EXPECT_EQ(last, 6.5) << "as long as the longer one";
}

TEST(Talk, E11WaitsForBoth)
{
    const std::string last = "6.5 s  foo 10\n6.5 s  both are finished\n";
    const std::string out = run("E11");
    EXPECT_EQ(out, run("E10") + "6.5 s  both are finished\n");
    EXPECT_EQ(out.substr(out.size() - last.size()), last);
}

TEST(Talk, E12TheFirstThatIsFinishedComesFirst)
{
    const std::string out = run("E12");
    size_t bar = out.find("bar 10\n'bar'\n"), foo = out.find("foo 10\n'foo'\n");
    EXPECT_NE(bar, out.npos) << out;
    EXPECT_NE(foo, out.npos) << out;
    EXPECT_LT(bar, foo);
}

TEST(Talk, E13FooGoesOnWhileAThreadBlocks)
{
    double last;
    const std::string out = run("E13");
    EXPECT_EQ(widgets_of(out, &last), std::string(10, 'f'));
    EXPECT_NE(out.find("6.5 s  foo 10\n6.5 s  the thread has returned\n"),
              out.npos)
        << out;
}

TEST(Talk, E14TheLoopShowsWhatAThreadMakes)
{
    double last;
    EXPECT_EQ(widgets_of(run("E14"), &last), std::string(10, 'b'));
    EXPECT_EQ(last, 0);
}

/* How long it took, and how often the loop slept, is another matter each time.
 */
TEST(Talk, E17DrawsThePageFromItsBeginningToItsEnd)
{
    const std::string out =
        std::regex_replace(run("E17"), std::regex("[0-9.]+"), "N");
    for (const char *line :
         {"page N of callbacks, N ms\n",
          "N ms the thread, in no callback runs for N ms\n"
          "             - page N begins to connect\n",
          "N ms on_connected() runs for N ms\n"
          "             - page N is connected: sends the request\n"
          "             - page N has sent it all: waits for the answer\n"
          "             | the loop sleeps: N (N ms); calls other callbacks: N "
          "(N ms)\n"
          "             | meanwhile: page N waiting, page N waiting, page N "
          "waiting\n",
          "N ms on_ready() runs for N ms\n"
          "             - page N reads the answer\n"
          "             - page N is done\n"})
        EXPECT_NE(out.find(line), out.npos) << line << out;
}

TEST(Talk, TheLanesHaveColoursWhereTheyAreWanted)
{
    const std::string out = run("E9", "NO_COLOR= CLICOLOR_FORCE=1 ");
    EXPECT_NE(out.find("0.9 s  \033[36mfoo 1\033[0m\n"), out.npos) << out;
    EXPECT_NE(out.find("\033[33mbar 10\033[0m\n"), out.npos) << out;
    EXPECT_EQ(run("E9").find('\033'), out.npos);
}
