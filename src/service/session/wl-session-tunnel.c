/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The full tunnel of a running session. */

#include "wl-session-tunnel.h"

#include "wl-full-tunnel.h"
#include "wl-session-guard.h"
#include "wl-session-link.h"

/* WireGuard and the resolver bypass the tunnel by the mark, which has no effect without rules. */
static gboolean
set_mark(WlSession *self, GError **error)
{
    guint32 mark = wl_session_mark(self);

    if (!wl_link_set_mark(self->link, mark, error))
        return FALSE;
    wl_resolver_set_mark(self->resolver, mark);
    wl_resolver_set_servers(self->resolver, wl_protected_hosts_get_dns(self->protected_hosts),
                            self->vpn_dns);
    return TRUE;
}

static gboolean
open_tunnel(WlSession *self, GError **error)
{
    if (!set_mark(self, error))
        return FALSE;
    self->tunnel = wl_full_tunnel_open(self->config, &self->settings, self->listen_port,
                                       wl_resolver_get_port(self->resolver), self->link, error);
    return self->tunnel != NULL;
}

gboolean
wl_session_open_tunnel(WlSession *self, gboolean kill_switch, GError **error)
{
    g_autoptr(GArray) routes = wl_full_tunnel_dup_routes(self->config);

    self->settings.kill_switch = kill_switch;
    if (self->tunnel)
        return wl_policy_routes_change(self->tunnel, routes, kill_switch, error);
    self->settings.full_tunnel = TRUE;
    if (!open_tunnel(self, error)) {
        wl_session_close_tunnel(self);
        return FALSE;
    }
    wl_session_reopen_gate(self);
    return TRUE;
}

void
wl_session_close_tunnel(WlSession *self)
{
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&self->tunnel, wl_policy_routes_free);
    self->settings.full_tunnel = FALSE;
    self->settings.kill_switch = FALSE;
    if (!set_mark(self, &error))
        g_warning("%s", error->message);
    wl_session_reopen_gate(self);
}
