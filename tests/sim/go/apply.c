/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a Go daemon derives the state, allowed IPs and endpoint of a peer from the facts about it.
 */
#include <string.h>

#include "go/go-private.h"

#include "wl-engine-config.h"

/* ---- state (docs/protocol.md 7.1 and 7.2) -------------------------------------------------- */

void
go_state_free(GoState *state)
{
    if (!state)
        return;
    g_hash_table_unref(state->tried);
    g_free(state->name);
    g_free(state);
}

static GoState *
ensure_state(GoDaemon *self, const WlKey *key)
{
    GoState *state = go_state(self, key);

    if (!state) {
        state = g_new0(GoState, 1);
        state->tried =
            g_hash_table_new_full(wl_endpoint_hash, wl_endpoint_equal_func, g_free, g_free);
        g_hash_table_insert(self->states, wl_key_copy(key), state);
    }
    return state;
}

/* Conflicting metadata is resolved at random, each time. */
static void
merge_metadata(GoDaemon *self, GoState *state, const GPtrArray *facts)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    guint first;

    for (guint i = 0; facts && i < facts->len; i++) {
        WlFact *fact = facts->pdata[i];

        if (fact->attribute == WL_ATTRIBUTE_METADATA)
            g_ptr_array_add(found, fact->value.metadata);
    }
    g_clear_pointer(&state->name, g_free);
    state->basic = FALSE;
    first = go_random(self, found->len);
    for (guint i = 0; i < found->len; i++) {
        const WlMetadata *metadata = found->pdata[(first + i) % found->len];
        gsize length;

        if (wl_metadata_get(metadata, WL_METADATA_BASIC, &length))
            state->basic = wl_metadata_is_basic(metadata);
        if (wl_metadata_get(metadata, WL_METADATA_NAME, &length)) {
            g_free(state->name);
            state->name = wl_metadata_dup_display_name(metadata);
        }
    }
}

void
go_state_update(GoDaemon *self, const WlDevicePeer *peer, const GPtrArray *facts)
{
    GoState *state = ensure_state(self, &peer->public_key);
    gboolean healthy, alive, rebooted, changed, has_boot_id;
    WlBootId boot_id;
    gint64 until;

    has_boot_id = go_knowledge_alive(self->knowledge, &peer->public_key, &until, &boot_id);
    healthy = wl_endpoint_is_set(&peer->endpoint) && peer->handshake_age >= 0 &&
              peer->handshake_age < GO_HANDSHAKE_VALIDITY;
    alive = until > 0 && self->now < until;
    rebooted = has_boot_id && state->has_boot_id &&
               memcmp(&boot_id, &state->boot_id, sizeof(boot_id)) != 0;
    changed = healthy != state->healthy || alive != state->alive || rebooted;
    if (changed && healthy && alive)
        state->alive_since = self->now;
    state->healthy = healthy;
    state->alive = alive;
    state->alive_until = alive ? until : 0;
    if (has_boot_id) {
        state->has_boot_id = TRUE;
        state->boot_id = boot_id;
    }
    merge_metadata(self, state, facts);
    if (changed)
        go_log(self, &peer->public_key, "is now %shealthy and %salive%s", healthy ? "" : "un",
               alive ? "" : "not ", rebooted ? " (rebooted)" : "");
}

/* ---- allowed IPs (docs/protocol.md 7.3) ---------------------------------------------------- */

/* A request for one peer. */
typedef struct {
    WlEndpoint endpoint;
    gboolean replace;
    GArray *allowed_ips; /* added, or with `replace` all */
} Request;

static gboolean
is_allowed_fact(const WlFact *fact)
{
    return fact->attribute == WL_ATTRIBUTE_ALLOWED_V4 || fact->attribute == WL_ATTRIBUTE_ALLOWED_V6;
}

/* Compared byte by byte: an unmasked prefix never equals the kernel's. */
static gboolean
facts_have(const GPtrArray *facts, const WlPrefix *prefix)
{
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = facts->pdata[i];

        if (is_allowed_fact(fact) && wl_prefix_equal(&fact->value.prefix, prefix))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_wrong_one(const WlDevicePeer *peer, const GPtrArray *facts)
{
    WlPrefix link_local = go_link_local(&peer->public_key);

    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(peer->allowed_ips, WlPrefix, i);

        if (!wl_prefix_equal(prefix, &link_local) && !facts_have(facts, prefix))
            return TRUE;
    }
    return FALSE;
}

static void
ensure_allowed(Request *request, const WlDevicePeer *peer, const GPtrArray *facts,
               gboolean allow_deconfigure)
{
    request->replace = allow_deconfigure && has_wrong_one(peer, facts);
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = facts->pdata[i];

        if (is_allowed_fact(fact) &&
            (request->replace || !go_has_prefix(peer->allowed_ips, &fact->value.prefix)) &&
            !go_has_prefix(request->allowed_ips, &fact->value.prefix))
            g_array_append_val(request->allowed_ips, fact->value.prefix);
    }
}

static void
only_link_local(Request *request, const WlDevicePeer *peer)
{
    WlPrefix link_local = go_link_local(&peer->public_key);

    request->replace =
        peer->allowed_ips->len != 1 || !go_has_prefix(peer->allowed_ips, &link_local);
}

