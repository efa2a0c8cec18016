/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The members that other members introduced and that are not peers of the profile, and why there
 * is no live state if there is none. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlDiscoveredGroup WlDiscoveredGroup;

WlDiscoveredGroup *wl_discovered_group_new(WlEditorModel *model);
/* To be called before the widgets are destroyed. */
void wl_discovered_group_free(WlDiscoveredGroup *group);
GtkWidget *wl_discovered_group_get_widget(WlDiscoveredGroup *group);
void wl_discovered_group_changed(WlDiscoveredGroup *group, WlEditorChange change);

G_END_DECLS
