/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a host and its member: start and end, sleep, changes of the network and of what
 * NetworkManager reports.
 */
#include "world/host-private.h"

#include <string.h>

#include "world/member.h"
#include "world/neighbors.h"
#include "world/outputs.h"

/* ---- information about the machine */

static void
report_addresses(SimHost *self)
{
    g_autoptr(GArray) local = g_array_new(FALSE, TRUE, sizeof(WlLocalAddress));

    for (guint i = 0; i < self->ports->len; i++) {
        const SimPort *port = self->ports->pdata[i];
        for (guint j = 0; port->net && port->up && j < port->addresses->len; j++) {
            WlLocalAddress address = {
                .address = g_array_index(port->addresses, WlPrefix, j),
                .ifindex = port->ifindex,
                .uplink = g_str_has_prefix(port->name, "eth"),
                .announce = g_str_has_prefix(port->name, "eth"),
            };
            g_strlcpy(address.ifname, port->name, sizeof(address.ifname));
            g_array_append_val(local, address);
        }
    }
    sim_member_local_addresses(self, local);
}

void
sim_host_network_changed(SimHost *self)
{
    self->world->dirty = TRUE;
    if (sim_member_is_running(self) && !self->asleep)
        report_addresses(self);
    sim_host_settle(self);
}

static void
stop_coming(SimPort *port)
{
    sim_world_set_timer(port->host->world, &port->coming_timer, SIM_NEVER);
    g_clear_pointer(&port->coming, g_array_unref);
}

static void
run_coming(SimTimer *timer)
{
    SimPort *port = (SimPort *) ((char *) timer - G_STRUCT_OFFSET(SimPort, coming_timer));
    g_autoptr(GArray) addresses = g_steal_pointer(&port->coming);

    sim_port_set_addresses(port, (WlPrefix *) addresses->data, addresses->len);
    sim_world_trace(port->host->world, port->host->name, "gets the addresses of %s", port->name);
    sim_host_network_changed(port->host);
}

/* The route is there, and the addresses are to come. */
static void
delay_addresses(SimPort *port, const WlPrefix *addresses, gsize n)
{
    SimHost *self = port->host;

    port->coming = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    g_array_append_vals(port->coming, addresses, (guint) n);
    sim_port_set_addresses(port, NULL, 0);
    port->coming_timer.run = run_coming;
    sim_world_set_timer(self->world, &port->coming_timer, self->world->now + self->address_delay);
}

void
sim_host_attach(SimHost *self, SimPort *port, SimNet *net, const WlPrefix *addresses, gsize n)
{
    stop_coming(port);
    sim_port_attach(port, NULL);
    if (net) {
        if (self->address_delay > 0)
            delay_addresses(port, addresses, n);
        else
            sim_port_set_addresses(port, addresses, n);
        sim_port_attach(port, net);
        port->up = TRUE;
        sim_world_trace(self->world, self->name, "is attached to %s", net->name);
    }
    sim_host_network_changed(self);
    /* Another default route is an event of its own. */
    if (port->coming && self->engine && !self->asleep) {
        wl_engine_uplink_changed(self->engine, sim_host_now(self));
        sim_host_settle(self);
    }
}

/* NetworkManager activates every connection again. */
static void
attach_again(SimHost *self)
{
    for (guint i = 0; self->address_delay > 0 && i < self->ports->len; i++) {
        SimPort *port = self->ports->pdata[i];
        g_autoptr(GArray) addresses = g_array_copy(port->addresses);

        if (port->net && port->up && !port->coming)
            delay_addresses(port, (WlPrefix *) addresses->data, addresses->len);
    }
}

/* Reports of NetworkManager. A suspended machine receives them when it wakes. */
static void
report_environment(SimHost *self, gboolean connectivity, gboolean protected_hosts)
{
    if (!self->engine || self->asleep)
        return;
    if (connectivity)
        wl_engine_set_connectivity(self->engine, sim_host_now(self), self->connectivity);
    if (protected_hosts)
        wl_engine_set_protected_hosts(self->engine, sim_host_now(self),
                                      (WlIp *) self->protected_hosts->data,
                                      self->protected_hosts->len);
}

void
sim_host_set_connectivity(SimHost *self, WlConnectivity connectivity)
{
    self->connectivity = connectivity;
    report_environment(self, TRUE, FALSE);
    sim_host_settle(self);
}

void
sim_host_set_protected_hosts(SimHost *self, const WlIp *protected_hosts, gsize n)
{
    g_array_set_size(self->protected_hosts, 0);
    g_array_append_vals(self->protected_hosts, protected_hosts, n);
    report_environment(self, FALSE, TRUE);
    sim_host_settle(self);
}

/* ---- the device */

static guint32
random_bits(gpointer user_data)
{
    const SimHost *host = user_data;

    return g_rand_int(host->world->random);
}

static void
make_device(SimHost *self)
{
    static const SimDeviceCallbacks callbacks = {
        .transmit = sim_host_transmit, .deliver = sim_host_deliver, .random = random_bits};

    self->device = sim_device_new(&self->public_key, self->listen_port, &callbacks, self);
    self->devices++;
    sim_device_set_time(self->device, self->world->now, self->wall_offset);
}

