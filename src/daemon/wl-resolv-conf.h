/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-dns-server.h"

/**
 * The DNS servers of this machine, read from the file that its resolver writes:
 * /run/systemd/resolve/resolv.conf, which names those behind systemd-resolved, else
 * /etc/resolv.conf. Follows changes.
 */
typedef struct _WlResolvConf WlResolvConf;

/** @servers: of WlDnsServer, those of @text in their order, without loopback addresses (a resolver
 * of this machine) and those in @except (of char *). Emptied first. */
void wl_resolv_conf_parse(const char *text, const GPtrArray *except, GArray *servers);

/** @changed is called from the main loop with the servers, and once at the start. */
WlResolvConf *wl_resolv_conf_new(void (*changed)(const GArray *servers, gpointer user_data),
                                 gpointer user_data);
void wl_resolv_conf_free(WlResolvConf *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlResolvConf, wl_resolv_conf_free)
/** The servers of the tunnel, which are none of an uplink; @servers: of char *, copied. */
void wl_resolv_conf_set_except(WlResolvConf *self, const GPtrArray *servers);
