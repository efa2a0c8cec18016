/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* One row of the list of peers, which expands to the fields of the peer. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

#define WL_PEER_COLUMNS 2 /* key, trust */

typedef struct _WlPeerRow WlPeerRow;

/* @columns: one size group for each column, shared by all rows of the list. */
WlPeerRow *wl_peer_row_new(WlEditorModel *model, WlEditorPeer *peer,
                           GtkSizeGroup *const columns[WL_PEER_COLUMNS]);
/* To be called before the peer is freed; the widget stays in its list. */
void wl_peer_row_free(WlPeerRow *row);
GtkWidget *wl_peer_row_get_widget(WlPeerRow *row);
/* Shows the current state of the model. */
void wl_peer_row_refresh(WlPeerRow *row);
/* Expands the row and focuses the name. */
void wl_peer_row_open(WlPeerRow *row);

G_END_DECLS
