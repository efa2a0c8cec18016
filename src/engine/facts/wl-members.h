/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

WlPeer *wl_engine_add_peer(WlEngine *self, const WlKey *key, const WlPeerConfig *config);
/** It waits for a reliable source, whose silence means that it is no member any more. */
void wl_engine_set_unwanted(WlEngine *self, WlPeer *peer, gboolean unwanted);
void wl_engine_evaluate_trust(WlEngine *self, WlPeer *peer);
void wl_engine_update_members(WlEngine *self);
/** @key was recalled: a member again if somebody whom we trust had said so. */
void wl_engine_recall_member(WlEngine *self, const WlKey *key);
/** The next peer that wl_engine_update_members() found to have left, NULL: none is left. The caller
 * removes it. */
WlPeer *wl_engine_get_leaver(const WlEngine *self);
/** The same where the profile changed trust, which needs no authoritative source: the first peer
 * that has left, but for those @waiting already (a set of WlKey); NULL: none. The caller removes
 * it. */
WlPeer *wl_engine_update_members_by_profile(WlEngine *self, GHashTable *waiting);
