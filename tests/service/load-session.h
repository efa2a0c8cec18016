/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-control.h"
#include "wl-session.h"

/**
 * In place of the real session (it implements wl-session.h as far as the objects need it): a real
 * engine and a link in memory, whose peers all have a session and move when they are told to. Needs
 * no privilege.
 */
WlSession *load_session_new(guint n_peers, const WlSessionEvents *events, gpointer user_data);
void load_session_free(WlSession *self);
/** The device shows the peer with this number at another port from now on. */
void load_session_move(WlSession *self, guint number);
