/* SPDX-License-Identifier: MIT */
/* The rows of the talks that can be run: each is a file in talks/. */
#ifndef LESSONS_TEST_TALK_ROWS_H
#define LESSONS_TEST_TALK_ROWS_H

#include <filesystem>
#include <set>
#include <string>

/* "A2" of talks/A/A02-process-pool-map.c. */
inline std::set<std::string> rows_with_a_program()
{
    std::set<std::string> rows;
    for (const auto &entry :
         std::filesystem::recursive_directory_iterator(HOUSE_FOLDER "/talks")) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() == ".c" && name.size() > 4 &&
            name[3] == '-')
            rows.insert(name[0] + std::to_string(std::stoi(name.substr(1, 2))));
    }
    return rows;
}

#endif
