/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/git.h"

void git_begin(struct arguments *git)
{
    arguments_set(git, "GIT_CONFIG_GLOBAL", "/dev/null");
    arguments_set(git, "GIT_CONFIG_NOSYSTEM", "1");
    arguments_add(git, "git");
}
