/* SPDX-License-Identifier: MIT */
#include "harness/descriptors.h"

#include <sys/resource.h>

size_t descriptors_allow_all(void)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    struct rlimit most = {limit.rlim_max, limit.rlim_max};
    return setrlimit(RLIMIT_NOFILE, &most) ? limit.rlim_cur : limit.rlim_max;
}
