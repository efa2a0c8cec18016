/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-decode-error.h"

/** Unsigned LEB128 (docs/protocol.md 1.1). */
#define WL_UVARINT_MAX_SIZE 10

/**
 * Decodes a number at @data; longer forms than necessary are accepted. *consumed gets its size. On
 * an error (WL_DECODE_TRUNCATED, WL_DECODE_VARINT_OVERFLOW) both results are unchanged.
 */
WlDecodeError wl_uvarint_decode(const guint8 *data, gsize length, guint64 *value, gsize *consumed);
/** Writes the shortest form to @out and returns its size. */
gsize wl_uvarint_encode(guint64 value, guint8 out[WL_UVARINT_MAX_SIZE]);
/** The size of the shortest form. */
gsize wl_uvarint_size(guint64 value);
