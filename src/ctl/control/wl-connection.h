/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-exit.h"
#include "wl-stored-profiles.h"

/**
 * Profiles of NetworkManager. Errors are of WL_CTL_ERROR and name the remedy.
 */

/**
 * Activates @profile and waits until it is up. NetworkManager requires an active connection as the
 * base of a VPN. It uses the primary one; where it has none, because other programs manage the
 * uplinks of this machine, this names the loopback connection or any other.
 */
gboolean wl_connection_activate(GDBusConnection *bus, const WlStoredProfile *profile,
                                GError **error);
/** Deactivates it and waits until it is down. */
gboolean wl_connection_deactivate(GDBusConnection *bus, const WlStoredProfile *profile,
                                  GError **error);
