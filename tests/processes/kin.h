// SPDX-License-Identifier: MIT
// What a program has on its hands: children, dead ones, descriptors.
#ifndef TESTS_PROCESSES_KIN_H
#define TESTS_PROCESSES_KIN_H

#include <dirent.h>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

struct Kin {
    std::vector<pid_t> alive, zombies;
};

// Every child of this process, whatever made it.
inline Kin kin()
{
    Kin kin;
    DIR *proc = opendir("/proc");
    while (dirent *entry = readdir(proc)) {
        std::ifstream file(std::string("/proc/") + entry->d_name + "/stat");
        std::string line;
        if (!std::getline(file, line))
            continue;
        // pid (name) state parent ...: the name may hold anything
        std::istringstream rest(line.substr(line.rfind(')') + 1));
        char state;
        pid_t parent;
        rest >> state >> parent;
        // X: reaped, and about to leave the list. Where SIGCHLD is ignored a
        // dead child may be seen like that when waitpid says it is gone.
        if (parent == getpid() && state != 'X')
            (state == 'Z' ? kin.zombies : kin.alive)
                .push_back(std::stoi(entry->d_name));
    }
    closedir(proc);
    return kin;
}

// The open descriptors, without the one that looks.
inline std::vector<int> open_descriptors()
{
    std::vector<int> numbers;
    DIR *directory = opendir("/proc/self/fd");
    while (dirent *entry = readdir(directory))
        if (entry->d_name[0] != '.' &&
            std::stoi(entry->d_name) != dirfd(directory))
            numbers.push_back(std::stoi(entry->d_name));
    closedir(directory);
    return numbers;
}

#endif
