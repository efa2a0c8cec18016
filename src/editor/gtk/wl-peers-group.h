/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The group "Peers": a list of expandable rows, a search entry, and a drop target for files. The
 * group owns a reference to its widget until it is freed; the model must outlive the group. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlPeersGroup WlPeersGroup;

WlPeersGroup *wl_peers_group_new(WlEditorModel *model);
void wl_peers_group_free(WlPeersGroup *group);
GtkWidget *wl_peers_group_get_widget(WlPeersGroup *group);
/* To be called after each change of the model. */
void wl_peers_group_changed(WlPeersGroup *group, WlEditorChange change);
/* Opens the window that adds a phone. */
void wl_peers_group_add_phone(WlPeersGroup *group);

G_END_DECLS
