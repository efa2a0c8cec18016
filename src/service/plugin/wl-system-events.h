/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session.h"

/** Passes events of the machine (uplinks from NetworkManager, resume and clock changes) to a
 * session. */
typedef struct _WlSystemEvents WlSystemEvents;

/** Must be freed before @session. */
WlSystemEvents *wl_system_events_new(GDBusConnection *connection, WlSession *session);
void wl_system_events_free(WlSystemEvents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSystemEvents, wl_system_events_free)
