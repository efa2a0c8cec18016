/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-session-state.h"

/** Carries out all outputs of the engine, including those that follow from others, and sets the
 * timer. */
gboolean wl_session_pump(WlSession *self);
/** Passes a snapshot of the device to the engine without carrying out outputs. */
void wl_session_read_device(WlSession *self);
/** The link reports the result of a read, or that it refused a change, which is decided on again
 * later. */
void wl_session_device_read(WlLink *link, const WlDevice *device, const GError *error,
                            gpointer session);
void wl_session_change_refused(WlLink *link, const WlKey *peer, const GError *error,
                               gpointer session);
/** Has the engine's state written to the state file; the result comes later. */
void wl_session_save_state(WlSession *self);
void wl_session_state_written(const GError *error, gpointer session);