static gboolean
is_absent(const SimHost *host, const WlKey *key)
{
    for (guint i = 0; i < host->absent->len; i++) {
        const SimHost *absent = host->absent->pdata[i];
        if (wl_key_equal(&absent->public_key, key))
            return TRUE;
    }
    return wl_key_equal(&host->public_key, key);
}

/* Configures the device like wg-quick: allowed IPs, and the first endpoint that is an address. */
static void
configure_device(SimHost *host)
{
    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        g_autoptr(WlPeerChange) change = NULL;

        if (is_absent(host, &peer->public_key))
            continue;
        change = wl_peer_change_new(WL_PEER_ADD, &peer->public_key);
        g_array_append_vals(change->allowed_ips, peer->allowed_ips->data, peer->allowed_ips->len);
        for (guint j = 0; j < peer->endpoints->len; j++) {
            if (wl_endpoint_parse(peer->endpoints->pdata[j], &change->endpoint))
                break;
        }
        change->keepalive = peer->keepalive;
        sim_device_change(host->device, change);
    }
}

static void
end_device(SimHost *self)
{
    if (!self->device)
        return;
    self->counters.initiations += sim_device_get_initiations(self->device);
    g_clear_pointer(&self->device, sim_device_free);
}

/* ---- start and end */

static void
load_state(SimHost *self)
{
    g_autoptr(GError) error = NULL;

    if (!self->engine || !self->saved_state ||
        wl_engine_load_state(self->engine, sim_host_now(self), self->saved_state,
                             strlen(self->saved_state), &error))
        return;
    sim_world_trace(self->world, self->name, "cannot load its state: %s", error->message);
    g_clear_pointer(&self->saved_state, g_free);
}

gboolean
sim_host_start(SimHost *self, GError **error)
{
    g_return_val_if_fail(!sim_member_is_running(self), FALSE);
    if (self->kind == SIM_KIND_NATIVE || !self->device) {
        g_clear_pointer(&self->device, sim_device_free);
        make_device(self);
        if (self->kind != SIM_KIND_NATIVE)
            configure_device(self);
    }
    self->config->listen_port = self->listen_port;
    self->started = self->world->now;
    self->off = FALSE;
    self->watching = FALSE;
    memset(self->echoes, 0, sizeof(self->echoes));
    g_hash_table_remove_all(self->states);
    if (self->kind != SIM_KIND_BASIC) {
        if (!sim_member_create(self, error))
            return FALSE;
        load_state(self);
        sim_outputs_drain(self);
        report_environment(self, self->connectivity != WL_CONNECTIVITY_UNKNOWN,
                           self->protected_hosts->len > 0);
    }
    sim_world_trace(self->world, self->name, "starts");
    sim_host_network_changed(self);
    return TRUE;
}

static void
end_member(SimHost *self, const char *how)
{
    self->world->dirty = TRUE;
    self->watching = FALSE;
    if (!sim_member_is_running(self))
        return;
    sim_world_trace(self->world, self->name, "%s", how);
    sim_neighbors_cancel_all(self);
    sim_member_free(self);
}

void
sim_host_stop(SimHost *self)
{
    end_member(self, "stops");
    if (self->kind != SIM_KIND_GO)
        end_device(self);
    sim_host_settle(self);
}

void
sim_host_crash(SimHost *self)
{
    end_member(self, "crashes");
    sim_host_settle(self);
}

void
sim_host_power_off(SimHost *self)
{
    end_member(self, "is powered off");
    end_device(self);
    self->off = TRUE;
    self->asleep = FALSE;
    sim_host_settle(self);
}

/* ---- sleep, and a lost link */

void
sim_host_sleep(SimHost *self)
{
    if (self->asleep)
        return;
    sim_world_trace(self->world, self->name, "sleeps");
    self->asleep = TRUE;
    self->slept_at = self->world->now;
    if (self->device) {
        sim_device_set_time(self->device, self->world->now, self->wall_offset);
        sim_device_suspend(self->device);
    }
    sim_host_settle(self);
    self->world->dirty = TRUE;
}

void
sim_host_wake(SimHost *self)
{
    gint64 duration = self->world->now - self->slept_at;

    if (!self->asleep)
        return;
    sim_world_trace(self->world, self->name, "wakes");
    self->asleep = FALSE;
    self->slept += duration;
    if (self->device) {
        sim_device_set_time(self->device, self->world->now, self->wall_offset);
        sim_device_resume(self->device, duration);
    }
    attach_again(self);
    if (self->engine)
        wl_engine_resumed(self->engine, sim_host_now(self));
    report_environment(self, TRUE, TRUE);
    sim_host_network_changed(self);
}

void
sim_host_delete_link(SimHost *self)
{
    if (!self->device)
        return;
    end_device(self);
    make_device(self);
    if (self->engine)
        wl_engine_link_recreated(self->engine, sim_host_now(self));
    self->watching = FALSE;
    sim_host_settle(self);
}
