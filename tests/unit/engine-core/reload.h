/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "harness.h"

/* What the tests of a profile reload share. */

#define DESKTOP_ENDPOINT "198.51.100.3:51820"
#define HUB_PREFIXES     "10.77.0.0/24,fd77::/64"

/** The leaf of harness_leaf_new(), whose desktop has a network behind it and a preshared key. */
WlEngineConfig *reload_profile(Harness *harness);
/** The entry with @index of @config. */
WlPeerConfig *reload_peer_of(WlEngineConfig *config, guint index);
/** A leaf with that profile that has sessions with the hub (1) and the desktop (2). */
void reload_start(Harness *harness);
/** The changes of @member in the device since harness_clear(). */
guint reload_all_changes(Harness *harness, const HarnessMember *member);
/** The last of them, or NULL. */
const WlPeerChange *reload_last_change(Harness *harness, const HarnessMember *member);
/** @config with the tunnel networks @networks. */
WlEngineConfig *reload_within(WlEngineConfig *config, const char *networks);
