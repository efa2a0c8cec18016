/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Reads the state of the running service from D-Bus into the model, now and after each change. If
 * there is no service of this profile, the model has no live state; if reading is denied, the live
 * state is hidden. Errors are not reported otherwise. */

#include "wl-model-types.h"

G_BEGIN_DECLS

typedef struct _WlEditorBus WlEditorBus;

/* @model must outlive the result; @uuid identifies the profile and may be NULL. Never blocks. */
WlEditorBus *wl_editor_bus_new(WlEditorModel *model, const char *uuid);
/* While @watched, also reads every few seconds what the service does not signal: round-trip times
 * and traffic. */
void wl_editor_bus_set_watched(WlEditorBus *bus, gboolean watched);
void wl_editor_bus_free(WlEditorBus *bus);

G_END_DECLS
