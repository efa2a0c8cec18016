/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The page "This Machine": key, addresses, role, options. The page owns a reference to its widget
 * until it is freed; the model must outlive the page. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlMachinePage WlMachinePage;

WlMachinePage *wl_machine_page_new(WlEditorModel *model);
void wl_machine_page_free(WlMachinePage *page);
GtkWidget *wl_machine_page_get_widget(WlMachinePage *page);
/* To be called after each change of the model. */
void wl_machine_page_changed(WlMachinePage *page, WlEditorChange change);

G_END_DECLS
