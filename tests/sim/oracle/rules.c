/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a fact may do, as predicates on a profile and a machine. No state.
 */
#include "oracle/oracle-private.h"

/* Written from the documents and not from the engine, so that the two do not share mistakes.
 * Decisions depend only on the profile and on what the host knows about its machine. */

const WlPeerConfig *
rules_find_config(const SimHost *host, const WlKey *key)
{
    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        if (wl_key_equal(&peer->public_key, key))
            return peer;
    }
    return NULL;
}

gboolean
rules_has_prefix(const GArray *prefixes, const WlPrefix *prefix)
{
    WlPrefix wanted = wl_prefix_masked(prefix);

    for (guint i = 0; i < prefixes->len; i++) {
        WlPrefix masked = wl_prefix_masked(&g_array_index(prefixes, WlPrefix, i));
        if (wl_prefix_equal(&masked, &wanted))
            return TRUE;
    }
    return FALSE;
}

/* ---- trust */

static gboolean
is_host_prefix(const WlPrefix *prefix)
{
    return prefix->length == (prefix->ip.family == WL_FAMILY_V4 ? 32 : 128);
}

gboolean
rules_is_router_peer(const WlPeerConfig *config)
{
    for (guint i = 0; config && i < config->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(config->allowed_ips, WlPrefix, i);
        if (prefix->length == 0 ||
            (!is_host_prefix(prefix) && wl_ip_is_global_unicast(&prefix->ip)))
            return TRUE;
    }
    return FALSE;
}

gboolean
rules_is_router(const SimHost *host)
{
    if (host->config->role != WL_ROLE_AUTOMATIC)
        return host->config->role == WL_ROLE_ROUTER;
    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        if (!wl_key_equal(&peer->public_key, &host->public_key) && rules_is_router_peer(peer))
            return FALSE;
    }
    return TRUE;
}

static gboolean
has_configured_trust(const SimHost *host)
{
    for (guint i = 0; i < host->config->peers->len; i++) {
        if (((const WlPeerConfig *) host->config->peers->pdata[i])->trust != WL_TRUST_UNSET)
            return TRUE;
    }
    return FALSE;
}

/* docs/protocol.md 12.25; a Go daemon trusts every router. */
static gboolean
routes_own_network(const SimHost *host, const WlPeerConfig *config)
{
    for (guint i = 0; config && i < config->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(config->allowed_ips, WlPrefix, i);

        if (is_host_prefix(prefix))
            continue;
        for (guint j = 0; j < host->config->addresses->len; j++) {
            const WlPrefix *own = &g_array_index(host->config->addresses, WlPrefix, j);

            if (prefix->length <= own->length && wl_prefix_contains_ip(prefix, &own->ip))
                return TRUE;
        }
    }
    return FALSE;
}

static WlTrust
trust_of(const SimHost *host, const SimHost *source)
{
    const WlPeerConfig *config = rules_find_config(host, &source->public_key);

    if (config && config->trust != WL_TRUST_UNSET)
        return config->trust;
    if (routes_own_network(host, config) && !has_configured_trust(host))
        return WL_TRUST_MEMBERSHIP;
    return WL_TRUST_ENDPOINT; /* it arrived through the tunnel, from a peer of the device */
}

static gboolean
knows(const SimHost *host, const WlKey *key)
{
    return rules_find_config(host, key) || (host->device && sim_device_has_peer(host->device, key));
}

WlTrust
rules_get_trust(const SimHost *host, const WlKey *key)
{
    const SimHost *source = sim_world_find_key(host->world, key);

    return source ? trust_of(host, source) : WL_TRUST_UNSET;
}

gboolean
rules_may_advertise(const SimHost *host, const SimHost *source, const WlFact *fact)
{
    WlTrust trust = trust_of(host, source);

    if (trust >= WL_TRUST_MEMBERSHIP)
        return TRUE;
    switch (fact->attribute) {
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        return trust >= WL_TRUST_ENDPOINT && knows(host, &fact->subject);
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        return trust >= WL_TRUST_ALLOWED_IPS && knows(host, &fact->subject);
    default:
        return FALSE;
    }
}

/* ---- prefixes */

