/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-endpoint-forget.h"

#include "paths/wl-reconcile.h"
#include "state/wl-candidates.h"
#include "state/wl-engine-marks.h"

static void
forget(WlEngine *self, WlPeer *peer, const WlEndpoint *endpoint)
{
    wl_engine_candidates_changed(self, peer);
    /* A live session is never dropped; a try of the forgotten endpoint is. */
    if (peer->liveness.healthy || !wl_endpoint_equal(&peer->device.endpoint, endpoint))
        return;
    wl_reconcile_request_recreate(peer, NULL);
    wl_connect_restart(peer);
}

gboolean
wl_endpoint_forget(WlEngine *self, const WlKey *key, const WlEndpoint *endpoint, GError **error)
{
    WlPeer *peer = wl_peer_table_find(&self->peers, key);
    g_autofree char *label = NULL, *text = NULL;
    const WlCandidate *known;
    gboolean advertised, worked;
    WlFact fact;

    if (!peer) {
        g_set_error_literal(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_UNKNOWN,
                            "no peer with this public key");
        return FALSE;
    }
    known = wl_candidates_find(peer->endpoints.candidates, endpoint);
    wl_fact_init_endpoint(&fact, key, endpoint, 0);
    advertised = wl_fact_set_drop_sources(self->facts, &fact);
    worked = wl_peer_forget_worked(peer, endpoint);
    if (advertised || worked) {
        if (worked)
            wl_engine_location_changed(self);
        if (!known || known->source != WL_CANDIDATE_SOURCE_PROFILE)
            forget(self, peer, endpoint);
        else
            wl_engine_candidates_changed(self, peer);
        return TRUE;
    }
    label = wl_peer_dup_label(peer);
    text = wl_endpoint_to_string(endpoint);
    if (known)
        g_set_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_PROFILE,
                    "%s: endpoint %s is configured; remove it from the profile", label, text);
    else
        g_set_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_UNKNOWN,
                    "%s: %s is not a known endpoint", label, text);
    return FALSE;
}
