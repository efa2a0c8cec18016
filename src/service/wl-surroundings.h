/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session.h"

/** Tells a session what others on the system bus, and the clock, say of this machine. */
typedef struct _WlSurroundings WlSurroundings;

/** To be freed before @session. */
WlSurroundings *wl_surroundings_new(GDBusConnection *connection, WlSession *session);
void wl_surroundings_free(WlSurroundings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlSurroundings, wl_surroundings_free)
