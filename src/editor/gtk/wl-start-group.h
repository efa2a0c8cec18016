/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The first page of a new profile: how to begin. */

#include <gtk/gtk.h>

#include "model/wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlStartGroup WlStartGroup;

/* The profile has begun; @phone: a phone is to be added next. */
typedef void (*WlStartFunc)(gboolean phone, gpointer user_data);

WlStartGroup *wl_start_group_new(WlEditorModel *model, WlStartFunc on_begun, gpointer user_data);
/* To be called before the widgets are destroyed; NULL is allowed. */
void wl_start_group_free(WlStartGroup *group);
GtkWidget *wl_start_group_get_widget(WlStartGroup *group);

G_END_DECLS
