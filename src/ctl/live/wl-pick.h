/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profiles.h"

typedef enum {
    WL_PICK_TO_READ,
    /* Ignores names given by other members, which may be those of other peers. */
    WL_PICK_TO_CHANGE,
} WlPick;

/**
 * The peer whose name is @name, or whose public key starts with it; *owner is its profile. NULL
 * with *error of WL_CTL_ERROR if there is no such peer or more than one.
 */
const WlActivePeer *wl_pick_peer(const WlActiveProfiles *profiles, const char *name, WlPick manner,
                                 const WlActiveProfile **owner, GError **error);
