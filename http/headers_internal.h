/* SPDX-License-Identifier: MIT */
/* What the parser and the writers of messages need beyond headers.h. */
#ifndef HTTP_HEADERS_INTERNAL_H
#define HTTP_HEADERS_INTERNAL_H

#include "http/headers.h"

#ifdef __cplusplus
extern "C" {
#endif

/* 1 for each character that a token may contain. */
extern const unsigned char headers_token_characters[256];

/* How many characters at the front of `text` may be in a token. */
static inline size_t headers_token_span(struct slice text)
{
    size_t i = 0;
    while (i < text.size &&
           headers_token_characters[(unsigned char)text.data[i]])
        i++;
    return i;
}

/* Is it a field that the writer of a message sets by itself, because it says
 * how the message is framed or what becomes of the connection? */
bool headers_is_framing(const char *name);

/* headers_add without its checks. 0 or -ENOMEM. */
int headers_append(struct headers *headers, struct slice name,
                   struct slice value);

/* Appends to the value of the last field, behind a space. There is a field. 0
 * or -ENOMEM. */
int headers_extend(struct headers *headers, struct slice more);

#ifdef __cplusplus
}
#endif

#endif
