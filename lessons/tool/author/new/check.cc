/* SPDX-License-Identifier: MIT */
/* What the step promises. Nothing here goes out to the network: the pages are
 * at a port that no server listens at, and so each of them is refused. */
#include "pages.h"

#include <gtest/gtest.h>

#include <string>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace
{

/* A port that is ours, so that no other listens there. */
class ClosedPort
{
  public:
    ClosedPort() : fd(socket(AF_INET, SOCK_STREAM, 0))
    {
        struct sockaddr_in address = {};
        socklen_t size = sizeof address;
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto *any = reinterpret_cast<struct sockaddr *>(&address);
        if (bind(fd, any, size) == 0 && getsockname(fd, any, &size) == 0)
            number = ntohs(address.sin_port);
    }
    ~ClosedPort()
    {
        close(fd);
    }
    ClosedPort(const ClosedPort &) = delete;
    ClosedPort &operator=(const ClosedPort &) = delete;

    int number = 0;

  private:
    int fd;
};

/* Hands out three jobs, and notes what comes back. */
struct Pages {
    struct batch batch = {};
    struct request request = {};
    size_t begun = 0;
    std::string trace;
};

bool next_page(struct batch *batch, struct job *job)
{
    auto *pages = reinterpret_cast<Pages *>(batch);
    if (pages->begun == 3)
        return false;
    *job = {};
    job->index = pages->begun++;
    job->request = &pages->request;
    return true;
}

void page_done(struct batch *batch, size_t index, struct result *result)
{
    auto *pages = reinterpret_cast<Pages *>(batch);
    pages->trace += std::to_string(index);
    pages->trace += result->error == FETCH_OK ? " came, " : " refused, ";
}

} // namespace

TEST(Step1, EveryPageIsHandedOver)
{
    ClosedPort port;
    std::string text = "http://127.0.0.1:" + std::to_string(port.number) + "/";
    struct url url = {};
    struct blocking_worker worker;
    Pages pages;
    ASSERT_EQ(url_parse(&url, text.c_str()), URL_OK);
    ASSERT_EQ(request_init(&pages.request, METHOD_GET, &url, nullptr, {}), 0);
    url_deinit(&url);
    pages.batch.concurrency = 1;
    pages.batch.options = &call_default_options;
    pages.batch.next = next_page;
    pages.batch.done = page_done;
    ASSERT_EQ(blocking_worker_init(&worker, pages.batch.options, nullptr, 0),
              0);
    fetch_pages(&pages.batch, &worker);
    blocking_worker_deinit(&worker);
    request_deinit(&pages.request);
    EXPECT_EQ(pages.trace, "0 refused, 1 refused, 2 refused, ")
        << "there are three pages, and none can be had: that has to be handed"
           " over for each of them.";
}
