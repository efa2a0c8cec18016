/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-decode-error.h"

/** Unsigned LEB128 as the wire has it (docs/protocol.md 1.1). */
#define WL_UVARINT_MAX_SIZE 10

/**
 * Reads a number at @data; non-minimal forms are accepted. *consumed gets its size. On an error
 * (WL_DECODE_TRUNCATED, WL_DECODE_VARINT_OVERFLOW) neither is touched.
 */
WlDecodeError wl_uvarint_decode(const guint8 *data, gsize length, guint64 *value, gsize *consumed);
/** Writes the minimal form to @out and returns its size. */
gsize wl_uvarint_encode(guint64 value, guint8 out[WL_UVARINT_MAX_SIZE]);
gsize wl_uvarint_size(guint64 value);
