/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-removal-rules.h"

gboolean
wl_peer_is_authoritative(const WlPeer *self, gint64 now)
{
    return self->liveness.healthy && self->liveness.alive &&
           self->liveness.last_alive > now - WL_AUTHORITATIVE_HEARD &&
           self->liveness.alive_since <= now - WL_AUTHORITATIVE_SINCE &&
           self->liveness.alive_until > now + WL_AUTHORITATIVE_LEFT;
}

gboolean
wl_engine_may_deconfigure(const WlEngine *self)
{
    return self->now - self->started > WL_FACT_TTL && !self->own.router &&
           self->own.trust < WL_TRUST_ALLOWED_IPS;
}

gboolean
wl_engine_may_delete(const WlEngine *self)
{
    if (self->now - self->started <= WL_FACT_TTL || self->own.router ||
        self->own.trust >= WL_TRUST_MEMBERSHIP)
        return FALSE;
    for (guint i = 0; i < self->peers.authorities->len; i++) {
        if (wl_peer_is_authoritative(self->peers.authorities->pdata[i], self->now))
            return TRUE;
    }
    return FALSE;
}
