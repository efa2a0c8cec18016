/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The groups of the page about this machine: name, addresses and keys, when it connects, where its
 * traffic goes, and advanced settings. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlMachineGroups WlMachineGroups;

/* Appends what comes before the peers to @box. */
WlMachineGroups *wl_machine_groups_new(WlEditorModel *model, GtkWidget *box);
/* Appends what comes after the peers to @box. */
void wl_machine_groups_add_advanced(WlMachineGroups *groups, GtkWidget *box);
/* Opens what has an error and closes what has none, when the page is shown first. */
void wl_machine_groups_begin(WlMachineGroups *groups);
/* To be called before the widgets are destroyed. */
void wl_machine_groups_free(WlMachineGroups *groups);
void wl_machine_groups_changed(WlMachineGroups *groups, WlEditorChange change);

G_END_DECLS
