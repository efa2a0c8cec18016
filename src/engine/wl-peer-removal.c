/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-peer-removal.h"

#include "exchange/wl-acks.h"
#include "facts/wl-display-names.h"
#include "facts/wl-fact-evaluate.h"
#include "facts/wl-local-facts.h"
#include "facts/wl-members.h"
#include "facts/wl-prefix-owner.h"
#include "paths/wl-failover.h"
#include "paths/wl-neighbors.h"
#include "paths/wl-path-go.h"
#include "paths/wl-traffic.h"

static void
emit_removal(WlEngine *self, WlPeer *peer)
{
    WlOutput *output;

    if (peer->device.present) {
        output = wl_output_new(WL_OUTPUT_CHANGE_PEER);
        output->key = peer->key;
        output->change = wl_peer_change_new(WL_PEER_REMOVE, &peer->key);
        wl_outputs_push(&self->outputs, output);
    }
    output = wl_output_new(WL_OUTPUT_PEER_REMOVED);
    output->key = peer->key;
    wl_outputs_push(&self->outputs, output);
}

void
wl_engine_remove_peer(WlEngine *self, WlPeer *peer)
{
    g_autofree char *label = wl_peer_dup_label(peer);
    WlKey key = peer->key;

    emit_removal(self, peer);
    wl_engine_log(self, peer, "%s: no longer a member", label);

    wl_failover_drop(self, peer);
    wl_traffic_watch(self, peer, FALSE);
    wl_traffic_watch_name(self, peer, FALSE);
    wl_traffic_set_on_demand(self, peer, FALSE);
    wl_path_go_end_inference(self, peer);
    wl_acks_drop_in_flight(self, peer);
    wl_scheduler_drop(&self->scheduler, peer);
    wl_display_names_forget(self, peer);
    wl_members_drop(self, peer);
    wl_subscribers_drop(&self->subscribers, peer);
    wl_fact_set_forget(self->facts, peer->slot);
    wl_fact_evaluate_drop_source(self, &peer->key);
    wl_signer_drop(self->signer, &peer->key);
    wl_neighbors_update_index(self, peer, NULL);
    wl_prefix_table_drop_hosts(&self->prefixes, peer);
    wl_prefix_owner_release(self, peer);
    wl_peer_table_remove(&self->peers, peer);
    wl_local_facts_drop(self, &key);
    wl_fact_evaluate_about(self, &key);
}
