/* SPDX-License-Identifier: MIT */
/* A folder for one test, gone afterwards. */
#ifndef LESSONS_TEST_FOLDER_H
#define LESSONS_TEST_FOLDER_H

extern "C" {
#include "lessons/tool/files.h"
}

#include <cstdlib>
#include <string>

class Folder
{
  public:
    Folder()
    {
        made = mkdtemp(name) != nullptr;
    }
    ~Folder()
    {
        if (made)
            folder_remove(name);
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;

    const char *path() const
    {
        return name;
    }

  private:
    char name[32] = "/tmp/waitlab-test-XXXXXX";
    bool made;
};

/* What is in a buffer, which is freed. */
inline std::string text_of(struct buffer &buffer)
{
    std::string text(buffer.data ? buffer.data : "", buffer.size);
    buffer_deinit(&buffer);
    return text;
}

#endif