static void
ensure_link_local(Request *request, const WlDevicePeer *peer)
{
    WlPrefix link_local = go_link_local(&peer->public_key);

    if (go_has_prefix(request->allowed_ips, &link_local) ||
        (go_has_prefix(peer->allowed_ips, &link_local) && !request->replace))
        return;
    g_array_append_val(request->allowed_ips, link_local);
}

/* ---- endpoints (docs/protocol.md 7.4) ------------------------------------------------------ */

static gint64
last_tried(const GoState *state, const WlEndpoint *endpoint)
{
    const gint64 *when = g_hash_table_lookup(state->tried, endpoint);

    return when ? *when : G_MININT64;
}

static gboolean
is_endpoint_due(const GoDaemon *self, const GoState *state)
{
    gint64 latest = G_MININT64;
    GHashTableIter iter;
    gpointer when;

    g_hash_table_iter_init(&iter, state->tried);
    while (g_hash_table_iter_next(&iter, NULL, &when))
        latest = MAX(latest, *(gint64 *) when);
    return latest == G_MININT64 || latest + GO_ENDPOINT_INTERVAL < self->now;
}

static gboolean
next_endpoint(GoDaemon *self, GoState *state, const GPtrArray *facts, WlEndpoint *endpoint)
{
    gint64 best = self->now;
    gint64 *when;
    guint ties = 0;

    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = facts->pdata[i];
        gint64 tried;

        if (fact->attribute != WL_ATTRIBUTE_ENDPOINT_V4 &&
            fact->attribute != WL_ATTRIBUTE_ENDPOINT_V6)
            continue;
        if (go_will_tunnel(self, &fact->value.endpoint.ip))
            continue;
        tried = last_tried(state, &fact->value.endpoint);
        if (tried < best) {
            best = tried;
            ties = 0;
        } else if (tried > best || ties == 0) {
            continue;
        }
        if (go_random(self, ++ties) == 0)
            *endpoint = fact->value.endpoint;
    }
    if (ties == 0)
        return FALSE;
    when = g_new(gint64, 1);
    *when = self->now;
    g_hash_table_insert(state->tried, g_memdup2(endpoint, sizeof(*endpoint)), when);
    return TRUE;
}

static void
try_endpoint(GoDaemon *self, Request *request, const WlDevicePeer *peer, const GPtrArray *facts)
{
    GoState *state = ensure_state(self, &peer->public_key);
    g_autofree char *text = NULL;
    WlEndpoint next;

    if (!is_endpoint_due(self, state) || !next_endpoint(self, state, facts, &next) ||
        wl_endpoint_equal(&next, &peer->endpoint))
        return;
    text = wl_endpoint_to_string(&next);
    go_log(self, &peer->public_key, "trying endpoint %s", text);
    request->endpoint = next;
    /* The forced Alive makes WireGuard initiate a handshake soon. */
    go_knowledge_force_ping(self->knowledge, &self->key, &peer->public_key);
}

/* ---- one peer ------------------------------------------------------------------------------ */

static void
carry_out(GoDaemon *self, const Request *request, const WlKey *key, gboolean add)
{
    WlPeerChange *change = wl_peer_change_new(add ? WL_PEER_ADD : WL_PEER_UPDATE, key);
    const WlDevicePeer *actual = wl_device_find(self->device, key);

    change->endpoint = request->endpoint;
    if (request->replace || request->allowed_ips->len > 0) {
        change->replace_allowed_ips = TRUE;
        if (!request->replace && actual)
            g_array_append_vals(change->allowed_ips, actual->allowed_ips->data,
                                actual->allowed_ips->len);
        for (guint i = 0; i < request->allowed_ips->len; i++) {
            WlPrefix masked = wl_prefix_masked(&g_array_index(request->allowed_ips, WlPrefix, i));

            if (!go_has_prefix(change->allowed_ips, &masked))
                g_array_append_val(change->allowed_ips, masked);
        }
    }
    go_change(self, change);
}

static gboolean
is_ready(const GoDaemon *self, const GoState *state, const WlKey *key)
{
    const WlPeerConfig *config = wl_engine_config_find(self->config, key);

    return state->alive_until > self->now + GO_READY_LEFT || (config && config->basic) ||
           state->basic;
}

void
go_apply(GoDaemon *self, const WlDevicePeer *peer, gboolean add, const GPtrArray *facts,
         gboolean allow_deconfigure)
{
    const GoState *state = ensure_state(self, &peer->public_key);
    g_autoptr(GArray) allowed_ips = g_array_new(FALSE, TRUE, sizeof(WlPrefix));
    Request request = {.allowed_ips = allowed_ips};

    if (!state->healthy) {
        if (allow_deconfigure)
            only_link_local(&request, peer);
        try_endpoint(self, &request, peer, facts);
    } else if (is_ready(self, state, &peer->public_key)) {
        ensure_allowed(&request, peer, facts, allow_deconfigure);
    }
    ensure_link_local(&request, peer);
    if (request.replace || allowed_ips->len > 0 || wl_endpoint_is_set(&request.endpoint))
        carry_out(self, &request, &peer->public_key, add);
}
