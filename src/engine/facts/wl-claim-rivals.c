/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-claim-rivals.h"

/* TRUE if there was a session, and it is over or was silent when its path was left. A member that
 * never had one may be reached by a router alone. */
static gboolean
is_lost(const WlPeer *peer)
{
    gint64 heard = MAX(MAX(peer->liveness.last_heard, peer->traffic.rx_seen),
                       MAX(peer->device.handshake, peer->path.promoted));

    if (!wl_endpoint_is_set(&peer->endpoints.worked))
        return FALSE;
    return !peer->liveness.healthy || (!peer->path.direct && peer->path.fell_back > heard);
}

void
wl_claim_rivals_update(WlEngine *self, WlPeer *peer)
{
    gboolean lost = is_lost(peer);
    const GPtrArray *about;

    if (lost == peer->liveness.lost)
        return;
    peer->liveness.lost = lost;
    about = wl_fact_set_about(self->facts, &peer->key);
    for (guint i = 0; about && i < about->len; i++) {
        WlFactEntry *entry = about->pdata[i];
        const WlClaimedPrefix *claimed;
        WlPrefix prefix;

        if (!wl_fact_is_allowed(&entry->fact))
            continue;
        prefix = wl_prefix_masked(&entry->fact.value.prefix);
        claimed = wl_prefix_map_get(self->prefixes.claimed, &prefix);
        if (claimed && claimed->entries->len > 1)
            wl_prefix_table_mark_dirty(&self->prefixes, &prefix, claimed->wide);
    }
}
