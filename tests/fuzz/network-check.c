/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What nothing that members send may change (docs/engine.md, "What a fact may do", "Limits";
 * docs/protocol.md 5.6, 6, 14.2). The rules are written again here, from the documents. */

#include <sodium.h>
#include <string.h>

#include "network.h"
#include "reference.h"
#include "state/wl-timing.h"

/* Wake-ups of one step: a burst, and a few a second for each peer. */
#define WAKEUP_BURST  200
#define WAKEUP_SECOND 60

/* ---- trust */

static const WlPeerConfig *
get_config(const Network *network, const WlKey *key)
{
    return wl_engine_config_find(network->profile, key);
}

static gboolean
is_own(const Network *network, const WlKey *key)
{
    return wl_key_equal(key, &harness_member(network->harness, 0)->key);
}

static gboolean
is_peer(const Network *network, const WlKey *key)
{
    WlPeerView view;

    return wl_engine_get_peer(network->harness->engine, key, &view);
}

static gboolean
has_subnet(const Network *network, const WlPeerConfig *peer, gboolean by_default_route)
{
    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(peer->allowed_ips, WlPrefix, i);
        for (guint j = 0; j < network->profile->addresses->len; j++) {
            WlPrefix subnet =
                wl_prefix_masked(&g_array_index(network->profile->addresses, WlPrefix, j));
            if ((prefix->length <= 1) == by_default_route && wl_prefix_contains(prefix, &subnet))
                return TRUE;
        }
    }
    return FALSE;
}

/* docs/protocol.md 12.25: its allowed IPs cover the subnet of one of the own addresses. */
static gboolean
is_network_router(const Network *network, const WlPeerConfig *peer)
{
    if (has_subnet(network, peer, FALSE))
        return TRUE;
    for (guint i = 0; i < network->profile->peers->len; i++)
        if (has_subnet(network, network->profile->peers->pdata[i], FALSE))
            return FALSE;
    return has_subnet(network, peer, TRUE);
}

/* docs/protocol.md 6.2; 0: nothing is accepted. */
static int
get_trust(const Network *network, const WlKey *source)
{
    const WlPeerConfig *config = get_config(network, source);

    if (!is_peer(network, source))
        return WL_TRUST_UNTRUSTED;
    if (config && config->trust != WL_TRUST_UNSET)
        return config->trust;
    for (guint i = 0; i < network->profile->peers->len; i++) {
        const WlPeerConfig *peer = network->profile->peers->pdata[i];
        if (peer->trust != WL_TRUST_UNSET)
            return WL_TRUST_ENDPOINT;
    }
    return config && is_network_router(network, config) ? WL_TRUST_MEMBERSHIP : WL_TRUST_ENDPOINT;
}

/* docs/protocol.md 6.3 */
static int
get_needed(const Network *network, const WlFactView *fact)
{
    if (!is_peer(network, &fact->subject) && !is_own(network, &fact->subject))
        return WL_TRUST_MEMBERSHIP;
    return g_str_equal(fact->type, "endpoint")      ? WL_TRUST_ENDPOINT
           : g_str_equal(fact->type, "allowed-ips") ? WL_TRUST_ALLOWED_IPS
                                                    : WL_TRUST_MEMBERSHIP;
}

/* ---- values */

static gboolean
is_local(const Network *network, const WlIp *ip)
{
    for (guint i = 0; i < network->n_local; i++) {
        if (wl_ip_equal(&network->local[i], ip))
            return TRUE;
    }
    return FALSE;
}

