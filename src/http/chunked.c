/* SPDX-License-Identifier: Apache-2.0
 *
 * A chunked body, as a state machine over bytes; chunk data is passed through in whole runs.
 */
#include "http/chunked.h"

#include <errno.h>

#include "base/hex.h"
#include "http/parse.h"

enum {
    AT_SIZE,      /* hexadecimal digits */
    AT_EXTENSION, /* from ';' to the end of the line */
    AT_SIZE_LF,   /* after the CR of a size line */
    AT_DATA,
    AT_DATA_CR, /* after the data */
    AT_DATA_LF, /* after the data and CR */
    AT_TRAILER, /* start of a trailer line, or of the empty line that ends the body */
    AT_TRAILER_NAME,
    AT_TRAILER_VALUE,
    AT_TRAILER_LF, /* after the CR of a trailer line */
    AT_END_LF,     /* after the CR of the empty line */
    AT_END
};

static int broken(struct chunked *c, const char *why) {
    c->why = why;
    return -EBADMSG;
}

static int step_size(struct chunked *c, char byte) {
    int digit = hex_digit(byte);
    if (digit >= 0) {
        if (c->digits == 15) /* 60 bits; more than any body_max */
            return broken(c, "a chunk size is too long");
        c->digits++;
        c->left = c->left * 16 + (unsigned)digit;
        return 0;
    }
    if (c->digits == 0 || (byte != ';' && byte != '\r'))
        return broken(c, "a chunk size is not hexadecimal");
    c->state = byte == ';' ? AT_EXTENSION : AT_SIZE_LF;
    return 0;
}

static int step_extension(struct chunked *c, char byte) {
    if (byte == '\r') {
        c->state = AT_SIZE_LF;
        return 0;
    }
    if (!http_byte_is(byte, HTTP_BYTE_TEXT))
        return broken(c, "a control byte in a chunk extension");
    if (++c->extensions > CHUNKED_EXTENSIONS_MAX)
        return broken(c, "the chunk extensions are too long");
    return 0;
}

static int step_trailer(struct chunked *c, char byte) {
    if (++c->trailers > CHUNKED_TRAILERS_MAX)
        return broken(c, "the trailers are too long");
    switch (c->state) {
    case AT_TRAILER:
        if (byte == '\r')
            c->state = AT_END_LF;
        else if (http_byte_is(byte, HTTP_BYTE_TOKEN))
            c->state = AT_TRAILER_NAME;
        else
            return broken(c, "bad character at the start of a trailer");
        return 0;
    case AT_TRAILER_NAME:
        if (byte == ':')
            c->state = AT_TRAILER_VALUE;
        else if (!http_byte_is(byte, HTTP_BYTE_TOKEN))
            return broken(c, "bad character in a trailer's name");
        return 0;
    default:
        if (byte == '\r')
            c->state = AT_TRAILER_LF;
        else if (!http_byte_is(byte, HTTP_BYTE_TEXT))
            return broken(c, "a control byte in a trailer");
        return 0;
    }
}

static int step(struct chunked *c, char byte) {
    switch (c->state) {
    case AT_SIZE:
        return step_size(c, byte);
    case AT_EXTENSION:
        return step_extension(c, byte);
    case AT_SIZE_LF:
        c->state = c->left > 0 ? AT_DATA : AT_TRAILER;
        break;
    case AT_DATA_CR:
        if (byte != '\r')
            return broken(c, "a chunk is longer than its size");
        c->state = AT_DATA_LF;
        return 0;
    case AT_DATA_LF:
        c->state = AT_SIZE;
        c->digits = 0;
        break;
    case AT_TRAILER_LF:
        c->state = AT_TRAILER;
        break;
    case AT_END_LF:
        c->state = AT_END;
        break;
    default:
        return step_trailer(c, byte);
    }
    return byte == '\n' ? 0 : broken(c, "a carriage return without line feed in a chunked body");
}

int chunked_next(struct chunked *c, const char *bytes, size_t len, size_t *ret_used, struct str *ret_piece) {
    size_t i = 0;
    *ret_piece = (struct str){bytes, 0};
    while (i < len && c->state != AT_DATA && c->state != AT_END) {
        int r = step(c, bytes[i++]);
        if (r < 0)
            return r;
    }
    if (c->state == AT_DATA && i < len) {
        size_t take = len - i < c->left ? len - i : (size_t)c->left;
        *ret_piece = (struct str){bytes + i, take};
        i += take;
        c->left -= take;
        if (c->left == 0)
            c->state = AT_DATA_CR;
    }
    *ret_used = i;
    return c->state == AT_END ? 1 : 0;
}
