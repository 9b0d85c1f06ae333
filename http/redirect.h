/* SPDX-License-Identifier: MIT */
/* What a redirect asks for: where it leads, and which request goes there. */
#ifndef HTTP_REDIRECT_H
#define HTTP_REDIRECT_H

#include "http/message.h"
#include "http/request.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where the response says that the page is, as it says so: its Location. NULL
 * when it is not a redirect, or names no other place (HT9). Owned by the
 * response. */
const char *redirect_location(const struct message *response);

/* Makes the request that goes to `url`, after the answer to `from` was a
 * redirect with that status (RFC 9110, 15.4).
 *
 * - 303 asks for another page, and 301 and 302 turn a POST into a GET, as every
 *   browser does; 307 and 308 repeat the request as it was. HEAD stays HEAD.
 * - Fields about a body go when the body does: Content-*, Digest and the like.
 * - Fields that carry secrets do not go to another endpoint: Authorization,
 *   Proxy-Authorization, Cookie, and any field whose name has something like
 *   "token" or "session" in it, if only as a part of a word (X-AuthToken), or a
 *   word that ends in "key". Host does not go there either.
 *
 * 0 or -ENOMEM, and then `next` holds nothing. */
int redirect_request(struct request *next, const struct request *from,
                     const struct url *url, int status);

#ifdef __cplusplus
}
#endif

#endif
