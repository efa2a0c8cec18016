/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-profiles.h"

typedef enum {
    WL_PICK_TO_READ,
    /* Names that others gave do not count: whoever may name members could take the name of one. */
    WL_PICK_TO_CHANGE,
} WlPick;

/**
 * The peer of one of the profiles that @name is the name, the public key, or a start of the public
 * key of; *owner is its profile. NULL with *error of WL_CTL_ERROR if there is none or several.
 */
const WlCtlPeer *wl_ctl_pick_peer(const WlCtlProfiles *profiles, const char *name, WlPick manner,
                                  const WlCtlProfile **owner, GError **error);
