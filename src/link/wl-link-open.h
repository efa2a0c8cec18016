/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-link-config.h"
#include "wl-link.h"

/**
 * Creates the link of a profile, down and without peers: the kernel's if it has WireGuard, else one
 * of a userspace program. Removes a leftover of the same profile first, and those of profiles that
 * no process serves. Only the userspace backend waits, until its program has started.
 *
 * Two profiles cannot have one interface: WL_LINK_ERROR_EXISTS if an interface of another profile
 * in use or of another program has the name. wl-link-open.c refuses it before a backend starts;
 * wl-link-kernel.c turns the kernel's -EEXIST into the same error. wl_link_set_exists() in
 * wl-link.c writes the sentence.
 *
 * Errors are of WL_LINK_ERROR. @config is copied.
 */
void wl_link_open_async(const WlLinkConfig *config, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data);
WlLink *wl_link_open_finish(GAsyncResult *result, GError **error);

/**
 * Creates the kernel's link again after another program deleted it, with its former index: sockets
 * bound to that index, NetworkManager included, continue to work. Without peers, down.
 */
WlLink *wl_link_reopen(const WlLinkConfig *config, int ifindex, GError **error);
