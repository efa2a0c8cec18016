/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trust levels and the evaluators that set them (docs/protocol.md 6). Pure functions over static
 * tables; nothing here fails.
 */
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
    case WL_TRUST_SOURCE_CONFIG:
        return "config";
    case WL_TRUST_SOURCE_ROUTE:
        return "route";
    case WL_TRUST_SOURCE_KNOWN_PEER:
        return "known-peer";
    case WL_TRUST_SOURCE_NONE:
        break;
    }
    return "none";
}

WlTrust
wl_trust_evaluate(const WlTrustInput *input, WlTrustSource *source)
{
    WlTrustSource ignored;

    if (!source)
        source = &ignored;
    if (input->configured != WL_TRUST_UNSET) {
        *source = WL_TRUST_SOURCE_CONFIG;
        return input->configured;
    }
    /* Any Trust value in the profile disables this evaluator (docs/protocol.md 6.2). A router of
     * some other network, such as the LAN behind a member, may not introduce members (12.25). */
    if (!input->any_configured && input->source_is_peer && input->source_is_network_router) {
        *source = WL_TRUST_SOURCE_ROUTE;
        return WL_TRUST_MEMBERSHIP;
    }
    if (input->source_is_peer) {
        *source = WL_TRUST_SOURCE_KNOWN_PEER;
        return WL_TRUST_ENDPOINT;
    }
    *source = WL_TRUST_SOURCE_NONE;
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
