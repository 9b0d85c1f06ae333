/* SPDX-License-Identifier: MIT */
/* The contestant `asyncore`: the talk's HttpClient, many of them in one loop.
 */
#ifndef NONBLOCKING_ASYNCORE_CLIENT_H
#define NONBLOCKING_ASYNCORE_CLIENT_H

#include "http/model.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct model asyncore_model;

#ifdef __cplusplus
}
#endif

#endif
