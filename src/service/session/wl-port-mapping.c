/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Carries what the port mappers send to the gateways, and what these answer. */

#include "wl-port-mapping.h"

#include <sodium.h>

#include "wl-announced-addresses.h"
#include "wl-clock.h"
#include "wl-limitation.h"
#include "wl-mapping-socket.h"
#include "wl-time.h"

typedef struct {
    WlPortMapping *owner;
    WlFamily family;
    WlPortMapper *mapper;
    WlMappingSocket *socket; /* for the target of the mapper; NULL: none yet */
    WlTimer *timer;
    WlMappingView told; /* as last reported */
} Part;

struct _WlPortMapping {
    Part parts[WL_PORT_MAPPING_FAMILIES];
    guint16 listen_port;
    guint32 mark;
    WlPortMappingFunc changed;
    gpointer user_data;
};

static void
random_bytes(gpointer user_data, guint8 *buffer, gsize length)
{
    randombytes_buf(buffer, length);
}

/* ---- sending and receiving ----------------------------------------------------------------- */

static void on_datagram(const WlIp *source, const guint8 *data, gsize length, gpointer user_data);

/* @part NULL: for sending only. */
static WlMappingSocket *
open_socket(const WlPortMapping *self, const WlMappingTarget *target, Part *part)
{
    WlMappingSocketConfig config = {
        .gateway = target->gateway,
        .client = target->client,
        .ifindex = (int) target->ifindex,
        .server_port = WL_MAPPING_SERVER_PORT,
        .client_port = WL_MAPPING_CLIENT_PORT,
        .mark = self->mark,
    };
    g_autoptr(GError) error = NULL;
    WlMappingSocket *socket =
        wl_mapping_socket_new(&config, part ? on_datagram : NULL, part, &error);

    /* An address or interface that is gone is no limitation: the next update follows. */
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        wl_limitation_add("port-mapping",
                          "members behind other routers may not reach this "
                          "machine directly: %s",
                          error->message);
    else if (socket)
        wl_limitation_remove("port-mapping");
    return socket;
}

static gboolean
is_current(const Part *part, const WlMappingTarget *target)
{
    return wl_mapping_target_equal(&wl_port_mapper_get_view(part->mapper)->target, target);
}

/* The removal of a mapping at a gateway that is no longer the one. */
static void
send_to_former(const WlPortMapping *self, const WlMappingDatagram *datagram)
{
    g_autoptr(WlMappingSocket) socket = open_socket(self, &datagram->target, NULL);

    if (socket)
        wl_mapping_socket_send(socket, datagram->bytes, datagram->length);
}

static void
send_datagrams(Part *part)
{
    WlMappingDatagram datagram;

    while (wl_port_mapper_next_datagram(part->mapper, &datagram)) {
        if (!is_current(part, &datagram.target)) {
            send_to_former(part->owner, &datagram);
            continue;
        }
        if (!part->socket)
            part->socket = open_socket(part->owner, &datagram.target, part);
        if (part->socket)
            wl_mapping_socket_send(part->socket, datagram.bytes, datagram.length);
    }
}

static gboolean
report(Part *part)
{
    const WlMappingView *view = wl_port_mapper_get_view(part->mapper);

    if (wl_mapping_view_equal(&part->told, view))
        return FALSE;
    part->told = *view;
    return TRUE;
}

/* TRUE if there is something to report. */
static gboolean
pump(Part *part)
{
    send_datagrams(part);
    wl_timer_set(part->timer, wl_port_mapper_get_deadline(part->mapper));
    return report(part);
}

static void
pump_and_report(Part *part)
{
    WlPortMapping *self = part->owner;

    if (pump(part))
        self->changed(self, self->user_data);
}

static void
on_datagram(const WlIp *source, const guint8 *data, gsize length, gpointer user_data)
{
    Part *part = user_data;

    wl_port_mapper_received(part->mapper, wl_clock_now(), source, data, length);
    pump_and_report(part);
}

static gboolean
on_deadline(gpointer user_data)
{
    Part *part = user_data;

    wl_port_mapper_advance(part->mapper, wl_clock_now());
    pump_and_report(part);
    return G_SOURCE_CONTINUE;
}

/* ---- targets ------------------------------------------------------------------------------- */

/* An address behind the gateway that others may know. A public IPv4 address needs no mapping; a
 * global IPv6 address may be behind a firewall. */
