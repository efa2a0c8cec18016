/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-trust.h"

const char *
wl_trust_to_string(WlTrust trust)
{
    switch (trust) {
    case WL_TRUST_UNTRUSTED:
        return "Untrusted";
    case WL_TRUST_ENDPOINT:
        return "Endpoint";
    case WL_TRUST_ALLOWED_IPS:
        return "AllowedIPs";
    case WL_TRUST_MEMBERSHIP:
        return "Membership";
    case WL_TRUST_DELEGATE:
        return "DelegateTrust";
    case WL_TRUST_UNSET:
        break;
    }
    return "unset";
}

const char *
wl_trust_source_to_string(WlTrustSource source)
{
    switch (source) {
    case WL_TRUST_BY_CONFIGURATION:
        return "configuration";
    case WL_TRUST_BY_ROUTE:
        return "route";
    case WL_TRUST_BY_KNOWN_PEER:
        return "known-peer";
    case WL_TRUST_BY_NONE:
        break;
    }
    return "none";
}

WlTrust
wl_trust_evaluate(const WlTrustQuestion *question, WlTrustSource *by)
{
    WlTrustSource ignored;

    if (!by)
        by = &ignored;
    if (question->configured != WL_TRUST_UNSET) {
        *by = WL_TRUST_BY_CONFIGURATION;
        return question->configured;
    }
    /* A single Trust value anywhere in the profile switches this evaluator off
     * (docs/protocol.md 6.2). */
    if (!question->any_configured && question->source_is_peer && question->source_is_router) {
        *by = WL_TRUST_BY_ROUTE;
        return WL_TRUST_MEMBERSHIP;
    }
    if (question->source_is_peer) {
        *by = WL_TRUST_BY_KNOWN_PEER;
        return WL_TRUST_ENDPOINT;
    }
    *by = WL_TRUST_BY_NONE;
    return WL_TRUST_UNSET;
}

gboolean
wl_trust_should_accept(guint8 attribute, gboolean subject_known, WlTrust level)
{
    WlTrust threshold;

    switch (attribute) {
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        threshold = WL_TRUST_ENDPOINT;
        break;
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        threshold = WL_TRUST_ALLOWED_IPS;
        break;
    case WL_ATTRIBUTE_MEMBER:
    case WL_ATTRIBUTE_METADATA:
        threshold = WL_TRUST_MEMBERSHIP;
        break;
    default:
        return FALSE; /* an Alive is never stored */
    }
    if (!subject_known)
        threshold = MAX(threshold, WL_TRUST_MEMBERSHIP);
    return level != WL_TRUST_UNSET && level >= threshold;
}
