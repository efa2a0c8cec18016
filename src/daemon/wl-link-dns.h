/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * The DNS servers and search domains of a link, which systemd-resolved gets over D-Bus, and again
 * whenever it was restarted. Without systemd-resolved the log says once that they are not used.
 * They end with the link.
 */
typedef struct _WlLinkDns WlLinkDns;

WlLinkDns *wl_link_dns_new(void);
void wl_link_dns_free(WlLinkDns *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlLinkDns, wl_link_dns_free)

/** @bus: the system bus; NULL: there is none. */
void wl_link_dns_set_bus(WlLinkDns *self, GDBusConnection *bus);
/**
 * @items: of char *, addresses of servers and search domains, copied; "~example.net" is a domain
 * that is not searched. @everything: all queries go to these servers, as with a full tunnel; else
 * only those below the domains, or all if there are no domains.
 */
void wl_link_dns_set(WlLinkDns *self, int ifindex, const GPtrArray *items, gboolean everything);
