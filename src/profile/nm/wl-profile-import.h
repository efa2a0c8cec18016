/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Imports profile files as NetworkManager connections, and exports them.
 *
 * An imported connection has the file name without extension as its id, a new UUID, and
 * vpn.persistent, without which NetworkManager would disconnect when the network changes. Every
 * value is in vpn.data. A file without listen port gets a random one, once, as members behind the
 * same NAT would compete for a common one. Addresses are in vpn.data and not in ipv4 and ipv6,
 * where editors lose them; the methods stay "auto", so that NetworkManager uses the addresses of
 * the service. ipv4 is disabled if there is no IPv4 address; ipv6 never, as NetworkManager accepts
 * a VPN without IPv6 configuration and the link always has its link-local address. */

#include <NetworkManager.h>

G_BEGIN_DECLS

/* A new connection, ready to be added to NetworkManager, from the file at @path. Errors name file,
 * line and key. */
NMConnection *wl_profile_import(const char *path, GError **error);

/* Writes @connection to the file at @path with mode 0600, replacing an existing file. Secrets are
 * written if @connection has them. */
gboolean wl_profile_export(const char *path, NMConnection *connection, GError **error);

/* With @everything, sends all DNS queries to the servers of @connection, if it has any, as a full
 * tunnel requires; without, undoes that. */
void wl_profile_ask_dns_everything(NMConnection *connection, gboolean everything);

/* "<id>.wirelink", safe as a file name; owned by the caller. */
char *wl_profile_suggest_file_name(NMConnection *connection);

G_END_DECLS
