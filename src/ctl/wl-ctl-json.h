/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-profiles.h"

#include <json-glib/json-glib.h>

JsonObject *wl_ctl_peer_to_json(const WlCtlProfile *profile, const WlCtlPeer *peer);
/** With all peers. */
JsonObject *wl_ctl_profile_to_json(const WlCtlProfile *profile);
/** A fact of GetFacts (a{sv}). */
JsonObject *wl_ctl_fact_to_json(GVariant *fact);
/** "problems" and "denied" of @profiles, where there are any. */
void wl_ctl_json_add_problems(JsonObject *object, const WlCtlProfiles *profiles);
