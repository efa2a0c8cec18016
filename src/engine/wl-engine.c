/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-engine.h"

#include <sodium.h>

#include "exchange/wl-boot-id-change.h"
#include "facts/wl-display-names.h"
#include "facts/wl-fact-evaluate.h"
#include "facts/wl-profile-apply.h"
#include "facts/wl-routes.h"
#include "paths/wl-endpoint-dns.h"
#include "paths/wl-traffic.h"
#include "state/wl-engine-marks.h"
#include "state/wl-engine-predicates.h"
#include "state/wl-engine-state.h"
#include "wl-array.h"
#include "wl-engine-turn.h"

static WlEndpointWeight
get_endpoint_weight(const WlFact *fact, const WlKey *source, gpointer user_data)
{
    const WlEngine *self = user_data;
    const WlPeer *peer = wl_peer_table_find(&self->peers, source);

    if (!peer || wl_engine_check_trust(self, fact, source) != WL_VERDICT_ACCEPTED)
        return WL_ENDPOINT_WEIGHT_NONE;
    return wl_peer_is_observer(peer) ? WL_ENDPOINT_WEIGHT_ROUTER : WL_ENDPOINT_WEIGHT_THIRD_PARTY;
}

static gboolean
is_router_source(const WlKey *source, gpointer user_data)
{
    const WlEngine *self = user_data;
    const WlPeer *peer = wl_peer_table_find(&self->peers, source);

    return peer && peer->router;
}

static void
init_parts(WlEngine *self)
{
    const WlFactShareFuncs share = {
        .is_router = is_router_source,
        .displaced = wl_fact_evaluate_displaced,
        .user_data = self,
    };

    wl_peer_table_init(&self->peers);
    wl_router_set_init(&self->routers);
    wl_scheduler_init(&self->scheduler);
    wl_outputs_init(&self->outputs);
    wl_prefix_table_init(&self->prefixes);
    wl_routes_init(&self->routes);
    wl_subscribers_init(&self->subscribers);
    wl_neighbor_table_init(&self->neighbors);
    wl_traffic_init(self);
    self->facts = wl_fact_set_new();
    wl_fact_set_set_endpoint_weights(self->facts, get_endpoint_weight, self);
    wl_fact_set_set_share(self->facts, &share);
    self->membership.changed = wl_array_new(WlKey);
    self->membership.orphaned = g_ptr_array_new();
    self->membership.displaced = g_ptr_array_new();
    self->membership.full_logged = WL_LONG_AGO;
    self->inference.dropped_since = WL_LONG_AGO;
    self->uplink.since = WL_LONG_AGO;
    self->own.metadata =
        g_hash_table_new_full(wl_key_hash, wl_key_equal, NULL, (GDestroyNotify) wl_metadata_unref);
    wl_policy_init(&self->policy, self->config);
}

WlEngine *
wl_engine_new(const WlEngineConfig *config, gint64 now, WlRandomFunc random, gpointer user_data,
              GError **error)
{
    WlEngine *self;
    WlKey public_key;

    if (!wl_engine_config_check(config, &public_key, error))
        return NULL;

    self = g_new0(WlEngine, 1);
    self->config = wl_engine_config_copy(config);
    self->own.key = public_key;
    self->random = (WlRandom){.func = random, .data = user_data};
    self->signer = wl_signer_new(&config->private_key, random, user_data);
    wl_key_wipe(&self->config->private_key); /* the signer has it */
    self->started = self->now = now;
    self->refreshed = self->own.fact_lost = WL_LONG_AGO;
    init_parts(self);
    wl_boot_id_change_now(self);
    wl_profile_apply_own(self);
    wl_profile_apply_peers(self);
    wl_endpoint_dns_index(self);
    wl_engine_own_facts_changed(self);
    wl_display_names_init(self);
    wl_engine_turn(self);
    return self;
}

void
wl_engine_free(WlEngine *self)
{
    if (!self)
        return;
    wl_outputs_clear(&self->outputs);
    wl_policy_clear(&self->policy);
    g_hash_table_unref(self->own.metadata);
    wl_fact_set_free(self->facts);
    g_hash_table_unref(self->names.by_folded);
    g_array_unref(self->membership.changed);
    g_ptr_array_unref(self->membership.displaced);
    g_ptr_array_unref(self->membership.orphaned);
    wl_traffic_clear(self);
    wl_routes_clear(&self->routes);
    wl_prefix_table_clear(&self->prefixes);
    wl_subscribers_clear(&self->subscribers);
    wl_scheduler_clear(&self->scheduler);
    wl_neighbor_table_clear(&self->neighbors);
    wl_address_limiter_clear(&self->addresses);
    wl_handshake_limiter_clear(&self->limiter);
    wl_router_set_clear(&self->routers);
    wl_peer_table_clear(&self->peers);
    wl_signer_free(self->signer);
    wl_engine_config_free(self->config);
    sodium_memzero(self, sizeof(*self));
    g_free(self);
}

/* ---- outputs */

WlOutput *
wl_engine_next_output(WlEngine *self)
{
    return g_queue_pop_head(&self->outputs.queue);
}

gint64
wl_engine_get_deadline(const WlEngine *self)
{
    return self->scheduler.deadline;
}
