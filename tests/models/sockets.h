/* SPDX-License-Identifier: MIT */
/* Servers that are too simple to be called one. */
#ifndef MODELS_SOCKETS_H
#define MODELS_SOCKETS_H

#include "support/silent_server.h"

#include <cstdint>
#include <string>
#include <sys/types.h>

/* A port of this machine on which nothing listens, and which stays so. */
class ClosedPort
{
  public:
    ClosedPort();
    ~ClosedPort();
    std::string url() const;

  private:
    int fd;
    uint16_t port;
};

/* Answers 413 to all that connect, and never reads a byte. */
class DeafServer
{
  public:
    DeafServer();
    ~DeafServer();
    std::string url() const;

  private:
    int fd;
    uint16_t port;
    pid_t process; /* of its own: what it accepts is not this one's */
};

/* Puts all that connect to it under a script (scripted_sockets.h): a byte for
 * each recv. Sends an interim answer of INTERIM bytes and reads nothing before
 * the client has called recv as often. The page is how often it had called send
 * by then. */
class ReluctantServer
{
  public:
    enum : size_t { INTERIM = 200 };
    ReluctantServer();
    ~ReluctantServer();
    std::string url() const;

  private:
    int fd;
    uint16_t port;
    pid_t process; /* of its own: what it accepts is not this one's */
};

#endif
