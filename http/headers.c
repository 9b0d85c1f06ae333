/* SPDX-License-Identifier: MIT */
#include "http/headers_internal.h"

#include <errno.h>
#include <strings.h>

/* clang-format off */
const unsigned char headers_token_characters[256] = {
    /* 0x20    ! " # $ % & ' ( ) * + , - . / */
    [0x20] = 0,1,0,1,1,1,1,1,0,0,1,1,0,1,1,0,
    /* 0x30  0 1 2 3 4 5 6 7 8 9 : ; < = > ? */
             1,1,1,1,1,1,1,1,1,1,0,0,0,0,0,0,
    /* 0x40  @ A B C D E F G H I J K L M N O */
             0,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,
    /* 0x50  P Q R S T U V W X Y Z [ \ ] ^ _ */
             1,1,1,1,1,1,1,1,1,1,1,0,0,0,1,1,
    /* 0x60  ` a b c d e f g h i j k l m n o */
             1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,
    /* 0x70  p q r s t u v w x y z { | } ~   */
             1,1,1,1,1,1,1,1,1,1,1,0,1,0,1,0,
};
/* clang-format on */

bool headers_is_token(struct slice text)
{
    return text.size > 0 && headers_token_span(text) == text.size;
}

static bool is_field_value(struct slice value)
{
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        if (c == '\r' || c == '\n' || c == '\0')
            return false;
    }
    return true;
}

static char *put_text(char *to, struct slice text)
{
    if (text.size)
        memcpy(to, text.data, text.size);
    to[text.size] = '\0';
    return to + text.size + 1;
}

int headers_append(struct headers *headers, struct slice name,
                   struct slice value)
{
    size_t size = name.size + 1 + value.size + 1;
    int error = buffer_reserve(&headers->text, size);
    if (error)
        return error;
    char *end = headers->text.data + headers->text.size;
    put_text(put_text(end, name), value);
    headers->text.size += size;
    headers->count++;
    return 0;
}

int headers_extend(struct headers *headers, struct slice more)
{
    struct buffer *text = &headers->text;
    if (buffer_reserve(text, more.size + 1))
        return -ENOMEM;
    bool empty = text->data[text->size - 2] == '\0';
    text->size--; /* the NUL that closed the value */
    if (!empty)
        text->data[text->size++] = ' ';
    text->size = (size_t)(put_text(text->data + text->size, more) - text->data);
    return 0;
}

int headers_add(struct headers *headers, struct slice name, struct slice value)
{
    if (!headers_is_token(name) || !is_field_value(value))
        return -EINVAL;
    return headers_append(headers, name, value);
}

bool headers_is_framing(const char *name)
{
    return !strcasecmp(name, "Content-Length") ||
           !strcasecmp(name, "Transfer-Encoding") ||
           !strcasecmp(name, "Connection");
}

const char *headers_find(const struct headers *headers, const char *name)
{
    size_t cursor = 0;
    const char *field, *value;
    while (headers_next(headers, &cursor, &field, &value))
        if (!strcasecmp(field, name))
            return value;
    return NULL;
}

bool headers_next(const struct headers *headers, size_t *cursor,
                  const char **name, const char **value)
{
    if (*cursor >= headers->text.size)
        return false;
    *name = headers->text.data + *cursor;
    *value = *name + strlen(*name) + 1;
    *cursor = (size_t)(*value - headers->text.data) + strlen(*value) + 1;
    return true;
}

bool headers_are_whole(struct slice text, size_t count)
{
    size_t ends = 0;
    for (size_t i = 0; i < text.size; i++)
        ends += text.data[i] == '\0';
    return ends == 2 * count &&
           (text.size == 0 || text.data[text.size - 1] == '\0');
}

void headers_clear(struct headers *headers)
{
    buffer_clear(&headers->text);
    headers->count = 0;
}

void headers_deinit(struct headers *headers)
{
    buffer_deinit(&headers->text);
    headers->count = 0;
}
