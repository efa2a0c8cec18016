/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Inputs of the engine from the session's own event sources. Each carries out the resulting
 * outputs. */

#include "wl-session-inputs.h"

#include "wl-announced-addresses.h"
#include "wl-session-guard.h"
#include "wl-session-outputs.h"

gboolean
wl_session_deadline(gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_advance_time(self->engine, wl_clock_now());
    return wl_session_pump(self);
}

void
wl_session_datagram(const WlIp *source, const guint8 *data, gsize length, gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_datagram_received(self->engine, wl_clock_now(), source, data, length);
    wl_session_pump(self);
}

void
wl_session_resolved(const char *name, const WlEndpoint *endpoints, gsize n, gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_name_resolved(self->engine, wl_clock_now(), name, endpoints, n);
    wl_session_pump(self);
}

void
wl_session_echo_reply(const WlKey *key, guint16 sequence, gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_echo_reply(self->engine, wl_clock_now(), key, sequence);
    wl_session_pump(self);
}

void
wl_session_traffic(const WlIp *destination, gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_traffic_started(self->engine, wl_clock_now(), destination);
    wl_session_pump(self);
}

void
wl_session_neighbor(const WlIp *address, guint32 ifindex, gboolean reachable, gpointer user_data)
{
    WlSession *self = user_data;

    wl_engine_neighbor_result(self->engine, wl_clock_now(), address, ifindex, reachable);
    wl_session_pump(self);
}

void
wl_session_update_addresses(WlSession *self)
{
    wl_announced_addresses_update_engine(wl_network_monitor_get_addresses(self->monitor),
                                         &self->settings, self->engine, wl_clock_now());
}

void
wl_session_update_uplink(WlSession *self)
{
    const char *uplink = wl_network_monitor_get_uplink(self->monitor);
    g_autoptr(GArray) gateways = wl_network_monitor_dup_gateways(self->monitor);
    gboolean other = wl_protected_hosts_set_gateways(self->protected_hosts, gateways);

    if (other)
        wl_protected_hosts_update_engine(self->protected_hosts, self->engine, wl_clock_now());
    if (other || !g_str_equal(uplink, self->uplink))
        wl_engine_uplink_changed(self->engine, wl_clock_now());
    if (g_str_equal(uplink, self->uplink))
        return;
    g_free(self->uplink);
    self->uplink = g_strdup(uplink);
    if (self->observer)
        self->observer->uplink_changed(self, self->observer_data);
}

void
wl_session_mapping_changed(WlPortMapping *mapping, gpointer user_data)
{
    WlSession *self = user_data;
    g_autoptr(GArray) endpoints = wl_port_mapping_dup_endpoints(mapping);

    wl_engine_set_mapped_endpoints(self->engine, wl_clock_now(),
                                   (const WlEndpoint *) (gpointer) endpoints->data, endpoints->len);
    wl_session_pump(self);
}

void
wl_session_update_mapping(WlSession *self)
{
    if (self->mapping)
        wl_port_mapping_update(self->mapping, self->monitor, &self->settings);
}

void
wl_session_network_changed(WlNetworkMonitor *monitor, gpointer user_data)
{
    WlSession *self = user_data;

    /* First, because the engine sends at once. */
    wl_session_update_guard(self);
    wl_session_update_addresses(self);
    wl_session_update_uplink(self);
    wl_session_update_mapping(self);
    wl_session_pump(self);
}
