/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What the running service of a profile says on D-Bus, brought to the model whenever it changes. No
 * toolkit. Where there is no service, or it may not be read, the model has no live part, and in the
 * latter case knows so. */

#include "wl-model.h"

G_BEGIN_DECLS

typedef struct _WlEditorBus WlEditorBus;

/* @model must outlive it; @uuid is that of the profile and may be NULL. Nothing here blocks. */
WlEditorBus *wl_editor_bus_new(WlEditorModel *model, const char *uuid);
void wl_editor_bus_free(WlEditorBus *bus);

G_END_DECLS
