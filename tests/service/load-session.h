/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-control.h"
#include "wl-session.h"

/**
 * Replaces WlSession as far as the objects need it: a real engine and a fake link, whose peers all
 * have a session. Needs no privileges.
 */
WlSession *load_session_new(guint n_peers);
void load_session_free(WlSession *self);
/** Changes the port of the peer with this number in the device. */
void load_session_move(WlSession *self, guint number);