/* No peer can be reached at other addresses. */
static gboolean
is_usable(const WlEndpoint *endpoint)
{
    const guint8 *b = endpoint->ip.bytes;
    static const guint8 zeros[16];

    if (endpoint->port == 0)
        return FALSE;
    if (endpoint->ip.family == WL_FAMILY_V4)
        return b[0] != 0 && b[0] != 127 && b[0] < 224 && !(b[0] == 169 && b[1] == 254);
    return memcmp(b, zeros, 15) != 0 && b[0] != 0xff && !(b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

static void
check_endpoint(const Network *network, const WlFactView *fact)
{
    WlEndpoint endpoint;

    g_assert_true(wl_endpoint_parse(fact->value, &endpoint));
    g_assert_true(is_usable(&endpoint));
    g_assert_false(endpoint.port == 51820 && is_local(network, &endpoint.ip));
}

static gboolean
is_own_tunnel_address(const Network *network, const WlPrefix *prefix)
{
    for (guint i = 0; i < network->profile->addresses->len; i++) {
        WlPrefix own =
            wl_prefix_from_ip(&g_array_index(network->profile->addresses, WlPrefix, i).ip);
        if (wl_prefix_equal(&own, prefix))
            return TRUE;
    }
    return FALSE;
}

/* Within the networks of the profile. */
static gboolean
is_claimable(const GArray *networks, const WlPrefix *prefix)
{
    for (guint i = 0; i < networks->len; i++) {
        if (wl_prefix_contains(&g_array_index(networks, WlPrefix, i), prefix))
            return TRUE;
    }
    return FALSE;
}

static void
check_allowed(const Network *network, const WlFactView *fact, const GArray *networks)
{
    WlPrefix prefix;

    g_assert_true(wl_prefix_parse(fact->value, &prefix));
    prefix = wl_prefix_masked(&prefix);
    g_assert_cmpuint(prefix.length, >, 1);
    g_assert_false(is_own_tunnel_address(network, &prefix));
    g_assert_true(is_claimable(networks, &prefix));
    for (guint i = 0; i < network->n_local; i++)
        g_assert_false(wl_prefix_contains_ip(&prefix, &network->local[i]));
    for (guint i = 0; i < network->profile->peers->len; i++) {
        const WlPeerConfig *peer = network->profile->peers->pdata[i];

        for (guint j = 0; j < peer->allowed_ips->len; j++)
            g_assert_false(
                !wl_key_equal(&peer->public_key, &fact->subject) &&
                wl_prefix_equal(&g_array_index(peer->allowed_ips, WlPrefix, j), &prefix));
    }
}

static void
check_fact(const Network *network, const WlFactView *fact, const GArray *networks)
{
    g_assert_nonnull(fact->reason);
    if (!fact->accepted || fact->local)
        return;
    g_assert_false(is_own(network, &fact->subject));
    g_assert_cmpint(get_trust(network, &fact->source), >=, get_needed(network, fact));
    if (g_str_equal(fact->type, "endpoint"))
        check_endpoint(network, fact);
    else if (g_str_equal(fact->type, "allowed-ips"))
        check_allowed(network, fact, networks);
}

/* Facts are sorted by subject and type: the endpoints of one subject follow each other. */
static void
check_endpoint_limit(const GPtrArray *facts, guint index)
{
    const WlFactView *fact = facts->pdata[index];
    guint n = 0;

    if (!g_str_equal(fact->type, "endpoint"))
        return;
    for (guint i = index; i < facts->len; i++) {
        const WlFactView *other = facts->pdata[i];
        if (!wl_key_equal(&other->subject, &fact->subject) || other->type != fact->type)
            break;
        n += !other->local;
    }
    g_assert_cmpuint(n, <=, WL_MAX_ENDPOINTS);
}

static void
check_facts(const Network *network, const GArray *networks)
{
    g_autoptr(GPtrArray) facts = wl_engine_dup_facts(network->harness->engine);

    g_assert_cmpuint(facts->len, <=,
                     WL_MAX_FACT_SOURCES +
                         WL_MAX_FACT_SOURCES_OF_PEER * network->profile->peers->len + 1000);
    for (guint i = 0; i < facts->len; i++) {
        check_fact(network, facts->pdata[i], networks);
        check_endpoint_limit(facts, i);
    }
}

/* ---- the device */

/* WireGuard would take an allowed IP from the peer that had it first. */
static void
check_unique(const WlDevice *device, guint index, const WlPrefix *prefix)
{
    for (guint i = 0; i < index; i++) {
        const WlDevicePeer *other = device->peers->pdata[i];

        for (guint j = 0; j < other->allowed_ips->len; j++)
            g_assert_false(
                wl_prefix_equal(&g_array_index(other->allowed_ips, WlPrefix, j), prefix));
    }
}

static void
check_device(const Network *network)
{
    const WlDevice *device = network->harness->device;
    gboolean may_miss = network->harness->no_device || network->refused;

    g_assert_cmpuint(device->peers->len, <=, 2 * NETWORK_MEMBERS + WL_MAX_LEARNED_PEERS);
    for (guint i = 0; i < network->profile->peers->len && !may_miss; i++) {
        const WlPeerConfig *peer = network->profile->peers->pdata[i];
        g_assert_nonnull(wl_device_find(device, &peer->public_key));
    }
    for (guint i = 0; i < device->peers->len; i++) {
        const WlDevicePeer *peer = device->peers->pdata[i];

        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            const WlPrefix *allowed = &g_array_index(peer->allowed_ips, WlPrefix, j);

            g_assert_false(is_own_tunnel_address(network, allowed));
            check_unique(device, i, allowed);
        }
    }
}

static void
check_routes(const Network *network, const GArray *networks)
{
    g_autoptr(GArray) routes = wl_engine_dup_routes(network->harness->engine);

    for (guint i = 0; i < routes->len; i++) {
        const WlPrefix *route = &g_array_index(routes, WlPrefix, i);
        WlPrefix masked = wl_prefix_masked(route);

        g_assert_true(wl_prefix_equal(route, &masked));
        g_assert_true(is_claimable(networks, route));
        if (i > 0)
            g_assert_cmpint(wl_prefix_compare(route - 1, route), <, 0);
    }
}

/* A member that the profile does not name has an accepted fact that introduces it, or had one. */
static void
check_peers(const Network *network)
{
    g_autoptr(GArray) peers = wl_engine_dup_peers(network->harness->engine);

    g_assert_cmpuint(peers->len, <=, network->profile->peers->len + WL_MAX_LEARNED_PEERS);
    for (guint i = 0; i < peers->len; i++) {
        const WlKey *key = &g_array_index(peers, WlKey, i);
        WlPeerView view;

        g_assert_false(is_own(network, key));
        g_assert_true(wl_engine_get_peer(network->harness->engine, key, &view));
        g_assert_cmpint(view.configured, ==, get_config(network, key) != NULL);
        g_assert_true(g_utf8_validate(view.name, -1, NULL));
        g_assert_true(!view.reason_text || g_utf8_validate(view.reason_text, -1, NULL));
    }
}

/* ---- outputs */

static gboolean
is_first_hand(const Network *network, const WlKey *subject, const WlEndpoint *endpoint)
{
    const WlPeerConfig *config = get_config(network, subject);
    WlEndpoint hub = harness_endpoint(HARNESS_HUB_ENDPOINT);

    if (is_own(network, subject))
        return is_local(network, &endpoint->ip);
    for (guint i = 0; i < network->first_hand->len; i++) {
        const NetworkSeen *seen = &g_array_index(network->first_hand, NetworkSeen, i);
        if (wl_key_equal(&seen->subject, subject) && wl_endpoint_equal(&seen->endpoint, endpoint))
            return TRUE;
    }
    for (guint i = 0; config && i < config->endpoints->len; i++) {
        WlEndpoint configured;
        if (wl_endpoint_parse(config->endpoints->pdata[i], &configured) &&
            wl_endpoint_equal(&configured, endpoint))
            return TRUE;
    }
    /* A session may still use an endpoint that the profile no longer has. */
    return wl_endpoint_equal(&hub, endpoint);
}

static void
check_sent_endpoint(const Network *network, const RefFact *fact, const WlKey *subject)
{
    WlEndpoint endpoint = {.port = fact->port};

    wl_ip_from_bytes(&endpoint.ip, fact->address.len == 4 ? WL_FAMILY_V4 : WL_FAMILY_V6,
                     fact->address.data);
    g_assert_true(is_usable(&endpoint));
    g_assert_true(is_first_hand(network, subject, &endpoint));
}

static void
check_sent_fact(const Network *network, const RefFact *fact, const WlKey *to)
{
    WlKey subject;

    memcpy(subject.bytes, fact->subject, sizeof(subject.bytes));
    g_assert_cmpuint(fact->ttl, <=, 255);
    g_assert_cmpuint(fact->attribute, !=, REF_MEMBER);
    if (fact->attribute == REF_ALIVE || fact->attribute == REF_ACK)
        g_assert_true(is_own(network, &subject));
    else if (wl_key_equal(&subject, to) && fact->attribute != REF_ROUTER)
        g_assert_true(fact->attribute == REF_METADATA);
    if (fact->attribute == REF_ENDPOINT_V4 || fact->attribute == REF_ENDPOINT_V6)
        check_sent_endpoint(network, fact, &subject);
}

/* Only what the documents permit, in a datagram that the receiver accepts. */
static void
check_send(Network *network, const WlOutput *output)
{
    Harness *harness = network->harness;
    guint number = network_number(network, &output->key);
    const HarnessMember *to;
    gboolean extension = FALSE;
    gsize size, used;
    guint n = 0;
    RefFact group, fact;
    const guint8 *data = g_bytes_get_data(output->bytes, &size);

    g_assert_cmpuint(size, <=, 1210);
    if (number == NETWORK_MEMBERS)
        return; /* a stranger whose private key nobody has */
    to = harness_member(harness, number);
    g_assert_true(wl_ip_equal(&output->destination, &to->link_local));
    g_assert_cmpint(ref_receive(data, size, to->private_key.bytes,
                                harness_member(harness, 0)->link_local.bytes, &group),
                    ==, REF_ACCEPTED);
    memcpy(&network->acked[number], group.nonce, sizeof(network->acked[number]));
    for (gsize at = 0; at < group.inner.len; at += used, n++) {
        used = ref_decode(group.inner.data + at, group.inner.len - at, &fact);
        extension = extension || ref_is_extension(&fact);
        check_sent_fact(network, &fact, &to->key);
    }
    g_assert_cmpuint(n, >, 0);
    if (extension)
        g_assert_cmpuint(n, ==, 1);
    if (extension || group.ttl)
        g_assert_true(network->was_native[number]);
}

static void
check_log(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *c = text; *c; c++)
        g_assert_cmpuint((guchar) *c, >=, 0x20);
}

