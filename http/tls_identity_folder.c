/* SPDX-License-Identifier: MIT */
#include "http/tls_identity.h"

#include "base/whole_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int write_files(const struct tls_identity *identity)
{
    struct buffer certificate = {0}, key = {0};
    int error = tls_identity_pem(&certificate, &key);
    if (!error)
        error =
            whole_file_write(identity->certificate_file,
                             buffer_slice(&certificate), WHOLE_FILE_WRITTEN);
    if (!error)
        error = whole_file_write(identity->key_file, buffer_slice(&key),
                                 WHOLE_FILE_WRITTEN);
    buffer_deinit(&certificate);
    buffer_deinit(&key);
    return error;
}

int tls_identity_make(struct tls_identity *identity)
{
    *identity = (struct tls_identity){.folder = "/tmp/waitlab-tls-XXXXXX"};
    if (!mkdtemp(identity->folder)) {
        int error = -errno;
        identity->folder[0] = '\0';
        return error;
    }
    snprintf(identity->certificate_file, sizeof identity->certificate_file,
             "%s/ca.pem", identity->folder);
    snprintf(identity->key_file, sizeof identity->key_file, "%s/key.pem",
             identity->folder);
    int error = write_files(identity);
    if (error)
        tls_identity_remove(identity);
    return error;
}

void tls_identity_remove(struct tls_identity *identity)
{
    if (!identity->folder[0])
        return;
    unlink(identity->certificate_file);
    unlink(identity->key_file);
    rmdir(identity->folder);
    *identity = (struct tls_identity){0};
}
