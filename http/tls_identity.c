/* SPDX-License-Identifier: MIT */
/* Compiled into the module with OpenSSL: see tls_module.h. */
#include "http/tls_identity.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { DAY = 24 * 3600, ADDRESSES = 16 };

/* ---- what it says ---- */

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool added = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

static bool add_names(X509 *certificate)
{
    char names[ADDRESSES * 16 + 64];
    int size = snprintf(names, sizeof names, "DNS:localhost,IP:::1");
    for (int i = 1; i <= ADDRESSES; i++)
        size += snprintf(names + size, sizeof names - (size_t)size,
                         ",IP:127.0.0.%d", i);
    return add_extension(certificate, NID_subject_alt_name, names);
}

/* An hour into the past, for clocks that are not quite right. */
static bool fill_in(X509 *certificate, EVP_PKEY *key)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    static const unsigned char common[] = "waitlab";
    return X509_set_version(certificate, 2) &&
           ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY / 24) &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), DAY) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common, -1, -1,
                                      0) &&
           X509_set_issuer_name(certificate, name) &&
           X509_set_pubkey(certificate, key) && add_names(certificate) &&
           add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
           X509_sign(certificate, key, EVP_sha256());
}

/* ---- files ---- */

static FILE *create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file && fd >= 0)
        close(fd);
    return file;
}

static int write_files(const char *certificate_file, X509 *certificate,
                       const char *key_file, EVP_PKEY *key)
{
    FILE *first = create(certificate_file);
    if (!first)
        return -errno;
    bool written = PEM_write_X509(first, certificate);
    if (fclose(first) || !written)
        return -EIO;
    FILE *second = create(key_file);
    if (!second)
        return -errno;
    written = PEM_write_PrivateKey(second, key, NULL, NULL, 0, NULL, NULL);
    return fclose(second) || !written ? -EIO : 0;
}

int tls_identity_write(const char *certificate_file, const char *key_file)
{
    X509 *certificate = X509_new();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    int error = -ENOMEM;
    if (certificate && key && fill_in(certificate, key))
        error = write_files(certificate_file, certificate, key_file, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return error;
}
