/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Modules of margin that readers expect on each side. */
#define WL_QR_QUIET 4

/** A QR code; it contains the encoded text. */
typedef struct _WlQr WlQr;

/** NULL with *error if @text is too long. */
WlQr *wl_qr_new(const char *text, GError **error);
/** Wipes and frees the code. */
void wl_qr_free(WlQr *qr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlQr, wl_qr_free)

/** The modules on each side, without the margin. */
guint wl_qr_size(const WlQr *qr);
/** FALSE in the margin. */
gboolean wl_qr_is_dark(const WlQr *qr, int row, int column);
