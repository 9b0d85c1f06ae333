/* SPDX-License-Identifier: MIT */
#include "http/tls_identity.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
    int error =
        tls_identity_write(identity->certificate_file, identity->key_file);
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
