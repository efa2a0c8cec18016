/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a native member may put into its device. Each check returns NULL or a sentence, to be freed.
 */
#include "oracle/oracle-private.h"

/* A session of this age no longer counts (docs/protocol.md 7.2). */
#define NEARLY_OVER SIM_SEC(165)

static const char *
name_of(const SimHost *host, const WlKey *key)
{
    const SimHost *peer = sim_world_find_key(host->world, key);

    return peer ? peer->name : "unknown";
}

/* ---- allowed IPs */

static gboolean
was_advertised_prefix(const SimHost *host, const Heard *heard, const WlKey *key,
                      const WlPrefix *prefix)
{
    WlFact fact;

    wl_fact_init_allowed(&fact, key, prefix, 0);
    return heard_expires(heard, host, &fact, 0) >= 0;
}

/* The greatest trust in a source that gave @prefix to @key. */
static WlTrust
trust_in(const SimHost *host, const Heard *heard, const WlKey *key, const WlPrefix *prefix)
{
    WlFact fact;

    wl_fact_init_allowed(&fact, key, prefix, 0);
    return heard_get_trust(heard, host, &fact);
}

static WlTrust
trust_in_any(const SimHost *host, const Heard *heard, const WlPrefix *prefix)
{
    WlTrust trust = WL_TRUST_UNSET;

    for (guint i = 0; i < host->world->hosts->len; i++) {
        const SimHost *other = host->world->hosts->pdata[i];
        trust = MAX(trust, trust_in(host, heard, &other->public_key, prefix));
    }
    return trust;
}

/* TRUE if a router may give @prefix, of a leaf, to its fellow @key, which holds the leaf. */
static gboolean
may_be_held(const SimHost *host, const WlKey *key, const WlPrefix *prefix)
{
    const SimHost *fellow = sim_world_find_key(host->world, key);

    if (!host->forwards || !fellow || !fellow->forwards)
        return FALSE;
    for (guint i = 0; i < host->world->hosts->len; i++) {
        const SimHost *leaf = host->world->hosts->pdata[i];
        for (guint j = 0; j < leaf->config->addresses->len; j++) {
            WlPrefix own =
                wl_prefix_from_ip(&g_array_index(leaf->config->addresses, WlPrefix, j).ip);
            if (!leaf->forwards && wl_prefix_equal(&own, prefix))
                return TRUE;
        }
    }
    return FALSE;
}

/* TRUE for a router with another one in its profile. */
static gboolean
has_fellow(const SimHost *host)
{
    for (guint i = 0; host->forwards && i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        const SimHost *other = sim_world_find_key(host->world, &peer->public_key);
        if (other && other != host && other->forwards)
            return TRUE;
    }
    return FALSE;
}

static char *
check_prefix(const SimHost *host, const Heard *heard, const Seen *seen, const WlKey *key,
             const WlPrefix *prefix)
{
    const WlPeerConfig *config = rules_find_config(host, key);
    g_autofree char *text = NULL;
    const char *why;

    if ((config && rules_has_prefix(config->allowed_ips, prefix)) || may_be_held(host, key, prefix))
        return NULL;
    why = rules_forbid_prefix(host, seen, trust_in(host, heard, key, prefix), key, prefix);
    if (!why && was_advertised_prefix(host, heard, key, prefix))
        return NULL;
    text = wl_prefix_to_string(prefix);
    return g_strdup_printf("%s gives %s to %s, although it %s", host->name, text,
                           name_of(host, key), why ? why : "comes from no trusted source");
}

/* A prefix is never removed unless the profile gives it to another peer. The link-local address is
 * never removed. */
static char *
check_kept(const SimHost *host, const WlPeerConfig *config, const WlPeerChange *change)
{
    const SimHost *peer = sim_world_find_key(host->world, &change->public_key);
    WlPrefix link_local;

    for (guint i = 0; config && i < config->allowed_ips->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(config->allowed_ips, WlPrefix, i));
        if (!rules_has_prefix(change->allowed_ips, &prefix) &&
            !rules_is_of_another(host, &change->public_key, &prefix, FALSE) && !has_fellow(host)) {
            g_autofree char *text = wl_prefix_to_string(&prefix);
            return g_strdup_printf(
                "%s takes %s from %s, although the profile gives it to no other peer", host->name,
                text, name_of(host, &change->public_key));
        }
    }
    if (!peer)
        return NULL;
    link_local = wl_prefix_from_ip(&peer->link_local);
    if (rules_has_prefix(change->allowed_ips, &link_local))
        return NULL;
    return g_strdup_printf("%s takes the link-local address from %s", host->name, peer->name);
}

static char *
check_allowed(const SimHost *host, const Heard *heard, const Seen *seen, const WlKey *key,
              const GArray *allowed)
{
    for (guint i = 0; i < allowed->len; i++) {
        const WlPrefix *prefix = &g_array_index(allowed, WlPrefix, i);
        char *wrong;

        if (wl_ip_is_link_local(&prefix->ip))
            continue;
        wrong = check_prefix(host, heard, seen, key, prefix);
        if (wrong)
            return wrong;
    }
    return NULL;
}

/* ---- one change */

