/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/**
 * Gives up what the service does not need: every capability but CAP_NET_ADMIN and
 * CAP_NET_BIND_SERVICE (listen ports below 1024), new privileges by exec, core dumps, and being
 * read by a debugger (the private key is in memory).
 */
gboolean wl_privileges_drop(GError **error);
