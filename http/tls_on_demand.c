/* SPDX-License-Identifier: MIT */
/* Loads the module at the first question whether there is TLS. It is never
 * unloaded: OpenSSL keeps things for the end of the process. */
#include "base/contract.h"
#include "http/tls_module_internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

static const struct tls_module *loaded;
static bool no_memory; /* to load it: it may be there all the same */

static void load(void)
{
    errno = 0;
    void *module = dlopen(TLS_MODULE, RTLD_NOW | RTLD_LOCAL);
    if (module)
        loaded = dlsym(module, "waitlab_tls_module");
    no_memory = !loaded && errno == ENOMEM;
}

bool tls_is_available(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return loaded || no_memory;
}

/* 0, -ENOTSUP or -ENOMEM. */
static int see_to_module(void)
{
    if (!tls_is_available())
        return -ENOTSUP;
    return loaded ? 0 : -ENOMEM;
}

/* For functions that take a connection or a context: where there is one, the
 * module is loaded. */
static const struct tls_module *module(void)
{
    REQUIRE(loaded, "http/tls.h: there is a connection only with OpenSSL");
    return loaded;
}

/* ---- contexts ---- */

int tls_client_context_new(struct tls_context **context, const char *ca_file,
                           bool insecure)
{
    int error = see_to_module();
    return error ? error
                 : loaded->client_context_new(context, ca_file, insecure);
}

int tls_server_context_new(struct tls_context **context, const char *chain_file,
                           const char *key_file)
{
    int error = see_to_module();
    return error ? error
                 : loaded->server_context_new(context, chain_file, key_file);
}

void tls_context_free(struct tls_context *context)
{
    if (context)
        module()->context_free(context);
}

int tls_identity_pem(struct buffer *certificate, struct buffer *key)
{
    int error = see_to_module();
    return error ? error : loaded->identity_pem(certificate, key);
}

/* ---- connections ---- */

int tls_connect_new(struct tls **tls, struct tls_context *context,
                    const char *host)
{
    return module()->connect_new(tls, context, host);
}

int tls_accept_new(struct tls **tls, struct tls_context *context)
{
    return module()->accept_new(tls, context);
}

void tls_free(struct tls *tls)
{
    if (tls)
        module()->free(tls);
}

bool tls_is_ready(const struct tls *tls)
{
    return module()->is_ready(tls);
}

enum tls_error tls_error(const struct tls *tls)
{
    return module()->error(tls);
}

struct slice tls_output(const struct tls *tls)
{
    return module()->output(tls);
}

void tls_sent(struct tls *tls, size_t count)
{
    module()->sent(tls, count);
}

int tls_received(struct tls *tls, const char *data, size_t size)
{
    return module()->received(tls, data, size);
}

int tls_ended(struct tls *tls)
{
    return module()->ended(tls);
}

ssize_t tls_write(struct tls *tls, struct slice plain)
{
    return module()->write(tls, plain);
}

ssize_t tls_read(struct tls *tls, char *plain, size_t size)
{
    return module()->read(tls, plain, size);
}

bool tls_awaits_rest(const struct tls *tls)
{
    return module()->awaits_rest(tls);
}

void tls_close(struct tls *tls)
{
    module()->close(tls);
}
