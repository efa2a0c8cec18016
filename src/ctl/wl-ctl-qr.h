/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** A QR code; holds what it says. */
typedef struct _WlCtlQr WlCtlQr;

/** NULL with *error if @text is too long for one. */
WlCtlQr *wl_ctl_qr_new(const char *text, GError **error);
/** Wipes it. */
void wl_ctl_qr_free(WlCtlQr *qr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlCtlQr, wl_ctl_qr_free)

/** Columns it takes in a terminal. */
guint wl_ctl_qr_columns(const WlCtlQr *qr);
/** On standard output in half blocks, black on white whatever the colours of the terminal. */
void wl_ctl_qr_print(const WlCtlQr *qr);
