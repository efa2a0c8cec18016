/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The page "Peers": a list of expandable rows, a search entry, and a drop target for files. The
 * page owns a reference to its widget until it is freed; the model must outlive the page. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlPeersPage WlPeersPage;

WlPeersPage *wl_peers_page_new(WlEditorModel *model);
void wl_peers_page_free(WlPeersPage *page);
GtkWidget *wl_peers_page_get_widget(WlPeersPage *page);
/* To be called after each change of the model. */
void wl_peers_page_changed(WlPeersPage *page, WlEditorChange change);

G_END_DECLS
