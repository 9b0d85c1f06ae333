// SPDX-License-Identifier: MIT
// A host with two addresses, of which the first leads nowhere: so is a machine
// whose IPv6 is broken.
#include "every_model.h"

#include "support/program.h"
#include "support/silent_server.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <unistd.h>

namespace
{

constexpr int NO_NAMESPACE = 99;

// For the program that is about to run, and for no other, the names are these.
void replace_hosts(const std::string &path)
{
    if (unshare(geteuid() ? CLONE_NEWUSER | CLONE_NEWNS : CLONE_NEWNS) ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) ||
        mount(path.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr))
        _exit(NO_NAMESPACE);
}

class TheFirstOfTwoAddressesHangs : public EveryModel
{
};
FOR_EVERY_MODEL(TheFirstOfTwoAddressesHangs);

// The connect timeout is there to end what waits for ever; no wait is measured.
TEST_P(TheFirstOfTwoAddressesHangs, ThePageComesFromTheSecond)
{
    Program server({"serve"});
    std::string url = server.line();
    std::string port = url.substr(url.rfind(':') + 1);
    SilentServer hangs(SilentServer::FULL, "::1",
                       static_cast<uint16_t>(std::stoi(port)));
    if (hangs.error)
        GTEST_SKIP() << "no IPv6 here";
    std::string hosts = testing::TempDir() + "hosts-" + GetParam()->name + "-" +
                        std::to_string(getpid());
    std::ofstream(hosts) << "::1 two.test\n127.0.0.1 two.test\n";
    Ran ran = run({"fetch", "--model", GetParam()->name, "--connect-timeout",
                   "2", "http://two.test:" + port + "bytes/10"},
                  [&] { replace_hosts(hosts); });
    unlink(hosts.c_str());
    if (ran.code == NO_NAMESPACE)
        GTEST_SKIP() << "no mount namespace can be made here";
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out.size(), 10u);
}

} // namespace
