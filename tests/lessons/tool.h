/* SPDX-License-Identifier: MIT */
/* The learner's tool, run as ./lab runs it, in a folder of its own with one
 * lesson in it, X1: the one that `lesson new` begins with. */
#ifndef LESSONS_TEST_TOOL_H
#define LESSONS_TEST_TOOL_H

#include "folder.h"

#include "support/shell.h"

#include <fstream>
#include <sstream>
#include <string>

class Tool
{
  public:
    Tool()
    {
        shell(
            "mkdir lessons && cp -r " LESSONS_FOLDER
            "/tool/author/new lessons/X1 && sed -i s/NAME/X1/ lessons/X1/*.*");
        /* A link, so that the object that was built of it is found. */
        shell("ln -sf " LESSONS_FOLDER "/tool/author/new/check.cc lessons/X1");
    }

    Ran run(const std::string &words)
    {
        return shell(LEARN_PROGRAM " --build " LEARN_BUILD " --lessons " +
                     path("lessons") + " " + words);
    }

    Ran shell(const std::string &line)
    {
        return ::shell("cd " + path("") + " && { " + line + "; }");
    }

    std::string path(const std::string &name) const
    {
        return std::string(folder.path()) + "/" + name;
    }

    std::string read(const std::string &name) const
    {
        std::ifstream file(path(name));
        std::stringstream text;
        text << file.rdbuf();
        return text.str();
    }

    void write(const std::string &name, const std::string &text) const
    {
        file_write({text.data(), text.size()}, "%s", path(name).c_str());
    }

    /* Writes other words where these are first. */
    bool replace(const std::string &name, const std::string &words,
                 const std::string &others) const
    {
        std::string text = read(name);
        size_t at = text.find(words);
        if (at == std::string::npos)
            return false;
        write(name, text.replace(at, words.size(), others));
        return true;
    }

    /* The learner has written step 1. */
    void solve()
    {
        run("start X1");
        shell("unifdef -x2 -DSTEP=1 -DSOLVED=1 lessons/X1/pages.c "
              ">work/X1/pages.c");
    }

  private:
    Folder folder;
};

#endif
