/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-fact.h"

/** What a source may advertise (docs/protocol.md 6.1); each level includes the previous ones. */
typedef enum {
    WL_TRUST_UNSET = -1, /* no opinion */
    WL_TRUST_UNTRUSTED = 0,
    WL_TRUST_ENDPOINT = 1,
    WL_TRUST_ALLOWED_IPS = 2,
    WL_TRUST_MEMBERSHIP = 3,
    WL_TRUST_DELEGATE = 4,
} WlTrust;

/** "Untrusted", "Endpoint", "AllowedIPs", "Membership", "DelegateTrust"; "unset". */
const char *wl_trust_to_string(WlTrust trust);

/** The evaluator that set the trust of a source (docs/protocol.md 6.2), in their order. */
typedef enum {
    WL_TRUST_SOURCE_NONE,
    WL_TRUST_SOURCE_CONFIG,
    WL_TRUST_SOURCE_ROUTE,
    WL_TRUST_SOURCE_KNOWN_PEER,
} WlTrustSource;

/** "none", "config", "route", "known-peer". */
const char *wl_trust_source_to_string(WlTrustSource source);

typedef struct {
    WlTrust configured;      /* of the source; UNSET: none */
    gboolean any_configured; /* a configured peer, the own key included, has a trust value */
    gboolean source_is_network_router; /* its allowed IPs cover a subnet of ours (wl-role.h) */
    gboolean source_is_peer;           /* of the device */
} WlTrustInput;

/** The first opinion of the evaluators; WL_TRUST_UNSET and WL_TRUST_SOURCE_NONE without one.
 * @source may be NULL. */
WlTrust wl_trust_evaluate(const WlTrustInput *input, WlTrustSource *source);
/** Whether a source with that trust may advertise a fact with that attribute (docs/protocol.md
 * 6.3). */
gboolean wl_trust_should_accept(guint8 attribute, gboolean subject_known, WlTrust level);
