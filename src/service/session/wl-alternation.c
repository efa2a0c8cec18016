/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Counts how often a peer returns to the endpoint before its last one. Pure. */

#include "wl-alternation.h"

static gboolean
is_same(const WlEndpoint *a, const WlEndpoint *b)
{
    return a->port == b->port && wl_ip_equal(&a->ip, &b->ip);
}

gboolean
wl_alternation_add(WlAlternation *self, const WlEndpoint *endpoint, gint64 now)
{
    gboolean back = is_same(endpoint, &self->before);

    if (endpoint->ip.family == WL_FAMILY_NONE || is_same(endpoint, &self->last))
        return FALSE;
    self->before = self->last;
    self->last = *endpoint;
    if (!back || (self->returns > 0 && now - self->since > WL_ALTERNATION_PERIOD))
        self->returns = 0;
    if (!back)
        return FALSE;
    if (self->returns++ == 0)
        self->since = now;
    if (self->returns < WL_ALTERNATION_RETURNS)
        return FALSE;
    self->returns = 0;
    return TRUE;
}
