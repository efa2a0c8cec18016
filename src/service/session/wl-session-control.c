/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Inputs of the engine from the owner of the session. Each carries out the resulting outputs. */

#include "wl-session-control.h"

#include "wl-session-outputs.h"

gboolean
wl_session_refresh(WlSession *self)
{
    gboolean done = wl_engine_refresh(self->engine, wl_clock_now());

    if (done && self->mapping)
        wl_port_mapping_retry(self->mapping);
    wl_session_pump(self);
    return done;
}

gboolean
wl_session_forget_endpoint(WlSession *self, const WlKey *key, const WlEndpoint *endpoint,
                           GError **error)
{
    gboolean done = wl_engine_forget_endpoint(self->engine, wl_clock_now(), key, endpoint, error);

    wl_session_pump(self);
    return done;
}

gboolean
wl_session_use_router(WlSession *self, const WlKey *key, GError **error)
{
    gboolean done = wl_engine_use_router(self->engine, wl_clock_now(), key, error);

    wl_session_pump(self);
    return done;
}

void
wl_session_set_connectivity(WlSession *self, WlConnectivity connectivity)
{
    self->connectivity = connectivity;
    if (!self->engine)
        return;
    wl_engine_set_connectivity(self->engine, wl_clock_now(), connectivity);
    wl_session_pump(self);
}

void
wl_session_uplink_changed(WlSession *self)
{
    if (!self->engine)
        return;
    wl_engine_uplink_changed(self->engine, wl_clock_now());
    if (self->mapping)
        wl_port_mapping_retry(self->mapping);
    wl_session_pump(self);
}

void
wl_session_resumed(WlSession *self)
{
    if (!self->engine)
        return;
    wl_engine_resumed(self->engine, wl_clock_now());
    wl_session_pump(self);
}

void
wl_session_set_dns(WlSession *self, const GArray *servers, gboolean vpn)
{
    gboolean other = wl_protected_hosts_set_dns(self->protected_hosts, servers);

    self->vpn_dns = vpn;
    if (!self->engine)
        return;
    wl_resolver_set_servers(self->resolver, servers, vpn);
    if (!other)
        return;
    wl_protected_hosts_update_engine(self->protected_hosts, self->engine, wl_clock_now());
    wl_session_pump(self);
}
