/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unsigned LEB128 (docs/protocol.md 1.1)
 *   each byte: bit 7 set if another byte follows, bits 0 to 6 the next group of seven bits, least
 *   significant group first; at most ten bytes
 */
#include "wl-uvarint.h"

WlDecodeError
wl_uvarint_decode(const guint8 *data, gsize length, guint64 *value, gsize *consumed)
{
    guint64 result = 0;

    for (gsize i = 0; i < WL_UVARINT_MAX_SIZE; i++) {
        if (i >= length)
            return WL_DECODE_TRUNCATED;
        /* The tenth byte may only hold bit 63 and has no successor. */
        if (i == WL_UVARINT_MAX_SIZE - 1 && data[i] > 1)
            break;
        result |= (guint64) (data[i] & 0x7f) << (7 * i);
        if (!(data[i] & 0x80)) {
            *value = result;
            *consumed = i + 1;
            return WL_DECODE_OK;
        }
    }
    return WL_DECODE_VARINT_OVERFLOW;
}

gsize
wl_uvarint_encode(guint64 value, guint8 out[WL_UVARINT_MAX_SIZE])
{
    gsize size = 0;

    while (value >= 0x80) {
        out[size++] = (guint8) (value | 0x80);
        value >>= 7;
    }
    out[size++] = (guint8) value;
    return size;
}

gsize
wl_uvarint_size(guint64 value)
{
    gsize size = 1;

    while (value >= 0x80) {
        value >>= 7;
        size++;
    }
    return size;
}
