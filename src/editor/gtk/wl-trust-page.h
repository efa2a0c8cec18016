/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The page "Trust": the level of each peer, the facts that the service has received, and discovered
 * members. The page owns a reference to its widget until it is freed; the model must outlive the
 * page. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlTrustPage WlTrustPage;

WlTrustPage *wl_trust_page_new(WlEditorModel *model);
void wl_trust_page_free(WlTrustPage *page);
GtkWidget *wl_trust_page_get_widget(WlTrustPage *page);
/* To be called after each change of the model. */
void wl_trust_page_changed(WlTrustPage *page, WlEditorChange change);

G_END_DECLS
