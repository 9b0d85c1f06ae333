/* SPDX-License-Identifier: MIT */
/* The origin of this test process, and what it says that it saw. */
#include "suite.h"

#include "support/own_origin.h"

/* Started on the main thread, which stays; ended when the program ends. */
static OwnOrigin &origin()
{
    static OwnOrigin the_origin;
    return the_origin;
}

uint16_t origin_port()
{
    return origin().port();
}

std::string origin_url(const std::string &target)
{
    return "http://127.0.0.1:" + std::to_string(origin_port()) + target;
}

std::string new_run()
{
    static int runs;
    return "run" + std::to_string(++runs);
}

long origin_saw(const std::string &run, const std::string &count)
{
    return origin().saw(run, count);
}

std::string origin_body(size_t size)
{
    return OwnOrigin::body(size);
}
