/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session.h"

/** Tells a session what others on the system bus, and the clock, say of this machine. */
typedef struct _WlSystemEvents WlSystemEvents;

/** To be freed before @session. */
WlSystemEvents *wl_system_events_new(GDBusConnection *connection, WlSession *session);
void wl_system_events_free(WlSystemEvents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSystemEvents, wl_system_events_free)
