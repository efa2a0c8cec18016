/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-link-config.h"
#include "wl-link.h"

/**
 * Starts wireguard-go (or a program with its command line and protocol) and waits until its
 * interface is there: down and without peers. WL_LINK_ERROR_NO_WIREGUARD if the program is not
 * installed.
 */
void wl_link_userspace_new_async(const WlLinkConfig *config, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
WlLink *wl_link_userspace_new_finish(GAsyncResult *result, GError **error);
