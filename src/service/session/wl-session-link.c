/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Addresses, forwarding and private key of the link, and its repair after changes by other
 * programs. */

#include "wl-session-link.h"

#include <errno.h>
#include <net/if.h>
#include <sodium.h>

#include "wl-limitation.h"
#include "wl-session-gateway.h"
#include "wl-session-inputs.h"
#include "wl-session-outputs.h"
#include "wl-tunnel-addresses.h"

/* A link deleted again within this time is not recreated. */
#define RECREATE_INTERVAL (10 * G_USEC_PER_SEC)

/* A front end sets the first address of each family, or leaves all of them to the session. */
static gboolean
is_ours(const WlSession *self, const WlPrefix *address)
{
    const GArray *addresses = self->config->addresses;
    const WlPrefix *first = wl_tunnel_addresses_first(addresses, address->ip.family);

    if (wl_prefix_equal(address, &self->link_local))
        return TRUE;
    for (guint i = 0; i < addresses->len; i++) {
        const WlPrefix *own = &g_array_index(addresses, WlPrefix, i);

        if (wl_prefix_equal(own, address))
            return self->settings.all_addresses || own != first;
    }
    return FALSE;
}

static gboolean
add_further_addresses(WlSession *self, GError **error)
{
    const GArray *addresses = self->config->addresses;

    for (guint i = 0; i < addresses->len; i++) {
        const WlPrefix *address = &g_array_index(addresses, WlPrefix, i);

        if (is_ours(self, address) && !wl_link_add_address(self->link, address, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
wl_session_set_link_up(WlSession *self, GError **error)
{
    return wl_link_set_up(self->link, error) &&
           wl_link_add_address(self->link, &self->link_local, error) &&
           add_further_addresses(self, error);
}

void
wl_session_set_forwarding(WlSession *self)
{
    if (wl_session_forwards_ipv4(self))
        wl_forwarding_start(&self->forwarding, self->settings.interface,
                            wl_session_forwards_ipv6(self));
}

void
wl_session_keep_key(WlSession *self)
{
    if (!self->key && g_str_equal(wl_link_get_backend(self->link), "kernel"))
        self->key = sodium_malloc(sizeof *self->key);
    /* It is locked already; a second time reports whether that was refused. */
    if (self->key && sodium_mlock(self->key, sizeof *self->key) < 0)
        wl_limitation_add("memory-lock",
                          "the private key may be written to swap space: cannot lock memory: %s",
                          g_strerror(errno));
    if (self->key)
        *self->key = self->config->private_key;
    wl_key_wipe(&self->config->private_key);
}

guint32
wl_session_mark(const WlSession *self)
{
    return self->settings.full_tunnel ? wl_policy_routes_fwmark(self->settings.uuid) : 0;
}

WlLinkConfig
wl_session_link_config(const WlSession *self, const WlKey *private_key)
{
    WlLinkConfig config = {
        .name = self->settings.interface,
        .uuid = self->settings.uuid,
        .private_key = private_key,
        /* A recreated link keeps its port: rules name it, and peers know it. */
        .listen_port = self->listen_port ? self->listen_port : self->config->listen_port,
        .mtu = self->settings.mtu,
        .fwmark = wl_session_mark(self),
    };

    return config;
}

/* ---- changes by other programs */

/* Caused by `ip link set down`, a sysctl or NetworkManager. Facts require the link-local address,
 * and no other program restores ours. */
static void
on_link_address_lost(WlNetworkMonitor *monitor, const WlPrefix *address, gpointer user_data)
{
    WlSession *self = user_data;
    g_autofree char *text = wl_prefix_to_string(address);
    g_autoptr(GError) error = NULL;

    /* If the link is gone, so are all addresses. */
    if (!is_ours(self, address) || if_nametoindex(self->settings.interface) == 0)
        return;
    if (wl_link_add_address(self->link, address, &error))
        g_message("another program removed the address %s; restored it", text);
    else
        g_warning("failed to restore the removed address %s: %s", text, error->message);
}

/* The link was set down and up, or IPv6 was disabled for a while. */
static void
on_link_reset(WlNetworkMonitor *monitor, gpointer user_data)
{
    WlSession *self = user_data;
    g_autoptr(GError) error = NULL;

    if (!wl_network_monitor_restore_link(monitor, &error) ||
        (self->tunnel &&
         !wl_policy_routes_restore(self->tunnel, wl_link_get_ifindex(self->link), &error)))
        g_warning("%s", error->message);
    else
        g_message("another program removed addresses and routes of the link; restored them");
}

/* Recreates the link with the same index, so that sockets and the monitor continue to work. The
 * monitor restores addresses and routes when the link is up. */
static gboolean
recreate_link(WlSession *self, GError **error)
{
    WlLinkConfig config = wl_session_link_config(self, self->key);
    int ifindex = wl_link_get_ifindex(self->link);
    WlLink *link;

    g_signal_handlers_disconnect_by_data(self->link, self);
    wl_link_destroy(self->link);
    link = wl_link_reopen(&config, ifindex, error);
    if (!link)
        return FALSE;
    g_object_unref(self->link);
    self->link = link;
    g_signal_connect(self->link, "failed", G_CALLBACK(wl_session_link_failed), self);
    if (!wl_session_set_link_up(self, error))
        return FALSE;
    wl_session_set_forwarding(self);
    if (self->traffic)
        wl_traffic_watch_rebind(self->traffic);
    wl_engine_link_recreated(self->engine, wl_clock_now());
    wl_session_pump(self);
    if (self->events->link_recreated)
        self->events->link_recreated(self, self->user_data);
    return TRUE;
}

static void
on_link_gone(WlNetworkMonitor *monitor, gpointer user_data)
{
    WlSession *self = user_data;
    const char *name = self->settings.interface;
    gint64 now = wl_clock_now();
    g_autofree char *reason = NULL;
    g_autoptr(GError) error = NULL;

    if (self->key && (self->recreated == 0 || now - self->recreated > RECREATE_INTERVAL)) {
        self->recreated = now;
        if (recreate_link(self, &error)) {
            g_message("another program deleted the link %s; recreated it", name);
            return;
        }
        reason =
            g_strdup_printf("failed to recreate the deleted link %s: %s", name, error->message);
    } else {
        reason = g_strdup_printf("another program deleted the link %s; activate the profile again",
                                 name);
    }
    wl_session_fail(self, reason);
}

const WlNetworkMonitorEvents wl_session_monitor_events = {
    .changed = wl_session_network_changed,
    .link_address_removed = on_link_address_lost,
    .link_deleted = on_link_gone,
    .link_reset = on_link_reset,
};
