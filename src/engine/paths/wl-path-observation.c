/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-path-observation.h"

#define BIT(kind) (1 << (kind))
#define CONTROLS  (BIT(WL_PATH_ECHO_PEER) | BIT(WL_PATH_ECHO_ROUTER))

static guint
n_kept(const WlPathObservation *self)
{
    return MIN(self->n_rounds, WL_PATH_ROUNDS);
}

/* The round @i rounds before the last. */
static const WlPathRound *
round_before(const WlPathObservation *self, guint i)
{
    return &self->rounds[(self->n_rounds - 1 - i) % WL_PATH_ROUNDS];
}

void
wl_path_observation_begin_round(WlPathObservation *self, gint64 now)
{
    self->rounds[self->n_rounds++ % WL_PATH_ROUNDS] = (WlPathRound){.sent = now};
}

void
wl_path_observation_note_request(WlPathObservation *self, WlPathEcho kind, guint16 sequence)
{
    WlPathRound *round = &self->rounds[(self->n_rounds - 1) % WL_PATH_ROUNDS];

    round->sequences[kind] = sequence;
    round->requested |= BIT(kind);
}

WlPathEcho
wl_path_observation_note_reply(WlPathObservation *self, guint16 sequence, gint64 now)
{
    for (guint i = 0; i < n_kept(self); i++) {
        WlPathRound *round = &self->rounds[i];

        for (guint kind = 0; kind < WL_PATH_ECHO_N; kind++) {
            if (!(round->requested & ~round->replied & BIT(kind)) ||
                round->sequences[kind] != sequence)
                continue;
            round->replied |= BIT(kind);
            self->replied |= BIT(kind);
            if (kind == WL_PATH_ECHO_TRANSIT)
                self->round_trip = MAX(self->round_trip, now - round->sent);
            return kind;
        }
    }
    return WL_PATH_ECHO_N;
}

/* TRUE if only the transit echo was lost: all controls that ever replied have replied. */
static gboolean
is_only_transit_lost(const WlPathObservation *self, const WlPathRound *round)
{
    guint8 controls = self->replied & CONTROLS;

    return (round->requested & ~round->replied & BIT(WL_PATH_ECHO_TRANSIT)) &&
           (round->replied & controls) == controls;
}

void
wl_path_observation_note_losses(WlPathObservation *self)
{
    gboolean replied_later = FALSE;

    for (guint i = 0; i < n_kept(self); i++) {
        const WlPathRound *round = round_before(self, i);

        if (round->replied & BIT(WL_PATH_ECHO_TRANSIT))
            replied_later = TRUE;
        else if (replied_later && is_only_transit_lost(self, round))
            self->lossy = TRUE;
    }
}

gboolean
wl_path_observation_note_dropped(WlPathObservation *self, guint64 dropped, gboolean exclusive,
                                 gboolean current)
{
    if (!exclusive) {
        self->has_baseline = FALSE;
        return FALSE;
    }
    if (!self->has_baseline) {
        self->has_baseline = current;
        self->baseline = dropped;
    }
    return dropped > self->baseline;
}

void
wl_path_observation_restart(WlPathObservation *self)
{
    self->n_rounds = 0;
    self->has_baseline = FALSE;
}

void
wl_path_observation_revert(WlPathObservation *self)
{
    self->lossy = TRUE;
    self->reverts++;
    wl_path_observation_restart(self);
}

gboolean
wl_path_observation_has_reply(const WlPathObservation *self, WlPathEcho kind)
{
    return (self->replied & BIT(kind)) != 0;
}

/* When the last @enough transit echoes count as lost if no reply arrives; WL_NEVER: there are
 * fewer. */
static gint64
lost_at(const WlPathObservation *self, guint enough)
{
    gint64 sent[WL_PATH_ROUNDS];
    guint n = 0;

    for (guint i = 0; i < n_kept(self); i++) {
        const WlPathRound *round = round_before(self, i);

        /* Losses before a reply no longer count. */
        if (round->replied & BIT(WL_PATH_ECHO_TRANSIT))
            break;
        if (is_only_transit_lost(self, round))
            sent[n++] = round->sent;
    }
    return n < enough ? WL_NEVER : sent[n - enough] + self->round_trip + WL_PATH_GO_REPLY_SLACK;
}

gint64
wl_path_observation_promoted_at(const WlPathObservation *self)
{
    gboolean reliable = !self->lossy && (self->replied & CONTROLS);

    if (!(self->replied & BIT(WL_PATH_ECHO_TRANSIT)) || self->reverts >= WL_PATH_GO_REVERTS)
        return WL_NEVER;
    return lost_at(self, reliable ? WL_PATH_GO_LOST : WL_PATH_GO_LOST_LOSSY);
}

gboolean
wl_path_observation_is_confirmed(const WlPathObservation *self)
{
    for (guint i = 0; i < n_kept(self); i++) {
        if (self->rounds[i].replied & (BIT(WL_PATH_ECHO_TRANSIT) | BIT(WL_PATH_ECHO_DIRECT)))
            return TRUE;
    }
    return FALSE;
}

gint64
wl_path_observation_refuted_at(const WlPathObservation *self)
{
    return lost_at(self, WL_PATH_GO_LOST_LOSSY);
}
