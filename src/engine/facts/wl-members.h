/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

WlPeer *wl_members_add(WlEngine *self, const WlKey *key, const WlPeerConfig *config);
/** It waits for a reliable source, whose silence means that it is no member any more. */
void wl_members_set_orphaned(WlEngine *self, WlPeer *peer, gboolean unwanted);
void wl_members_evaluate_trust(WlEngine *self, WlPeer *peer);
void wl_members_update(WlEngine *self);
/** @key was recalled: a member again if somebody whom we trust had said so. */
void wl_members_restore(WlEngine *self, const WlKey *key);
/** The next peer that wl_members_update() found to have left, NULL: none is left. The caller
 * removes it. */
WlPeer *wl_members_get_leaver(const WlEngine *self);
/** The same where the profile changed trust, which needs no authoritative source: the first peer
 * that has left, but for those @waiting already (a set of WlKey); NULL: none. The caller removes
 * it. */
WlPeer *wl_members_update_by_profile(WlEngine *self, GHashTable *waiting);
