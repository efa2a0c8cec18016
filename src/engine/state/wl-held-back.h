/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-held-back-view.h"

/**
 * What limits held back for one peer. Counting changes no decision. Written by
 * wl_engine_hold_back() and wl_engine_hold_back_once(). A zeroed value is the initial state.
 */
typedef struct {
    guint64 counts[WL_HELD_BACK_N]; /* since the peer was added */
    guint32 open;                   /* bit of each reason that counts no more in this round */
} WlHeldBack;

G_STATIC_ASSERT(WL_HELD_BACK_N <= 32);

/** The next time that @reason holds something back counts again. */
static inline void
wl_held_back_end(WlHeldBack *self, WlHeldBackReason reason)
{
    self->open &= ~(1u << reason);
}

/** The peer is tried, or a round or a check of it begins: each reason counts again. */
static inline void
wl_held_back_begin(WlHeldBack *self)
{
    self->open = 0;
}
