/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-config.h"
#include "wl-fact.h"

/** This member: key, role, boot id and its entry in the profile. Written by
 * facts/wl-profile-apply.c, the boot id by exchange/wl-boot-id-change.c; the `due` fields are set
 * by the marks (wl-engine-marks.h). */
typedef struct {
    WlKey key;
    gboolean router;
    WlTrust trust;             /* of this member, from the profile */
    const WlPeerConfig *entry; /* in the profile; NULL: none */
    gboolean any_trust;        /* an entry of the profile has a trust value */
    gboolean any_membership;   /* the profile trusts a peer with membership */
    GHashTable *metadata;      /* WlKey* -> WlMetadata, originated for the members of the profile */
    WlBootId boot_id;
    gint64 boot_id_created;
    gint64 boot_id_due; /* when a full resend is requested with a new boot id; WL_NEVER: not */
    gint64 fact_lost;   /* of the last one that requests lost facts; WL_LONG_AGO: none */
    gboolean facts_due; /* the local facts about this member must be updated */
} WlSelf;