/* libsodium is not instrumented, a loop over bytes would be. */
static void
digest_bytes(Network *network, gconstpointer data, gsize length)
{
    guint64 key[2] = {network->digest, length};

    crypto_shorthash_siphash24((guint8 *) &network->digest, data, length, (const guint8 *) key);
}

static void
digest_change(Network *network, const WlPeerChange *change)
{
    const guint8 flags[] = {change->kind, change->replace_allowed_ips, change->replace_settings,
                            (guint8) change->keepalive};

    digest_bytes(network, flags, sizeof(flags));
    digest_bytes(network, &change->public_key, sizeof(change->public_key));
    digest_bytes(network, change->endpoint.ip.bytes, sizeof(change->endpoint.ip.bytes));
    digest_bytes(network, &change->endpoint.port, sizeof(change->endpoint.port));
    digest_bytes(network, change->allowed_ips->data, change->allowed_ips->len * sizeof(WlPrefix));
}

static void
digest_output(Network *network, const WlOutput *output)
{
    gsize size;
    gconstpointer data;

    digest_bytes(network, &output->kind, sizeof(output->kind));
    digest_bytes(network, &output->key, sizeof(output->key));
    digest_bytes(network, &output->destination, sizeof(output->destination));
    if (output->bytes) {
        data = g_bytes_get_data(output->bytes, &size);
        digest_bytes(network, data, size);
    }
    if (output->name)
        digest_bytes(network, output->name, strlen(output->name));
    if (output->change)
        digest_change(network, output->change);
    if (output->prefixes)
        digest_bytes(network, output->prefixes->data, output->prefixes->len * sizeof(WlPrefix));
}

