/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/**
 * Whether a peer is seen at two endpoints in turn: two machines use its key, or it has two uplinks.
 * One that roams comes back rarely.
 */
typedef struct {
    WlEndpoint last, before; /* family NONE: none */
    guint returns;           /* to `before`, in a row */
    gint64 since;            /* time of the first of them, in µs */
} WlAlternation;

#define WL_ALTERNATION_RETURNS 3
#define WL_ALTERNATION_PERIOD  (600 * G_USEC_PER_SEC)

/**
 * Adds where the peer is seen at @now (µs). TRUE if it returned WL_ALTERNATION_RETURNS times in a
 * row within WL_ALTERNATION_PERIOD; counting then begins anew.
 */
gboolean wl_alternation_add(WlAlternation *self, const WlEndpoint *endpoint, gint64 now);
