/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-decode-error.h"

/**
 * Member metadata (docs/protocol.md 1.4): entries `attribute byte -> bytes`, kept whole so that
 * what we do not know is relayed byte for byte. An immutable, reference-counted value held in
 * canonical encoding.
 */
#define WL_METADATA_NAME  'n'
#define WL_METADATA_BASIC 'b'

typedef struct _WlMetadata WlMetadata;

/** Reads `N, N bytes` at @data; *consumed gets how many bytes that took. NULL with *error set if it
 * is refused. */
WlMetadata *wl_metadata_decode(const guint8 *data, gsize length, gsize *consumed,
                               WlDecodeError *error);
/** Made by us: @name may be NULL or empty (no name); @basic: -1 leaves `b` out, else 0 or 1. */
WlMetadata *wl_metadata_new(const char *name, int basic);
WlMetadata *wl_metadata_ref(WlMetadata *self);
void wl_metadata_unref(WlMetadata *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlMetadata, wl_metadata_unref)

/** The canonical encoding with its leading length; valid as long as @self. */
const guint8 *wl_metadata_get_bytes(const WlMetadata *self, gsize *length);
/** The value of one attribute, or NULL if it is absent; *length may be 0 for a present one. */
const guint8 *wl_metadata_get(const WlMetadata *self, guint8 attribute, gsize *length);
/** Calls @func for each entry in canonical order. */
typedef void (*WlMetadataFunc)(guint8 attribute, const guint8 *value, gsize length,
                               gpointer user_data);
void wl_metadata_foreach(const WlMetadata *self, WlMetadataFunc func, gpointer user_data);
gboolean wl_metadata_is_basic(const WlMetadata *self);
/** A copy of `n` that is safe to print: cut at 63 characters, control and direction characters
 * replaced; NULL if none. */
char *wl_metadata_dup_display_name(const WlMetadata *self);