static char *
check_endpoint(const SimHost *host, const Heard *heard, const Seen *seen,
               const WlPeerConfig *config, const WlPeerChange *change)
{
    const WlEndpoint *endpoint = &change->endpoint;
    g_autofree char *text = NULL;
    const char *why;
    WlFact fact;

    /* A peer with the right key was at each endpoint that the device showed. */
    if (!wl_endpoint_is_set(endpoint) || rules_is_configured_endpoint(host, config, endpoint) ||
        seen_was_at(seen, &change->public_key, endpoint))
        return NULL;
    why = rules_forbid_endpoint(host, endpoint);
    wl_fact_init_endpoint(&fact, &change->public_key, endpoint, 0);
    if (!why && heard_expires(heard, host, &fact, 0) >= 0)
        return NULL;
    /* What was held until its subject became a member, which this change makes it. */
    if (!why && change->kind == WL_PEER_ADD &&
        heard_get_trust(heard, host, &fact) >= WL_TRUST_ENDPOINT)
        return NULL;
    text = wl_endpoint_to_string(endpoint);
    return g_strdup_printf("%s sends packets for %s to %s, although it %s", host->name,
                           name_of(host, &change->public_key), text,
                           why ? why : "comes from no trusted source");
}

/* Packets for the peer would enter the tunnel again. */
static gboolean
is_looping(const SimHost *host, const WlKey *key)
{
    WlEndpoint endpoint;

    return sim_device_get_endpoint(host->device, key, &endpoint) &&
           rules_is_inside(host, &endpoint.ip);
}

char *
check_change(const SimHost *host, const Heard *heard, const Seen *seen, const WlPeerChange *change)
{
    const WlKey *key = &change->public_key;
    const WlPeerConfig *config = rules_find_config(host, key);
    char *wrong;

    if (change->kind == WL_PEER_RECREATE && !is_looping(host, key) &&
        sim_device_has_session(host->device, key) &&
        sim_device_get_session_age(host->device, key) < NEARLY_OVER &&
        sim_device_get_handshake_age(host->device, key) < NEARLY_OVER) /* its clock may be wrong */
        return g_strdup_printf("%s ends a live session with %s", host->name, name_of(host, key));
    if (change->kind == WL_PEER_RECREATE && sim_device_is_confirming(host->device, key))
        return g_strdup_printf("%s drops a handshake that %s has just begun", host->name,
                               name_of(host, key));
    if (change->kind == WL_PEER_REMOVE)
        return config ? g_strdup_printf("%s removes %s, a peer of its profile", host->name,
                                        name_of(host, key))
                      : NULL;
    if (!config && !heard_was_named(heard, host, key))
        return g_strdup_printf("%s adds %s, which no trusted source named a member", host->name,
                               name_of(host, key));
    wrong = check_endpoint(host, heard, seen, config, change);
    if (wrong || (change->kind == WL_PEER_UPDATE && !change->replace_allowed_ips))
        return wrong;
    wrong = check_allowed(host, heard, seen, key, change->allowed_ips);
    return wrong ? wrong : check_kept(host, config, change);
}

/* ---- all of it */

static char *
check_overlaps(const SimHost *host, const WlDevice *device, guint index)
{
    const WlDevicePeer *a = device->peers->pdata[index];
    const WlPeerConfig *config = rules_find_config(host, &a->public_key);

    for (guint i = 0; i < a->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(a->allowed_ips, WlPrefix, i);

        if (wl_ip_is_link_local(&prefix->ip) ||
            (config && rules_has_prefix(config->allowed_ips, prefix)))
            continue;
        for (guint j = 0; j < device->peers->len; j++) {
            const WlDevicePeer *b = device->peers->pdata[j];
            for (guint k = 0; j != index && k < b->allowed_ips->len; k++) {
                const char *why = rules_forbid_both(host, &a->public_key, prefix, &b->public_key,
                                                    &g_array_index(b->allowed_ips, WlPrefix, k));
                if (why) {
                    g_autofree char *text = wl_prefix_to_string(prefix);
                    return g_strdup_printf("%s gives %s to %s, although it %s: %s", host->name,
                                           text, name_of(host, &a->public_key), why,
                                           name_of(host, &b->public_key));
                }
            }
        }
    }
    return NULL;
}

static gboolean
is_configured_route(const SimHost *host, const WlPrefix *route)
{
    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        if (rules_has_prefix(peer->allowed_ips, route))
            return TRUE;
    }
    return FALSE;
}

static char *
check_route(const SimHost *host, const Heard *heard, const Seen *seen, const WlPrefix *route)
{
    const char *why = NULL;
    g_autofree char *text = NULL;

    if (is_configured_route(host, route))
        return NULL;
    why =
        rules_forbid_prefix(host, seen, trust_in_any(host, heard, route), &host->public_key, route);
    /* The owner is irrelevant: an accepted fact about any member suffices. */
    for (guint i = 0; !why && i < host->world->hosts->len; i++) {
        const SimHost *other = host->world->hosts->pdata[i];
        if (other != host && was_advertised_prefix(host, heard, &other->public_key, route))
            return NULL;
    }
    text = wl_prefix_to_string(route);
    return g_strdup_printf("%s routes %s into the tunnel, although it %s", host->name, text,
                           why ? why : "comes from no trusted source");
}

char *
check_device(const SimHost *host, const Heard *heard, const Seen *seen)
{
    const WlDevice *device = sim_device_read(host->device);
    g_autoptr(GArray) routes = wl_engine_dup_routes(host->engine);
    char *wrong = NULL;

    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        if (!wl_key_equal(&peer->public_key, &host->public_key) &&
            !sim_device_has_peer(host->device, &peer->public_key))
            return g_strdup_printf("%s lacks %s, a peer of its profile", host->name,
                                   name_of(host, &peer->public_key));
    }
    for (guint i = 0; !wrong && i < device->peers->len; i++) {
        const WlDevicePeer *peer = device->peers->pdata[i];
        wrong = check_allowed(host, heard, seen, &peer->public_key, peer->allowed_ips);
        if (!wrong)
            wrong = check_overlaps(host, device, i);
    }
    for (guint i = 0; !wrong && i < routes->len; i++)
        wrong = check_route(host, heard, seen, &g_array_index(routes, WlPrefix, i));
    return wrong;
}
