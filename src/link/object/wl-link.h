/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-device.h"
#include "wl-link-error.h"

/**
 * A WireGuard interface that this service created. Its backend is the kernel, a userspace program
 * or a fake for tests; see wl-link-open.h.
 *
 * The interface alias `wirelink:<profile uuid>` marks each of our interfaces. Calls do not wait:
 * the kernel replies at once, and a program that does not is asked in the background, in the order
 * of the calls. Errors are of WL_LINK_ERROR; WL_LINK_ERROR_GONE once the interface is deleted.
 *
 * Signal "failed"(const char *reason): the interface is gone for good, because another program
 * deleted it or wireguard-go exited. Emitted once, and not after wl_link_destroy().
 *
 * Signal "device"(const WlDevice *device, const GError *error): the result of a wl_link_read() that
 * returned WL_LINK_ERROR_PENDING; @device is NULL on an error. Shows all changes until now.
 *
 * Signal "refused"(const WlKey *peer, const GError *error): a change that wl_link_apply() accepted
 * has failed since.
 */
#define WL_TYPE_LINK (wl_link_get_type())
G_DECLARE_DERIVABLE_TYPE(WlLink, wl_link, WL, LINK, GObject)

/** The device as it is now, owned by the caller. WL_LINK_ERROR_PENDING: it comes with the signal
 * "device". */
WlDevice *wl_link_read(WlLink *self, GError **error);
/** Applies one change, or accepts it for later. A list of allowed IPs that exceeds one message is
 * split so that no intermediate state drops an entry that stays. */
gboolean wl_link_apply(WlLink *self, const WlPeerChange *change, GError **error);
/** Sets the firewall mark of WireGuard's own packets, or accepts that for later. 0: none. */
gboolean wl_link_set_mark(WlLink *self, guint32 mark, GError **error);
/** Adds an address with its prefix length; succeeds if the address exists already. */
gboolean wl_link_add_address(WlLink *self, const WlPrefix *address, GError **error);
/** Disables router advertisements, redirects and address generation, then sets the link up. */
gboolean wl_link_set_up(WlLink *self, GError **error);
/** Deletes the interface and stops its program. Idempotent; dispose does the same. */
void wl_link_destroy(WlLink *self);

/** The interface name of the profile, also after the interface is gone; owned by @self. */
const char *wl_link_get_name(WlLink *self);
/** The interface index, or the last one if the interface is gone. */
int wl_link_get_ifindex(WlLink *self);
/** "kernel", "userspace" or "fake". */
const char *wl_link_get_backend(WlLink *self);
