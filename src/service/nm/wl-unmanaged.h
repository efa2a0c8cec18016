/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Has NetworkManager leave a link alone whose name it does not know by its configuration (nmwl-*
 * is there): it would show a second active profile of its own beside ours, and take the link-local
 * address away with `nmcli networking off`.
 */
typedef struct _WlUnmanaged WlUnmanaged;

/** Begins, in the background; also when the link comes later, or anew. */
WlUnmanaged *wl_unmanaged_new(GDBusConnection *connection, const char *interface);
void wl_unmanaged_free(WlUnmanaged *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlUnmanaged, wl_unmanaged_free)

/** Whether the shipped configuration of NetworkManager has the link already. */
gboolean wl_unmanaged_is_known(const char *interface);
