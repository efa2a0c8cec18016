/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-connect-hearsay.h"

#include "paths/wl-connect-slot.h"

/* The tries at the word of @source since one led to a session, from the present uplink. */
static guint
count_in_vain(const WlEngine *self, const WlPeer *source)
{
    return source->receive.tried_last < self->uplink.since ? 0 : source->receive.tried_in_vain;
}

/* When the next try at the word of @source is permitted. */
static gint64
get_allowed(const WlEngine *self, const WlPeer *source)
{
    gint64 pause = wl_endpoint_cycling_hearsay_pause(count_in_vain(self, source));

    return MAX(self->now, pause > 0 ? source->receive.tried_last + pause : self->now);
}

/* TRUE if @a is to be asked before @b, which may be NULL. */
static gboolean
is_before(const WlEngine *self, const WlPeer *a, const WlPeer *b)
{
    gint64 allowed = get_allowed(self, a), other;

    if (!b)
        return TRUE;
    other = get_allowed(self, b);
    return allowed < other || (allowed == other && a->receive.tried.next < b->receive.tried.next);
}

/* The third party that may have @candidate tried, of those that may first the one with the fewest
 * tries so far. */
static WlPeer *
find_third_party(const WlEngine *self, const WlPeer *peer, const WlCandidate *candidate)
{
    WlFactEntry *entry;
    WlPeer *best = NULL;
    WlFact fact;

    wl_fact_init_endpoint(&fact, &peer->key, &candidate->endpoint, 0);
    entry = wl_fact_set_lookup(self->facts, &fact);
    for (guint i = 0; entry && i < entry->sources->len; i++) {
        const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);
        WlPeer *source = origin->verdict == WL_VERDICT_ACCEPTED
                             ? wl_peer_table_find(&self->peers, &origin->key)
                             : NULL;

        if (source && is_before(self, source, best))
            best = source;
    }
    return best;
}

/* A try of @peer at the word of @source is not permitted now. */
static void
hold_back(WlEngine *self, WlPeer *peer, WlPeer *source, WlHeldBackReason reason)
{
    if (wl_engine_hold_back_once(self, peer, reason))
        wl_engine_hold_back(self, source, WL_HELD_BACK_WORD);
}

/* Of those that may be tried now the candidate whose third party had the fewest tries, or NULL;
 * *when is when the first of the others may be. */
static WlCandidate *
next_hearsay(WlEngine *self, WlPeer *peer, WlPeer **source, gint64 *when)
{
    const WlConnectCycle cycle = wl_connect_slot_make_cycle(self, peer);
    WlCandidate *best = NULL;

    *source = NULL;
    for (guint i = 0; i < peer->endpoints.candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(peer->endpoints.candidates, WlCandidate, i);
        gint64 earliest =
            wl_endpoint_cycling_hearsay_when(candidate, candidate->heard_tries, &cycle);
        WlPeer *other = NULL;

        if (peer->connect.in_round && candidate->rank == WL_RANK_ON_LINK)
            continue; /* the round begins with it */
        if (wl_candidate_is_hearsay(candidate))
            other = find_third_party(self, peer, candidate);
        if (earliest > self->now) {
            if (other && wl_endpoint_cycling_is_spent(candidate, &cycle))
                hold_back(self, peer, other, WL_HELD_BACK_ADDRESS);
            *when = MIN(*when, earliest);
            continue;
        }
        if (!other)
            continue;
        if (get_allowed(self, other) > self->now) {
            hold_back(self, peer, other, WL_HELD_BACK_IN_VAIN);
            *when = MIN(*when, get_allowed(self, other));
        } else if (is_before(self, other, *source)) {
            best = candidate;
            *source = other;
        }
    }
    return best;
}

/* A try of @candidate at the word of @source; FALSE if it had its tries. */
static gboolean
try_hearsay(WlEngine *self, WlPeer *peer, WlCandidate *candidate, WlPeer *source, gint64 slot)
{
    if (!wl_handshake_limiter_take_third_party(&self->limiter, &source->receive.tried, self->now)) {
        hold_back(self, peer, source, WL_HELD_BACK_THIRD_PARTIES);
        return FALSE;
    }
    source->receive.tried_in_vain = count_in_vain(self, source) + 1;
    source->receive.tried_last = self->now;
    peer->connect.heard_from = source->key;
    candidate->heard_tries++;
    wl_connect_slot_recreate(peer, &candidate->endpoint);
    wl_connect_slot_begin(self, peer, candidate, slot);
    return TRUE;
}

gboolean
wl_connect_hearsay_try_neighbor(WlEngine *self, WlPeer *peer)
{
    const WlConnectCycle cycle = wl_connect_slot_make_cycle(self, peer);
    WlPeer *source;

    if (peer->connect.heard_serial == peer->connect.serial ||
        wl_connect_slot_get_spaced(peer) > self->now)
        return FALSE;
    for (guint i = 0; i < peer->endpoints.candidates->len; i++) {
        WlCandidate *candidate = &g_array_index(peer->endpoints.candidates, WlCandidate, i);

        if (candidate->rank != WL_RANK_ON_LINK || candidate->round == peer->connect.serial ||
            wl_endpoint_cycling_hearsay_when(candidate, 0, &cycle) > self->now)
            continue;
        source = find_third_party(self, peer, candidate);
        peer->connect.heard_serial = peer->connect.serial;
        return source && get_allowed(self, source) <= self->now &&
               try_hearsay(self, peer, candidate, source,
                           wl_connect_slot_get_length(self, peer, candidate));
    }
    return FALSE;
}

void
wl_connect_hearsay_note_session(WlEngine *self, const WlPeer *peer)
{
    WlPeer *source = peer->connect.phase == WL_CONNECT_SLOT && peer->connect.hearsay &&
                             wl_endpoint_equal(&peer->connect.last, &peer->device.endpoint)
                         ? wl_peer_table_find(&self->peers, &peer->connect.heard_from)
                         : NULL;

    if (source)
        source->receive.tried_in_vain = 0;
}

void
wl_connect_hearsay_pause(WlEngine *self, WlPeer *peer)
{
    gint64 when = peer->connect.resume;
    WlPeer *source;
    WlCandidate *candidate = next_hearsay(self, peer, &source, &when);

    if (candidate && wl_connect_slot_get_spaced(peer) > self->now) {
        when = MIN(when, wl_connect_slot_get_spaced(peer));
    } else if (candidate && self->now + WL_SLOT_SHARED <= peer->connect.resume) {
        gint64 slot = candidate->heard_tries == 0
                          ? WL_SLOT_SHARED
                          : MIN(WL_SLOT_LATER, peer->connect.resume - self->now);

        if (try_hearsay(self, peer, candidate, source, slot))
            return;
        when = MIN(when, self->now + WL_THIRD_PARTY_INTERVAL);
    }
    if (peer->connect.hearsay || !peer->connect.in_round)
        wl_connect_slot_rest(self, peer);
    peer->connect.hearsay = FALSE;
    wl_connect_slot_wait_until(self, peer,
                               peer->connect.in_round ? WL_CONNECT_WAIT : WL_CONNECT_PAUSE, when);
}