static const WlNetworkAddress *
find_client(const GArray *addresses, const WlSessionSettings *settings, const WlIp *gateway,
            int ifindex)
{
    for (guint i = 0; i < addresses->len; i++) {
        const WlNetworkAddress *address = &g_array_index(addresses, WlNetworkAddress, i);
        const WlIp *ip = &address->address.ip;

        if (address->ifindex != ifindex || ip->family != gateway->family ||
            !wl_ip_is_global_unicast(ip) || !wl_announced_addresses_may(settings, address))
            continue;
        if (ip->family == WL_FAMILY_V4
                ? wl_ip_is_private(ip) && wl_prefix_contains_ip(&address->address, gateway)
                : !wl_ip_is_private(ip))
            return address;
    }
    return NULL;
}

static WlMappingTarget
find_target(const WlPortMapping *self, WlFamily family, WlNetworkMonitor *monitor,
            const WlSessionSettings *settings)
{
    const WlNetworkAddress *client;
    WlMappingTarget target = {0};
    WlIp gateway;
    int ifindex;

    if (!wl_network_monitor_get_gateway(monitor, family, &gateway, &ifindex))
        return target;
    client = find_client(wl_network_monitor_get_addresses(monitor), settings, &gateway, ifindex);
    if (!client)
        return target;
    target.gateway = gateway;
    target.ifindex = (guint32) ifindex;
    target.client = client->address.ip;
    target.port = self->listen_port;
    return target;
}

static gboolean
set_target(Part *part, const WlMappingTarget *target)
{
    if (!is_current(part, target))
        g_clear_pointer(&part->socket, wl_mapping_socket_free);
    wl_port_mapper_set_target(part->mapper, wl_clock_now(), target);
    return pump(part);
}

void
wl_port_mapping_update(WlPortMapping *self, WlNetworkMonitor *monitor,
                       const WlSessionSettings *settings)
{
    gboolean changed = FALSE;

    for (guint i = 0; i < WL_PORT_MAPPING_FAMILIES; i++) {
        Part *part = &self->parts[i];
        WlMappingTarget target = find_target(self, part->family, monitor, settings);

        changed |= set_target(part, &target);
    }
    if (changed)
        self->changed(self, self->user_data);
}

void
wl_port_mapping_retry(WlPortMapping *self)
{
    gboolean changed = FALSE;

    for (guint i = 0; i < WL_PORT_MAPPING_FAMILIES; i++) {
        Part *part = &self->parts[i];

        wl_port_mapper_retry(part->mapper, wl_clock_now());
        changed |= pump(part);
    }
    if (changed)
        self->changed(self, self->user_data);
}

/* ---- life ---------------------------------------------------------------------------------- */

WlPortMapping *
wl_port_mapping_new(const WlKey *private_key, guint16 listen_port, guint32 mark,
                    WlPortMappingFunc changed, gpointer user_data)
{
    static const WlFamily families[WL_PORT_MAPPING_FAMILIES] = {WL_FAMILY_V4, WL_FAMILY_V6};
    WlPortMapping *self = g_new0(WlPortMapping, 1);

    self->listen_port = listen_port;
    self->mark = mark;
    self->changed = changed;
    self->user_data = user_data;
    for (guint i = 0; i < WL_PORT_MAPPING_FAMILIES; i++) {
        Part *part = &self->parts[i];

        part->owner = self;
        part->family = families[i];
        part->mapper = wl_port_mapper_new(private_key, random_bytes, NULL);
        part->timer = wl_timer_new(on_deadline, part);
    }
    return self;
}

void
wl_port_mapping_free(WlPortMapping *self)
{
    const WlMappingTarget none = {0};

    if (!self)
        return;
    for (guint i = 0; i < WL_PORT_MAPPING_FAMILIES; i++) {
        Part *part = &self->parts[i];

        set_target(part, &none);
        wl_timer_free(part->timer);
        wl_port_mapper_free(part->mapper);
    }
    g_free(self);
}

/* ---- results ------------------------------------------------------------------------------- */

const WlMappingView *
wl_port_mapping_get(const WlPortMapping *self, guint family)
{
    return wl_port_mapper_get_view(self->parts[family].mapper);
}

GArray *
wl_port_mapping_dup_endpoints(const WlPortMapping *self)
{
    GArray *endpoints = g_array_new(FALSE, TRUE, sizeof(WlEndpoint));

    for (guint i = 0; i < WL_PORT_MAPPING_FAMILIES; i++) {
        const WlMappingView *view = wl_port_mapping_get(self, i);

        if (view->state == WL_MAPPING_MAPPED)
            g_array_append_val(endpoints, view->external);
    }
    return endpoints;
}
