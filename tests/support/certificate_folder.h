/* SPDX-License-Identifier: MIT */
#ifndef SUPPORT_CERTIFICATE_FOLDER_H
#define SUPPORT_CERTIFICATE_FOLDER_H

#include "support/certificates.h"

#include <cstdlib>
#include <filesystem>
#include <string>

/* Where the certificates of certificates_make are, for as long as this program
 * runs. */
inline const std::string &certificate_folder()
{
    static struct Folder {
        std::string path;
        Folder()
        {
            char name[] = "/tmp/waitlab-certificates-XXXXXX";
            if (mkdtemp(name))
                path = name;
            if (certificates_make(name))
                abort();
        }
        ~Folder()
        {
            std::filesystem::remove_all(path);
        }
    } made;
    return made.path;
}

#endif
