/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The pages of the editor. Each is made for a model, gives a widget, and is told what changed. The
 * widget is owned by the page until it is freed. */

#include <gtk/gtk.h>

#include "model/wl-model.h"

G_BEGIN_DECLS

/* This machine: key, addresses, ports, role, options. */
typedef struct _WlMachinePage WlMachinePage;

WlMachinePage *wl_machine_page_new(WlEditorModel *model);
void wl_machine_page_free(WlMachinePage *page);
GtkWidget *wl_machine_page_get_widget(WlMachinePage *page);
void wl_machine_page_changed(WlMachinePage *page, WlEditorChange change);

/* The list of peers, each of which folds open. */
typedef struct _WlPeersPage WlPeersPage;

WlPeersPage *wl_peers_page_new(WlEditorModel *model);
void wl_peers_page_free(WlPeersPage *page);
GtkWidget *wl_peers_page_get_widget(WlPeersPage *page);
void wl_peers_page_changed(WlPeersPage *page, WlEditorChange change);

/* A row of that list. */
#define WL_PEER_COLUMNS 2 /* key, trust */
typedef struct _WlPeerRow WlPeerRow;

/* @columns: a group for each column that is as wide in every row of the list. */
WlPeerRow *wl_peer_row_new(WlEditorModel *model, WlEditorPeer *peer,
                           GtkSizeGroup *const columns[WL_PEER_COLUMNS]);
/* To be called before the peer is gone; the widget stays with its list. */
void wl_peer_row_free(WlPeerRow *row);
GtkWidget *wl_peer_row_get_widget(WlPeerRow *row);
/* Shows what the model says now. */
void wl_peer_row_refresh(WlPeerRow *row);
/* Folds it open and puts the cursor into its name. */
void wl_peer_row_open(WlPeerRow *row);

/* What each peer may tell us, and what the service has been told. */
typedef struct _WlTrustPage WlTrustPage;

WlTrustPage *wl_trust_page_new(WlEditorModel *model);
void wl_trust_page_free(WlTrustPage *page);
GtkWidget *wl_trust_page_get_widget(WlTrustPage *page);
void wl_trust_page_changed(WlTrustPage *page, WlEditorChange change);

G_END_DECLS