/* What an engine may ask for, however its members behave: several times what the limits of
 * wl-timing.h let seven members cause, except for neighbors, which have a limit of their own. */
static const struct {
    WlOutputKind kind;
    guint burst; /* of each engine */
    guint step, second;
} budgets[] = {
    {WL_OUTPUT_SEND, 100, 8, 20},        {WL_OUTPUT_READ_DEVICE, 50, 4, 12},
    {WL_OUTPUT_RESOLVE, 20, 2, 1},       {WL_OUTPUT_ROUTES_CHANGED, 20, 2, 2},
    {WL_OUTPUT_SEND_ECHO, 200, 10, 150}, {WL_OUTPUT_WATCH_TRAFFIC, 20, 2, 2},
    {WL_OUTPUT_SAVE_STATE, 4, 2, 1},     {WL_OUTPUT_RESOLVE_NEIGHBOR, WL_NEIGHBOR_BURST, 0, 10},
    {WL_OUTPUT_LOG, 64, 0, 1},
};

static void
check_budgets(const Network *network, guint seconds)
{
    for (guint i = 0; i < G_N_ELEMENTS(budgets); i++)
        g_assert_cmpuint(network->outputs[budgets[i].kind], <=,
                         budgets[i].burst * (1 + network->restarts) +
                             budgets[i].step * network->steps + budgets[i].second * seconds);
}

