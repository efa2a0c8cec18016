/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Translates @remote, the error of a D-Bus call, into one of WL_CTL_ERROR about @subject ("the
 * service of \"home\"") that names the remedy. To be freed.
 */
GError *wl_remote_error_new(const GError *remote, const char *subject);
/** TRUE if no process owns the called name. */
gboolean wl_remote_error_is_gone(const GError *remote);