static gboolean
is_in_networks(const SimHost *host, const WlPrefix *prefix)
{
    const WlEngineConfig *config = host->config;
    const GArray *networks = config->networks->len > 0 ? config->networks : config->addresses;

    for (guint i = 0; i < networks->len; i++) {
        WlPrefix network = wl_prefix_masked(&g_array_index(networks, WlPrefix, i));
        if (wl_prefix_contains(&network, prefix))
            return TRUE;
    }
    for (guint i = 0; config->networks->len == 0 && i < config->peers->len; i++) {
        const WlPeerConfig *peer = config->peers->pdata[i];
        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            const WlPrefix *allowed = &g_array_index(peer->allowed_ips, WlPrefix, j);
            if (allowed->length > 1 && wl_prefix_contains(allowed, prefix))
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean
is_own_address(const SimHost *host, const WlPrefix *prefix)
{
    for (guint i = 0; i < host->config->addresses->len; i++) {
        const WlIp *ip = &g_array_index(host->config->addresses, WlPrefix, i).ip;
        if (is_host_prefix(prefix) && wl_ip_equal(ip, &prefix->ip))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_on_link(const SimHost *host, const WlPrefix *prefix)
{
    for (guint i = 0; i < host->ports->len; i++) {
        const SimPort *port = host->ports->pdata[i];
        for (guint j = 0; port->net && port->up && j < port->addresses->len; j++) {
            WlPrefix network = wl_prefix_masked(&g_array_index(port->addresses, WlPrefix, j));
            if (wl_prefix_contains(&network, prefix) || wl_prefix_contains(prefix, &network))
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean
has_server(const SimHost *host, const WlPrefix *prefix)
{
    for (guint i = 0; i < host->protected_hosts->len; i++) {
        if (wl_prefix_contains_ip(prefix, &g_array_index(host->protected_hosts, WlIp, i)))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_configured_endpoint(const SimHost *host, const WlPrefix *prefix)
{
    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        for (guint j = 0; j < peer->endpoints->len; j++) {
            WlEndpoint endpoint;
            if (wl_endpoint_parse(peer->endpoints->pdata[j], &endpoint) &&
                wl_prefix_contains_ip(prefix, &endpoint.ip))
                return TRUE;
        }
    }
    return FALSE;
}

gboolean
rules_is_of_another(const SimHost *host, const WlKey *owner, const WlPrefix *prefix,
                    gboolean of_leaves)
{
    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        if (wl_key_equal(&peer->public_key, owner) ||
            wl_key_equal(&peer->public_key, &host->public_key) ||
            (of_leaves && rules_is_router_peer(peer)))
            continue;
        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            WlPrefix allowed = wl_prefix_masked(&g_array_index(peer->allowed_ips, WlPrefix, j));
            if (wl_prefix_contains(&allowed, prefix))
                return TRUE;
        }
    }
    return FALSE;
}

const char *
rules_forbid_prefix(const SimHost *host, const Seen *seen, WlTrust trust, const WlKey *owner,
                    const WlPrefix *prefix)
{
    if (prefix->length <= 1)
        return "is a default route";
    if (!is_in_networks(host, prefix))
        return "is outside the networks of the profile";
    if (is_own_address(host, prefix))
        return "is its own address";
    if (is_on_link(host, prefix))
        return "is a network of this machine";
    if (has_server(host, prefix))
        return "contains a gateway or DNS server of this machine";
    if (has_configured_endpoint(host, prefix) || seen_is_anybody_in(seen, host, trust, prefix))
        return "contains the endpoint of a peer";
    if (rules_is_of_another(host, owner, prefix, TRUE))
        return "belongs to another peer by the profile";
    return NULL;
}

static gboolean
is_carrier(const SimHost *host, const WlKey *key)
{
    const WlPeerConfig *config = rules_find_config(host, key);

    return config && (rules_is_router_peer(config) || config->trust >= WL_TRUST_ALLOWED_IPS);
}

const char *
rules_forbid_both(const SimHost *host, const WlKey *a, const WlPrefix *of_a, const WlKey *b,
                  const WlPrefix *of_b)
{
    if (is_carrier(host, a) || is_carrier(host, b))
        return NULL;
    return wl_prefix_contains(of_a, of_b) || wl_prefix_contains(of_b, of_a)
               ? "overlaps a prefix of another peer"
               : NULL;
}

/* ---- endpoints */

gboolean
rules_is_configured_endpoint(const SimHost *host, const WlPeerConfig *config,
                             const WlEndpoint *endpoint)
{
    for (guint i = 0; config && i < config->endpoints->len; i++) {
        g_autoptr(GArray) resolved = NULL;
        WlEndpoint literal;

        if (wl_endpoint_parse(config->endpoints->pdata[i], &literal)) {
            if (wl_endpoint_equal(&literal, endpoint))
                return TRUE;
            continue;
        }
        resolved = sim_world_resolve(host->world, config->endpoints->pdata[i]);
        for (guint j = 0; j < resolved->len; j++) {
            if (wl_endpoint_equal(&g_array_index(resolved, WlEndpoint, j), endpoint))
                return TRUE;
        }
    }
    return FALSE;
}

static guint32
number_of(const WlIp *ip)
{
    return (guint32) ip->bytes[0] << 24 | (guint32) ip->bytes[1] << 16 |
           (guint32) ip->bytes[2] << 8 | ip->bytes[3];
}

static gboolean
is_impossible(const WlIp *ip)
{
    if (ip->family == WL_FAMILY_V4) {
        guint32 number = number_of(ip);
        return ip->bytes[0] == 0 || ip->bytes[0] == 127 || number >> 28 >= 0xe ||
               number >> 16 == 0xa9fe;
    }
    for (guint i = 0; i < 15; i++) {
        if (ip->bytes[i] != 0)
            return ip->bytes[0] == 0xff || wl_ip_is_link_local(ip);
    }
    return ip->bytes[15] <= 1; /* :: and ::1 */
}

const char *
rules_forbid_endpoint(const SimHost *host, const WlEndpoint *endpoint)
{
    WlPrefix alone = wl_prefix_from_ip(&endpoint->ip);
    gboolean in_tunnel = is_in_networks(host, &alone);

    if (endpoint->port == 0 || is_impossible(&endpoint->ip))
        return "is no address of a host";
    for (guint i = 0; i < host->config->addresses->len; i++) {
        const WlPrefix *address = &g_array_index(host->config->addresses, WlPrefix, i);
        if (wl_ip_equal(&address->ip, &endpoint->ip))
            return "is its own address in the tunnel";
        in_tunnel |= wl_prefix_contains_ip(address, &endpoint->ip);
    }
    for (guint i = 0; i < host->ports->len; i++) {
        const SimPort *port = host->ports->pdata[i];
        for (guint j = 0; port->net && port->up && j < port->addresses->len; j++) {
            const WlPrefix *address = &g_array_index(port->addresses, WlPrefix, j);
            guint32 hosts = 0;

            if (!wl_prefix_contains_ip(address, &endpoint->ip))
                continue;
            in_tunnel = FALSE; /* the attached network contains it */
            if (wl_ip_equal(&address->ip, &endpoint->ip) &&
                endpoint->port == host->config->listen_port)
                return "is its own address and port";
            if (address->ip.family != WL_FAMILY_V4 || address->length > 30)
                continue;
            hosts = 0xffffffffu >> address->length;
            if ((number_of(&endpoint->ip) & hosts) == 0 ||
                (number_of(&endpoint->ip) & hosts) == hosts)
                return "is the broadcast address of a network of this machine";
        }
    }
    return in_tunnel ? "is inside the tunnel" : NULL;
}

gboolean
rules_is_inside(const SimHost *host, const WlIp *ip)
{
    int attached = -1, tunnel = -1;

    for (guint i = 0; i < host->config->addresses->len; i++) {
        const WlPrefix *address = &g_array_index(host->config->addresses, WlPrefix, i);
        if (wl_ip_equal(&address->ip, ip))
            return TRUE;
        if (wl_prefix_contains_ip(address, ip))
            tunnel = MAX(tunnel, address->length);
    }
    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            const WlPrefix *allowed = &g_array_index(peer->allowed_ips, WlPrefix, j);
            if (allowed->length > 1 && wl_prefix_contains_ip(allowed, ip))
                tunnel = MAX(tunnel, allowed->length);
        }
    }
    for (guint i = 0; i < host->ports->len; i++) {
        const SimPort *port = host->ports->pdata[i];
        for (guint j = 0; port->net && port->up && j < port->addresses->len; j++) {
            const WlPrefix *address = &g_array_index(port->addresses, WlPrefix, j);
            if (wl_prefix_contains_ip(address, ip))
                attached = MAX(attached, address->length);
        }
    }
    return tunnel > attached;
}
