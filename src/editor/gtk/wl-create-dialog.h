/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The window that creates a network with this machine as its hub. */

#include "model/wl-model-types.h"
#include "wl-dialog.h"

G_BEGIN_DECLS

/* Calls @on_created when that was done. */
void wl_create_dialog_open(WlDialog **self, GtkWidget *parent, WlEditorModel *model,
                           void (*on_created)(gpointer user_data), gpointer user_data);

G_END_DECLS
