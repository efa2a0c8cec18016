/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trust that a Go daemon has in a source, and its own role.
 */
#include "go/go-private.h"

#include "wl-engine-config.h"

WlTrust
go_configured_trust(const GoDaemon *self, const WlKey *key)
{
    const WlPeerConfig *peer = wl_engine_config_find(self->config, key);

    return peer ? peer->trust : WL_TRUST_UNSET;
}

WlTrust
go_own_trust(const GoDaemon *self)
{
    return MAX(go_configured_trust(self, &self->key), WL_TRUST_UNTRUSTED);
}

/* An entry for the own key counts, as does Untrusted. */
static gboolean
any_configured(const GoDaemon *self)
{
    for (guint i = 0; i < self->config->peers->len; i++) {
        const WlPeerConfig *peer = self->config->peers->pdata[i];

        if (peer->trust != WL_TRUST_UNSET)
            return TRUE;
    }
    return FALSE;
}

/* docs/protocol.md 6.2. */
static WlTrust
level_of(const GoDaemon *self, const WlKey *source)
{
    WlTrust configured = go_configured_trust(self, source);
    const WlDevicePeer *peer = wl_device_find(self->device, source);

    if (configured != WL_TRUST_UNSET)
        return configured;
    if (!peer)
        return WL_TRUST_UNSET;
    return !any_configured(self) && go_is_router_peer(peer) ? WL_TRUST_MEMBERSHIP
                                                            : WL_TRUST_ENDPOINT;
}

/* docs/protocol.md 6.3. */
gboolean
go_accepts(const GoDaemon *self, const WlFact *fact, const WlKey *source)
{
    gboolean known = wl_device_find(self->device, &fact->subject) != NULL;
    WlTrust level = level_of(self, source);
    WlTrust threshold;

    switch (fact->attribute) {
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
        return FALSE;
    }
    if (!known)
        threshold = MAX(threshold, WL_TRUST_MEMBERSHIP);
    return level != WL_TRUST_UNSET && level >= threshold;
}

/* docs/protocol.md 6.5: default routes do not count. */
gboolean
go_is_router_peer(const WlDevicePeer *peer)
{
    for (guint i = 0; i < peer->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(peer->allowed_ips, WlPrefix, i);

        if (wl_ip_is_global_unicast(&prefix->ip) && prefix->length < wl_prefix_max_length(prefix))
            return TRUE;
    }
    return FALSE;
}

void
go_detect_router(GoDaemon *self, gboolean say)
{
    gboolean router = TRUE;

    if (self->config->role != WL_ROLE_AUTOMATIC) {
        self->router = self->config->role == WL_ROLE_ROUTER;
        return;
    }
    for (guint i = 0; i < self->device->peers->len; i++)
        router = router && !go_is_router_peer(self->device->peers->pdata[i]);
    if (say && router != self->router)
        go_log(self, NULL, "now a %s", router ? "router" : "leaf");
    self->router = router;
}
