/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-decode-error.h"

/**
 * Member metadata (docs/protocol.md 1.4): entries of an attribute byte and a value. Unknown entries
 * are kept and relayed unchanged. An immutable, reference-counted value in canonical encoding; the
 * reference count is atomic.
 */
#define WL_METADATA_NAME  'n'
#define WL_METADATA_BASIC 'b'

typedef struct _WlMetadata WlMetadata;

/** Decodes the metadata at @data; *consumed gets its size. NULL with *error if it is invalid. */
WlMetadata *wl_metadata_decode(const guint8 *data, gsize length, gsize *consumed,
                               WlDecodeError *error);
/** New metadata. @name: NULL or "" for none, cut at 255 bytes; @basic: 0, 1, or -1 for no entry. */
WlMetadata *wl_metadata_new(const char *name, int basic);
WlMetadata *wl_metadata_ref(WlMetadata *self);
void wl_metadata_unref(WlMetadata *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlMetadata, wl_metadata_unref)

/** The canonical encoding with its leading length, owned by @self. */
const guint8 *wl_metadata_get_bytes(const WlMetadata *self, gsize *length);
/** The value of one attribute, owned by @self; NULL if absent. *length of a present one may be 0.
 */
const guint8 *wl_metadata_get(const WlMetadata *self, guint8 attribute, gsize *length);
/** Calls @func for each entry in canonical order. */
typedef void (*WlMetadataFunc)(guint8 attribute, const guint8 *value, gsize length,
                               gpointer user_data);
void wl_metadata_foreach(const WlMetadata *self, WlMetadataFunc func, gpointer user_data);
gboolean wl_metadata_is_basic(const WlMetadata *self);
/** The name for display: cut at 63 characters and sanitized (wl_text_sanitize()); NULL if there is
 * none. Free with g_free(). */
char *wl_metadata_dup_display_name(const WlMetadata *self);
