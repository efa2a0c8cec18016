/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-captive-portal.h"

static gboolean
has_on_link(const WlPeer *peer)
{
    for (guint i = 0; i < peer->endpoints.candidates->len; i++) {
        const WlCandidate *candidate = &g_array_index(peer->endpoints.candidates, WlCandidate, i);
        if (candidate->rank == WL_RANK_ON_LINK && !wl_candidate_is_hearsay(candidate))
            return TRUE;
    }
    return FALSE;
}

gboolean
wl_captive_portal_holds_back(const WlEngine *self, const WlPeer *peer)
{
    return self->uplink.connectivity == WL_CONNECTIVITY_PORTAL &&
           peer->connect.off_link_tried + WL_PORTAL_INTERVAL > self->now;
}

gboolean
wl_captive_portal_blocks(const WlEngine *self, const WlPeer *peer)
{
    return self->uplink.connectivity == WL_CONNECTIVITY_PORTAL && !has_on_link(peer);
}
