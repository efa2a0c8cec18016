/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-profile-edit.h"

/**
 * Which peer of a profile all traffic goes through. Pure functions over a profile; the settings are
 * for wl_profile_edit_set_all().
 */

/** Whether the allowed IPs of the peer have a default route, or half of one. */
gboolean wl_default_route_is_of(const WlProfilePeer *peer);
/** Whether the profile has an address of that family, so that its peers get a default route. */
gboolean wl_default_route_has_family(const WlProfile *profile, gboolean v6);
/** The settings (of WlProfileSetting) that give the default routes to @peer, and take them from all
 * others; owned by the caller. The kill switch stays as it is unless @kill_switch turns it on. */
GArray *wl_default_route_give(const WlProfile *profile, const WlProfilePeer *peer,
                              gboolean kill_switch);
/** The settings that end the full tunnel. A peer that has nothing else keeps its default routes. */
GArray *wl_default_route_take(const WlProfile *profile);
