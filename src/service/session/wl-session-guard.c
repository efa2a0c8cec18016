/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Keeps the loop guard current. It is no more than a belt: a session works without. */

#include "wl-session-guard.h"

#include <string.h>

#include "wl-guarded-addresses.h"
#include "wl-limitation.h"

#define NO_GUARD "no protection against a tunnel inside itself"

static gboolean
has_same_rules(const WlSession *self, const GArray *addresses)
{
    return self->guarded && self->guarded->len == addresses->len &&
           (addresses->len == 0 || memcmp(self->guarded->data, addresses->data,
                                          addresses->len * sizeof(WlLoopGuardAddress)) == 0);
}

static void
update_guard(WlSession *self)
{
    int ifindex = wl_link_get_ifindex(self->link);
    g_autoptr(GArray) addresses = wl_guarded_addresses(
        self->config->addresses, wl_network_monitor_get_own_addresses(self->monitor),
        wl_network_monitor_get_addresses(self->monitor), ifindex);
    WlLoopGuardConfig config = {.ifindex = ifindex, .listen_port = self->listen_port};
    g_autoptr(GError) error = NULL;

    if (has_same_rules(self, addresses))
        return;
    config.addresses = (const WlLoopGuardAddress *) (gpointer) addresses->data;
    config.n_addresses = addresses->len;
    if (!wl_loop_guard_set(self->guard, &config, &error)) {
        wl_limitation_add("loop-guard", NO_GUARD ": %s", error->message);
        return;
    }
    wl_limitation_remove("loop-guard");
    g_clear_pointer(&self->guarded, g_array_unref);
    self->guarded = g_steal_pointer(&addresses);
}

static void
update_gate(WlSession *self)
{
    static const WlFamily families[] = {WL_FAMILY_V4, WL_FAMILY_V6};

    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        gboolean alone = wl_guarded_family_is_alone(
            self->config->addresses, wl_network_monitor_get_own_addresses(self->monitor),
            wl_network_monitor_get_addresses(self->monitor), families[i]);
        g_autoptr(GError) error = NULL;

        if (!wl_send_gate_set(self->gate, families[i], alone, &error))
            g_warning("%s", error->message);
    }
}

void
wl_session_update_guard(WlSession *self)
{
    if (self->guard)
        update_guard(self);
    else if (self->gate)
        update_gate(self);
}

static void
open_gate(WlSession *self)
{
    g_autoptr(GError) error = NULL;

    self->gate = wl_send_gate_new(self->settings.uuid, self->listen_port, &error);
    if (!self->gate)
        wl_limitation_add("loop-guard", NO_GUARD ": %s", error->message);
}

void
wl_session_reopen_gate(WlSession *self)
{
    if (!self->gate)
        return;
    g_clear_pointer(&self->gate, wl_send_gate_free);
    open_gate(self);
    wl_session_update_guard(self);
}

void
wl_session_open_guard(WlSession *self)
{
    g_autoptr(GError) error = NULL;

    self->guard = wl_loop_guard_new(self->settings.uuid, &error);
    if (!self->guard) {
        wl_limitation_add("loop-guard",
                          "the tunnel is kept out of itself by policy rules alone: %s",
                          error->message);
        open_gate(self);
    }
    wl_session_update_guard(self);
}
