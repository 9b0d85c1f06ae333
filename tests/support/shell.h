/* SPDX-License-Identifier: MIT */
/* A program run as a person runs it, by a line for the shell. */
#ifndef SUPPORT_SHELL_H
#define SUPPORT_SHELL_H

#include <cstdio>
#include <string>
#include <sys/wait.h>

struct Ran {
    int status;       /* the exit code; -1: it did not come to that */
    std::string text; /* what it said, errors included */

    bool says(const std::string &words) const
    {
        return text.find(words) != std::string::npos;
    }
};

inline Ran shell(const std::string &line)
{
    FILE *pipe = popen(("{ " + line + "; } 2>&1").c_str(), "re");
    Ran ran = {-1, ""};
    char piece[512];
    while (pipe && fgets(piece, sizeof piece, pipe))
        ran.text += piece;
    int status = pipe ? pclose(pipe) : -1;
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

#endif