/* An echo never leaves the tunnel. */
static void
check_echo(Network *network, const WlOutput *output)
{
    const WlIp *to = &output->echo.destination;
    WlPrefix overlay[] = {harness_prefix("fe80::/64"), harness_prefix("10.77.0.0/16"),
                          harness_prefix("fd77::/64")};
    gboolean inside = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(overlay); i++)
        inside = inside || wl_prefix_contains_ip(&overlay[i], to);
    g_assert_true(inside);
    network->echo_key = output->key;
    network->echo_sequence = output->echo.sequence;
}

/* A native member of the harness answers path messages by itself, from where it was tried. */
static void
note_answer(Network *network, const WlOutput *output)
{
    guint number = network_number(network, &output->key);

    if (number < NETWORK_MEMBERS && network->was_native[number] &&
        !harness_member(network->harness, number)->mute)
        network_saw(network, &output->key, &network->endpoints[number]);
}

static void
note_change(Network *network, const WlPeerChange *change)
{
    guint number = network_number(network, &change->public_key);

    if (number < NETWORK_MEMBERS &&
        (wl_endpoint_is_set(&change->endpoint) || change->kind != WL_PEER_UPDATE))
        network->endpoints[number] = change->endpoint;
}

static void
note_endpoints(Network *network)
{
    for (guint i = 1; i < NETWORK_MEMBERS; i++) {
        const WlDevicePeer *peer =
            wl_device_find(network->harness->device, &harness_member(network->harness, i)->key);
        network->endpoints[i] = peer ? peer->endpoint : (WlEndpoint){0};
    }
}

static void
check_outputs(Network *network)
{
    Harness *harness = network->harness;

    for (guint i = 0; i < harness->outputs->len; i++) {
        const WlOutput *output = harness->outputs->pdata[i];

        digest_output(network, output);
        network->outputs[output->kind]++;
        if (output->kind == WL_OUTPUT_SEND) {
            check_send(network, output);
            note_answer(network, output);
        } else if (output->change) {
            note_change(network, output->change);
        } else if (output->kind == WL_OUTPUT_LOG) {
            check_log(output->name);
        } else if (output->kind == WL_OUTPUT_SEND_ECHO) {
            check_echo(network, output);
        } else if (output->kind == WL_OUTPUT_RESOLVE) {
            g_assert_cmpstr(output->name, ==, NETWORK_NAME);
        } else if (output->prefixes) {
            g_assert_cmpuint(output->prefixes->len, <=, WL_TRAFFIC_MAX_WANTED);
        }
    }
}

void
network_check(Network *network)
{
    Harness *harness = network->harness;
    g_autoptr(GArray) networks = wl_engine_dup_networks(harness->engine);
    gint64 seconds = (harness->now - network->started) / SEC(1);
    gint64 deadline = wl_engine_get_deadline(harness->engine);

    digest_bytes(network, &deadline, sizeof(deadline));
    /* harness_drain() checks that no deadline is in the past. */
    network->wakeups += harness->wakeups;
    g_assert_cmpuint(network->wakeups, <=, WAKEUP_BURST + WAKEUP_SECOND * (guint) seconds);
    check_outputs(network);
    note_endpoints(network);
    network->steps++;
    check_budgets(network, (guint) seconds);
    harness_clear(harness);
    check_device(network);
    check_routes(network, networks);
    /* Facts and peers change only with work, and to list them costs more than most steps. */
    if (network->work == wl_engine_get_work(harness->engine))
        return;
    network->work = wl_engine_get_work(harness->engine);
    check_peers(network);
    check_facts(network, networks);
}
