/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* One row of the list of peers: state, name and address; it opens to the fields of the peer. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlPeerRow WlPeerRow;

WlPeerRow *wl_peer_row_new(WlEditorModel *model, WlEditorPeer *peer);
/* To be called before the peer is freed; the widget stays in its list. */
void wl_peer_row_free(WlPeerRow *row);
GtkWidget *wl_peer_row_get_widget(WlPeerRow *row);
/* Shows the current state of the model. */
void wl_peer_row_refresh(WlPeerRow *row);
/* Opens the row and focuses the name. */
void wl_peer_row_open(WlPeerRow *row);

/* The icon of a state of the running service, and the class of its color, which may be NULL. */
const char *wl_peer_state_icon(const char *state);
const char *wl_peer_state_class(const char *state);

G_END_DECLS
