/* SPDX-License-Identifier: MIT */
/* The server's end of a TLS connection, for the scripts of a TinyServer. */
#ifndef SUPPORT_TLS_PEER_H
#define SUPPORT_TLS_PEER_H

#include "http/tls.h"
#include "support/certificate_folder.h"
#include "support/tiny_server.h"

/* What a server shows: NAME of certificates_make. */
class TlsIdentity
{
  public:
    explicit TlsIdentity(const std::string &name)
    {
        std::string base = certificate_folder() + "/" + name;
        if (tls_server_context_new(&context_, (base + ".pem").c_str(),
                                   (base + ".key").c_str()))
            abort();
    }
    ~TlsIdentity()
    {
        tls_context_free(context_);
    }
    TlsIdentity(const TlsIdentity &) = delete;
    struct tls_context *context() const
    {
        return context_;
    }

  private:
    struct tls_context *context_ = nullptr;
};

class TlsPeer
{
  public:
    TlsPeer(int fd, const TlsIdentity &identity) : fd_(fd)
    {
        if (tls_accept_new(&tls_, identity.context()))
            abort();
    }
    ~TlsPeer()
    {
        tls_free(tls_);
    }
    TlsPeer(const TlsPeer &) = delete;

    /* A request's head; empty when the client left, or was not content. What
     * comes behind the head is lost. */
    std::string read_head()
    {
        std::string head;
        char plain[4096];
        while (head.find("\r\n\r\n") == std::string::npos) {
            ssize_t count = tls_read(tls_, plain, sizeof plain);
            if (count > 0)
                head.append(plain, (size_t)count);
            else if (count != -EAGAIN || !hear())
                return "";
        }
        return head;
    }
    std::string read_bytes(size_t count)
    {
        std::string bytes;
        char plain[4096];
        while (bytes.size() < count) {
            ssize_t got = tls_read(tls_, plain, sizeof plain);
            if (got > 0)
                bytes.append(plain, (size_t)got);
            else if (got != -EAGAIN || !hear())
                break;
        }
        return bytes;
    }
    /* With these bytes behind it that are not encrypted, all at once. */
    void say_before(const std::string &text, const std::string &raw)
    {
        tls_write(tls_, {text.data(), text.size()});
        struct slice out = tls_output(tls_);
        std::string all = std::string(out.data, out.size) + raw;
        tls_sent(tls_, out.size);
        TinyServer::tell(fd_, all.data(), all.size());
    }
    void say(const std::string &text)
    {
        size_t at = 0;
        while (at < text.size()) {
            ssize_t count =
                tls_write(tls_, {text.data() + at, text.size() - at});
            if (count <= 0 || !flush())
                return;
            at += (size_t)count;
        }
    }
    /* Ends TLS in order, as a server should before it closes. */
    void end()
    {
        tls_close(tls_);
        flush();
    }
    /* Answers every request with its own target, until the client closes. */
    void echo()
    {
        for (std::string head; !(head = read_head()).empty();) {
            size_t from = head.find(' ') + 1;
            say(TinyServer::page(
                head.substr(from, head.find(' ', from) - from)));
        }
        end();
    }

  private:
    bool hear()
    {
        char wire[4096];
        ssize_t count = TinyServer::hear(fd_, wire, sizeof wire);
        bool fine = count > 0 && !tls_received(tls_, wire, (size_t)count);
        return flush() && fine;
    }
    bool flush()
    {
        for (struct slice out; (out = tls_output(tls_)).size > 0;) {
            ssize_t count = TinyServer::tell(fd_, out.data, out.size);
            if (count <= 0)
                return false;
            tls_sent(tls_, (size_t)count);
        }
        return true;
    }
    int fd_;
    struct tls *tls_ = nullptr;
};

#endif
