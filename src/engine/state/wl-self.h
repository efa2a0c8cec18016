/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-config.h"
#include "wl-fact.h"

/** What this member is: its key, its role, its boot id, and what the profile says of itself. Set by
 * wl-profile-apply.c; the boot id by wl-boot-id-change.c. */
typedef struct {
    WlKey key;
    gboolean router;
    WlTrust trust;             /* that the profile gives this member */
    const WlPeerConfig *entry; /* of the profile, about this member; NULL: none */
    gboolean any_trust;        /* some entry of the profile has a trust value */
    gboolean any_membership;   /* some peer is trusted with membership by the profile */
    GHashTable *metadata;      /* WlKey* -> WlMetadata: what we say of the profile's members */
    WlBootId boot_id;
    gint64 boot_id_created;
    gboolean boot_id_due; /* another one is to ask everybody for everything */
    gboolean facts_due;   /* our local facts about ourselves are to be updated */
} WlSelf;
