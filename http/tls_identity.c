/* SPDX-License-Identifier: MIT */
/* Compiled into the module with OpenSSL: see tls_module_internal.h. */
#include "http/tls_identity.h"

#include "http/tls_memory_internal.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>

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

/* ---- as text ---- */

static int append_pem(struct buffer *buffer, BIO *pem)
{
    char *text;
    long size = BIO_get_mem_data(pem, &text);
    return size > 0 ? buffer_append(buffer, text, (size_t)size) : -ENOMEM;
}

static int print(X509 *certificate, EVP_PKEY *key, struct buffer *first,
                 struct buffer *second)
{
    BIO *one = BIO_new(BIO_s_mem()), *other = BIO_new(BIO_s_mem());
    int error = -ENOMEM;
    if (one && other && PEM_write_bio_X509(one, certificate) &&
        PEM_write_bio_PrivateKey(other, key, NULL, NULL, 0, NULL, NULL))
        error = append_pem(first, one);
    if (!error)
        error = append_pem(second, other);
    BIO_free(one);
    BIO_free(other);
    return error;
}

/* OpenSSL sets itself up when it is used first, and EVP_EC_gen crashes where
 * there was no memory for that. A context is refused instead; or it is made,
 * and later something cannot be read. */
static bool set_up(void)
{
    tls_memory_watch();
    tls_memory_begin();
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    bool whole = context && !tls_memory_ran_out();
    SSL_CTX_free(context);
    ERR_clear_error();
    return whole;
}

int tls_identity_pem(struct buffer *certificate, struct buffer *key)
{
    if (!set_up())
        return -ENOMEM;
    X509 *made = X509_new();
    EVP_PKEY *its_key = EVP_EC_gen("P-256");
    int error = -ENOMEM;
    if (made && its_key && fill_in(made, its_key))
        error = print(made, its_key, certificate, key);
    /* What it had no memory for may be missing in them without a word. */
    if (!error && tls_memory_ran_out())
        error = -ENOMEM;
    X509_free(made);
    EVP_PKEY_free(its_key);
    ERR_clear_error();
    return error;
}
