/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Why bytes do not decode as a fact (docs/protocol.md 1.2). The test vectors use the labels. */
typedef enum {
    WL_DECODE_OK = 0,
    WL_DECODE_EMPTY,
    WL_DECODE_TRUNCATED,
    WL_DECODE_ATTRIBUTE_ZERO,
    WL_DECODE_ATTRIBUTE_UNKNOWN,
    WL_DECODE_VARINT_OVERFLOW,
    WL_DECODE_TTL_RANGE,
    WL_DECODE_V4_MAPPED,
    WL_DECODE_PREFIX_RANGE,
    WL_DECODE_METADATA_LENGTH,
    WL_DECODE_METADATA_ATTR_LENGTH,
    WL_DECODE_METADATA_DUPLICATE,
    WL_DECODE_METADATA_NAME_UTF8,
    WL_DECODE_METADATA_BASIC,
    WL_DECODE_NESTED_GROUP,
    WL_DECODE_N_ERRORS,
} WlDecodeError;

/** "ok", "v4-mapped" and so on; never NULL. */
const char *wl_decode_error_label(WlDecodeError error);
