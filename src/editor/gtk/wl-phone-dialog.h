/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The window that adds a phone: its name, then the QR code that its WireGuard app scans. */

#include "model/wl-model-types.h"
#include "wl-dialog.h"

G_BEGIN_DECLS

/* The code contains the private key of the phone, which is wiped when the window is closed. */
void wl_phone_dialog_open(WlDialog **self, GtkWidget *parent, WlEditorModel *model);

G_END_DECLS
