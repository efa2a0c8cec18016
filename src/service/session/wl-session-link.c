/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-session-link.h"

#include <net/if.h>
#include <sodium.h>

#include "wl-session-inputs.h"
#include "wl-session-outputs.h"
#include "wl-tunnel-addresses.h"

/* The link, and what others do to it. */

/* A link that is deleted again sooner than this is meant to be gone. */
#define RECREATE_INTERVAL (10 * G_USEC_PER_SEC)

/* NetworkManager takes one address for each family; the others are ours to set. */
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
            return own != first;
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
    if (self->settings.forwarding || wl_engine_is_router(self->engine))
        wl_forwarding_start(&self->forwarding, self->settings.interface, self->settings.forwarding);
}

void
wl_session_keep_key(WlSession *self)
{
    if (!self->key && g_str_equal(wl_link_get_backend(self->link), "kernel"))
        self->key = sodium_malloc(sizeof *self->key);
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
        .listen_port = self->config->listen_port,
        .mtu = self->settings.mtu,
        .fwmark = wl_session_mark(self),
    };

    return config;
}

/* ---- when others change it */

/* `ip link set down`, a sysctl or NetworkManager took one of our addresses: facts need the
 * link-local one, and nobody else puts the others back. */
static void
on_link_address_lost(WlNetworkMonitor *monitor, const WlPrefix *address, gpointer user_data)
{
    WlSession *self = user_data;
    g_autofree char *text = wl_prefix_to_string(address);
    g_autoptr(GError) error = NULL;

    /* With the link itself all of them go. */
    if (!is_ours(self, address) || if_nametoindex(self->settings.interface) == 0)
        return;
    if (wl_link_add_address(self->link, address, &error))
        g_message("the address %s was removed by somebody and is back", text);
    else
        g_warning("the address %s was removed and cannot be put back: %s", text, error->message);
}

/* Set down and up again, or IPv6 was off for a while. */
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
        g_message("somebody took addresses and routes from the link; they are back");
}

/* Sockets, and the monitor with what NetworkManager gave the link, go on with the one that has its
 * index; what the monitor then sees come up, it gives back. */
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
            g_message("somebody deleted the link %s; it is made anew", name);
            return;
        }
        reason = g_strdup_printf("the link %s was deleted and cannot be made anew: %s", name,
                                 error->message);
    } else {
        reason = g_strdup_printf(
            "the link %s was deleted by somebody else; bring the profile up again", name);
    }
    wl_session_fail(self, reason);
}

const WlNetworkMonitorEvents wl_session_monitor_events = {
    .changed = wl_session_network_changed,
    .link_address_removed = on_link_address_lost,
    .link_deleted = on_link_gone,
    .link_reset = on_link_reset,
};
