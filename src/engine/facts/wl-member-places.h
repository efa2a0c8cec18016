/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/*
 * The places of learned members, which those that introduce them share (docs/engine.md "Limits").
 * Each member weighs as many as the smallest of those that introduce it has introduced: one that an
 * honest member introduces as well is not displaced because a hostile one introduces thousands.
 */

/** One member that may have to make room. */
typedef struct {
    guint weight;       /* G_MAXUINT: nobody introduces it any more */
    gboolean has_right; /* it is configured, a router, or has a session: it stays */
} WlMemberPlace;

/** Of the @n members at @places the index of the one that makes room for a member with the weight
 * @wanted: the heaviest, the first of those with as much. -1: none, since none would be lighter
 * without it. */
int wl_member_places_choose(const WlMemberPlace *places, guint n, guint wanted);

/** How many members each source introduces. Valid during one update of members. */
typedef struct _WlMemberPlaces WlMemberPlaces;

WlMemberPlaces *wl_member_places_new(const WlEngine *engine);
void wl_member_places_free(WlMemberPlaces *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlMemberPlaces, wl_member_places_free)
/** The learned peer that makes room for the member @key; NULL: none does. */
WlPeer *wl_member_places_find_victim(const WlMemberPlaces *self, const WlKey *key);
/** The member @key got a place, or lost it. */
void wl_member_places_note(WlMemberPlaces *self, const WlKey *key, gboolean added);
