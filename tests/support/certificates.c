/* SPDX-License-Identifier: MIT */
#include "support/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>

/* A certificate with its key. */
struct identity {
    X509 *certificate;
    EVP_PKEY *key;
};

/* What a certificate says. */
struct order {
    const char *name;
    const char *hosts; /* subjectAltName; NULL for an issuer */
    const char *usage; /* extendedKeyUsage; NULL for an issuer */
    long from, until;  /* days from now */
};

static const char here[] = "DNS:localhost,IP:127.0.0.1,IP:::1";

enum { DAY = 24 * 3600 };

static int add_extension(X509 *certificate, X509 *issuer, int nid,
                         const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension)
        return -1;
    int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added ? 0 : -1;
}

static int add_extensions(X509 *certificate, X509 *issuer,
                          const struct order *order)
{
    bool is_issuer = !order->hosts;
    if (add_extension(certificate, issuer, NID_basic_constraints,
                      is_issuer ? "critical,CA:TRUE" : "critical,CA:FALSE") ||
        add_extension(certificate, issuer, NID_subject_key_identifier, "hash"))
        return -1;
    if (is_issuer)
        return add_extension(certificate, issuer, NID_key_usage,
                             "critical,keyCertSign");
    return add_extension(certificate, issuer, NID_subject_alt_name,
                         order->hosts) ||
                   add_extension(certificate, issuer, NID_ext_key_usage,
                                 order->usage)
               ? -1
               : 0;
}

/* `issuer` NULL: it signs itself. */
static struct identity issue(const struct order *order,
                             const struct identity *issuer)
{
    static long serial;
    struct identity made = {X509_new(), EVP_EC_gen("P-256")};
    X509 *signer = issuer ? issuer->certificate : made.certificate;
    X509_NAME *name = X509_get_subject_name(made.certificate);
    X509_set_version(made.certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(made.certificate), order->from * DAY);
    X509_gmtime_adj(X509_getm_notAfter(made.certificate), order->until * DAY);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               (const unsigned char *)order->name, -1, -1, 0);
    X509_set_issuer_name(made.certificate, X509_get_subject_name(signer));
    X509_set_pubkey(made.certificate, made.key);
    if (add_extensions(made.certificate, signer, order) ||
        !X509_sign(made.certificate, issuer ? issuer->key : made.key,
                   EVP_sha256())) {
        X509_free(made.certificate);
        made.certificate = NULL;
    }
    return made;
}

static void forget(struct identity *identity)
{
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key);
}

/* ---- files ---- */

static FILE *open_in(const char *folder, const char *name, const char *suffix)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
    return fopen(path, "we");
}

static int write_chain(const char *folder, const char *name, X509 *first,
                       X509 *second)
{
    FILE *file = open_in(folder, name, ".pem");
    if (!file)
        return -1;
    bool written = PEM_write_X509(file, first) &&
                   (!second || PEM_write_X509(file, second));
    return fclose(file) || !written ? -1 : 0;
}

static int write_key(const char *folder, const char *name, EVP_PKEY *key)
{
    FILE *file = open_in(folder, name, ".key");
    if (!file)
        return -1;
    bool written = PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    return fclose(file) || !written ? -1 : 0;
}

/* `sent` is the certificate that the server sends behind its own; or NULL. */
static int make_server(const char *folder, const struct order *order,
                       const struct identity *issuer,
                       const struct identity *sent)
{
    struct identity server = issue(order, issuer);
    int error = !server.certificate ||
                        write_chain(folder, order->name, server.certificate,
                                    sent ? sent->certificate : NULL) ||
                        write_key(folder, order->name, server.key)
                    ? -1
                    : 0;
    forget(&server);
    return error;
}

/* ---- all of them ---- */

struct issuers {
    struct identity trusted, intermediate, unknown, server;
};

static int make_servers(const char *folder, const struct issuers *by)
{
    static const char servers[] = "serverAuth", clients[] = "clientAuth";
    const struct {
        struct order order;
        const struct identity *issuer, *sent;
    } all[] = {
        {{"good", here, servers, -1, 30}, &by->trusted, NULL},
        {{"chained", here, servers, -1, 30},
         &by->intermediate,
         &by->intermediate},
        {{"expired", here, servers, -30, -1}, &by->trusted, NULL},
        {{"early", here, servers, 1, 30}, &by->trusted, NULL},
        {{"other-name", "DNS:other.example,IP:127.0.0.1", servers, -1, 30},
         &by->trusted,
         NULL},
        {{"other-address", "IP:127.0.0.9,DNS:localhost", servers, -1, 30},
         &by->trusted,
         NULL},
        {{"self-signed", here, servers, -1, 30}, NULL, NULL},
        {{"unknown-issuer", here, servers, -1, 30}, &by->unknown, &by->unknown},
        {{"no-intermediate", here, servers, -1, 30}, &by->intermediate, NULL},
        {{"not-a-ca", here, servers, -1, 30}, &by->server, &by->server},
        {{"for-clients", here, clients, -1, 30}, &by->trusted, NULL},
    };
    int error = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all && !error; i++)
        error = make_server(folder, &all[i].order, all[i].issuer, all[i].sent);
    return error;
}

int certificates_make(const char *folder)
{
    const struct order trusted = {"Issuer of the tests", NULL, NULL, -60, 60};
    const struct order middle = {"Intermediate", NULL, NULL, -60, 60};
    const struct order unknown = {"Issuer of others", NULL, NULL, -60, 60};
    const struct order server = {"A server", here, "serverAuth", -60, 60};
    struct issuers issuers;
    issuers.trusted = issue(&trusted, NULL);
    issuers.intermediate = issue(&middle, &issuers.trusted);
    issuers.unknown = issue(&unknown, NULL);
    issuers.server = issue(&server, &issuers.trusted);
    int error = write_chain(folder, "ca", issuers.trusted.certificate, NULL);
    if (!error)
        error = make_servers(folder, &issuers);
    forget(&issuers.trusted);
    forget(&issuers.intermediate);
    forget(&issuers.unknown);
    forget(&issuers.server);
    return error;
}
