/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** A QR code; it contains the encoded text. */
typedef struct _WlQr WlQr;

/** NULL with *error if @text is too long. */
WlQr *wl_qr_new(const char *text, GError **error);
/** Wipes and frees the code. */
void wl_qr_free(WlQr *qr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlQr, wl_qr_free)

/** The columns that the code takes in a terminal. */
guint wl_qr_columns(const WlQr *qr);
/** Prints the code on standard output, black on white in any color scheme. */
void wl_qr_print(const WlQr *qr);
