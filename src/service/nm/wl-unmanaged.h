/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Makes a link unmanaged in NetworkManager if 90-wirelink.conf does not match its name. For a
 * managed link NetworkManager would show a second active profile, and `nmcli networking off` would
 * remove the link-local address.
 */
typedef struct _WlUnmanaged WlUnmanaged;

/** Works in the background, also for a link that appears later or is recreated. */
WlUnmanaged *wl_unmanaged_new(GDBusConnection *connection, const char *interface);
void wl_unmanaged_free(WlUnmanaged *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlUnmanaged, wl_unmanaged_free)

/** Whether 90-wirelink.conf matches @interface. */
gboolean wl_unmanaged_is_known(const char *interface);
