/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-key.h"

/** What a link is created with. The caller owns the strings and the key. */
typedef struct {
    const char *name; /* interface name, at most 15 bytes */
    const char *uuid; /* of the profile */
    const WlKey *private_key;
    guint16 listen_port;      /* UDP; 0: any */
    guint32 mtu;              /* bytes */
    const char *wireguard_go; /* program of the userspace backend; NULL: "wireguard-go" in PATH */
    guint32 fwmark;           /* of WireGuard's own packets; 0: none */
} WlLinkConfig;

/** Checks name, UUID and MTU; FALSE with an error that states what is allowed. */
gboolean wl_link_config_check(const WlLinkConfig *config, GError **error);
/** A deep copy, to be freed with wl_link_config_free(), which wipes the key. */
WlLinkConfig *wl_link_config_copy(const WlLinkConfig *config);
void wl_link_config_free(WlLinkConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLinkConfig, wl_link_config_free)
