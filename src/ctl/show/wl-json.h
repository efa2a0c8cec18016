/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "wl-active-profiles.h"

JsonObject *wl_json_from_peer(const WlActiveProfile *profile, const WlActivePeer *peer);
/** With all peers. */
JsonObject *wl_json_from_profile(const WlActiveProfile *profile);
/** From a fact as GetFacts returns it (a{sv}). */
JsonObject *wl_json_from_fact(GVariant *fact);
/** Adds "problems" and "denied" of @profiles, if there are any. */
void wl_json_add_problems(JsonObject *object, const WlActiveProfiles *profiles);
/** Adds the routers that stand in for each other, which one is used, since when and why. */
void wl_json_add_routers(JsonObject *object, const WlActiveProfile *profile);
