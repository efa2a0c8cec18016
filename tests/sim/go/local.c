/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local facts of a Go daemon, and endpoints that route through the tunnel.
 */
#include "go/go-private.h"

#include "wl-engine-config.h"

/* ---- about the own node -------------------------------------------------------------------- */

static void
add_endpoint(GoDaemon *self, GoFacts *facts, const WlKey *about, const WlEndpoint *endpoint)
{
    WlFact fact;

    wl_fact_init_endpoint(&fact, about, endpoint, self->now + GO_FACT_TTL);
    go_facts_merge(facts, &fact);
    wl_fact_clear(&fact);
}

static void
add_allowed(GoDaemon *self, GoFacts *facts, const WlKey *about, const WlPrefix *prefix)
{
    WlFact fact;

    wl_fact_init_allowed(&fact, about, prefix, self->now + GO_FACT_TTL);
    go_facts_merge(facts, &fact);
    wl_fact_clear(&fact);
}

static void
add_own(GoDaemon *self, GoFacts *facts)
{
    const WlPeerConfig *own = wl_engine_config_find(self->config, &self->key);

    for (guint i = 0; i < self->local->len; i++) {
        const WlLocalAddress *local = &g_array_index(self->local, WlLocalAddress, i);
        WlEndpoint endpoint = {.ip = local->address.ip, .port = self->device->listen_port};

        if (wl_ip_is_global_unicast(&local->address.ip))
            add_endpoint(self, facts, &self->key, &endpoint);
    }
    if (!self->router || (own && own->allowed_ips->len > 0))
        return;
    for (guint i = 0; i < self->config->addresses->len; i++) {
        const WlPrefix *address = &g_array_index(self->config->addresses, WlPrefix, i);
        WlPrefix masked = wl_prefix_masked(address);

        if (wl_ip_is_global_unicast(&address->ip))
            add_allowed(self, facts, &self->key, &masked);
    }
}

/* ---- about peers of the device ------------------------------------------------------------- */

static void
add_peer(GoDaemon *self, GoFacts *facts, const WlDevicePeer *peer)
{
    if (wl_endpoint_is_set(&peer->endpoint) && peer->handshake_age >= 0 &&
        peer->handshake_age < GO_HANDSHAKE_VALIDITY)
        add_endpoint(self, facts, &peer->public_key, &peer->endpoint);
    if (!self->router && go_own_trust(self) < WL_TRUST_ALLOWED_IPS)
        return;
    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(peer->allowed_ips, WlPrefix, i);

        if (prefix->ip.family == WL_FAMILY_V6 && prefix->ip.bytes[0] == 0xfe &&
            prefix->ip.bytes[1] == 0x80)
            continue;
        add_allowed(self, facts, &peer->public_key, prefix);
    }
}

/* A configured peer is announced with its name and whether it is basic; another peer of the device
 * without either. */
static void
add_member(GoDaemon *self, GoFacts *facts, const WlKey *key, const WlPeerConfig *config)
{
    g_autoptr(WlMetadata) metadata =
        config ? wl_metadata_new(config->name, config->basic ? 1 : 0) : wl_metadata_new(NULL, -1);
    WlFact fact;

    wl_fact_init_metadata(&fact, key, metadata, self->now + GO_FACT_TTL);
    go_facts_merge(facts, &fact);
    wl_fact_clear(&fact);
}

/* ---- about configured peers ---------------------------------------------------------------- */

static gboolean
is_up(const GoDaemon *self, const WlKey *key)
{
    const GoState *state = go_state(self, key);

    return state && (state->alive || state->healthy);
}

static void
add_configured_endpoints(GoDaemon *self, GoFacts *facts, const WlPeerConfig *peer)
{
    for (guint i = 0; i < peer->endpoints->len; i++) {
        const char *name = peer->endpoints->pdata[i];
        const GArray *found = g_hash_table_lookup(self->resolved, name);
        WlEndpoint literal;

        if (wl_endpoint_parse(name, &literal)) {
            if (wl_ip_is_global_unicast(&literal.ip))
                add_endpoint(self, facts, &peer->public_key, &literal);
            continue;
        }
        for (guint n = 0; found && n < found->len; n++) {
            WlEndpoint endpoint = g_array_index(found, WlEndpoint, n);

            endpoint.ip = wl_ip_normalized(&endpoint.ip);
            if (wl_ip_is_global_unicast(&endpoint.ip))
                add_endpoint(self, facts, &peer->public_key, &endpoint);
        }
    }
}

static void
add_configured(GoDaemon *self, GoFacts *facts, const WlPeerConfig *peer)
{
    add_member(self, facts, &peer->public_key, peer);
    for (guint i = 0; i < peer->allowed_ips->len; i++)
        add_allowed(self, facts, &peer->public_key, &g_array_index(peer->allowed_ips, WlPrefix, i));
    if (!wl_key_equal(&peer->public_key, &self->key) && !is_up(self, &peer->public_key))
        add_configured_endpoints(self, facts, peer);
}

GoFacts *
go_collect(GoDaemon *self)
{
    gboolean members = self->router || go_own_trust(self) >= WL_TRUST_MEMBERSHIP;
    GoFacts *facts = go_facts_new();

    add_own(self, facts);
    for (guint i = 0; i < self->device->peers->len; i++) {
        const WlDevicePeer *peer = self->device->peers->pdata[i];

        add_peer(self, facts, peer);
        if (members && !wl_engine_config_find(self->config, &peer->public_key))
            add_member(self, facts, &peer->public_key, NULL);
    }
    for (guint i = 0; i < self->config->peers->len; i++)
        add_configured(self, facts, self->config->peers->pdata[i]);
    return facts;
}

void
go_resolve(GoDaemon *self)
{
    for (guint i = 0; i < self->config->peers->len; i++) {
        const WlPeerConfig *peer = self->config->peers->pdata[i];

        if (wl_key_equal(&peer->public_key, &self->key) || is_up(self, &peer->public_key))
            continue;
        for (guint n = 0; n < peer->endpoints->len; n++) {
            WlEndpoint literal;

            if (!wl_endpoint_parse(peer->endpoints->pdata[n], &literal))
                go_emit(self, WL_OUTPUT_RESOLVE)->name = g_strdup(peer->endpoints->pdata[n]);
        }
    }
}

gboolean
go_will_tunnel(const GoDaemon *self, const WlIp *ip)
{
    gboolean inside = FALSE;

    for (guint i = 0; i < self->config->addresses->len; i++) {
        WlPrefix subnet = wl_prefix_masked(&g_array_index(self->config->addresses, WlPrefix, i));

        inside = inside || wl_prefix_contains_ip(&subnet, ip);
    }
    for (guint i = 0; inside && i < self->local->len; i++) {
        const WlLocalAddress *local = &g_array_index(self->local, WlLocalAddress, i);
        WlPrefix subnet = wl_prefix_masked(&local->address);

        if (wl_prefix_contains_ip(&subnet, ip))
            return FALSE;
    }
    return inside;
}
