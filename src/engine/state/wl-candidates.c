/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-candidates.h"

#include <string.h>

#include "wl-array.h"
#include "wl-time.h"

GArray *
wl_candidates_new(void)
{
    return wl_array_new(WlCandidate);
}

WlCandidate *
wl_candidates_find(GArray *self, const WlEndpoint *endpoint)
{
    for (guint i = 0; i < self->len; i++) {
        WlCandidate *candidate = &g_array_index(self, WlCandidate, i);
        if (wl_endpoint_equal(&candidate->endpoint, endpoint))
            return candidate;
    }
    return NULL;
}

void
wl_candidates_add(GArray *self, const WlEndpoint *endpoint, WlRank rank, WlCandidateSource source,
                  gboolean worked)
{
    WlCandidate *known = wl_candidates_find(self, endpoint);
    WlCandidate fresh = {
        .endpoint = *endpoint,
        .rank = rank,
        .source = source,
        .worked = worked,
        .last_tried = WL_LONG_AGO,
        .last_upgrade = WL_LONG_AGO,
    };

    if (!known) {
        g_array_append_val(self, fresh);
        return;
    }
    known->rank = MIN(known->rank, rank);
    known->source = MIN(known->source, source);
    known->worked |= worked;
}

static int
get_tier(const WlCandidate *self)
{
    return wl_candidate_is_hearsay(self) ? 3 : wl_candidate_is_past(self) ? 2 : !self->worked;
}

static int
candidate_compare(gconstpointer a, gconstpointer b)
{
    const WlCandidate *x = a, *y = b;
    int order = get_tier(x) - get_tier(y);

    if (order == 0 && wl_candidate_is_past(x))
        order = (x->seen < y->seen) - (x->seen > y->seen);
    if (order == 0)
        order = (int) x->rank - (int) y->rank;
    if (order == 0)
        order = (int) x->source - (int) y->source;
    if (order == 0)
        order = memcmp(&x->endpoint.ip, &y->endpoint.ip, sizeof(WlIp));
    return order != 0 ? order : memcmp(&x->endpoint.port, &y->endpoint.port, sizeof(guint16));
}

static gboolean
same_class(const WlCandidate *a, const WlCandidate *b)
{
    return get_tier(a) == get_tier(b) && a->rank == b->rank && !wl_candidate_is_past(a);
}

void
wl_candidates_sort(GArray *self)
{
    g_array_sort(self, candidate_compare);

    /* Alternate families: between two candidates of one family, insert the next one of the
     * other. */
    for (guint i = 1; i < self->len; i++) {
        const WlCandidate *before = &g_array_index(self, WlCandidate, i - 1);
        WlCandidate *here = &g_array_index(self, WlCandidate, i);

        if (!same_class(before, here) || before->endpoint.ip.family != here->endpoint.ip.family)
            continue;
        for (guint j = i + 1; j < self->len; j++) {
            WlCandidate other = g_array_index(self, WlCandidate, j);
            if (!same_class(&other, here))
                break;
            if (other.endpoint.ip.family == before->endpoint.ip.family)
                continue;
            memmove(here + 1, here, (j - i) * sizeof(WlCandidate));
            *here = other;
            break;
        }
    }
}

gboolean
wl_candidates_inherit(GArray *self, const GArray *old, gint64 now)
{
    gboolean fresh = FALSE;

    for (guint i = 0; i < self->len; i++) {
        WlCandidate *candidate = &g_array_index(self, WlCandidate, i);
        const WlCandidate *before = wl_candidates_find((GArray *) old, &candidate->endpoint);

        if (!before) {
            candidate->since = now;
            fresh = TRUE;
            continue;
        }
        candidate->since = before->since;
        candidate->last_tried = before->last_tried;
        candidate->burst = before->burst;
        candidate->round = before->round;
        candidate->roaming_serial = before->roaming_serial;
        candidate->last_upgrade = before->last_upgrade;
        candidate->misses = before->misses;
        candidate->heard_tries = before->heard_tries;
    }
    return fresh;
}
