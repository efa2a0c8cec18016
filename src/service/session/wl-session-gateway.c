/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What members reach through this machine: the settings of the session as a gateway. */

#include "wl-session-gateway.h"

#include "wl-limitation.h"

static gboolean
is_wanted(const WlSession *self)
{
    return self->settings.offer_exit || self->settings.shared_networks->len > 0;
}

/* The subnets of this machine's addresses, and the addresses of members beside them. */
static GArray *
dup_members(const WlEngineConfig *config)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(WlPrefix));

    g_array_append_vals(members, config->addresses->data, config->addresses->len);
    for (guint i = 0; i < config->peers->len; i++) {
        const WlPeerConfig *peer = config->peers->pdata[i];

        for (guint j = 0; j < peer->allowed_ips->len; j++) {
            const WlPrefix *prefix = &g_array_index(peer->allowed_ips, WlPrefix, j);

            if (prefix->length == wl_prefix_max_length(prefix))
                g_array_append_vals(members, prefix, 1);
        }
    }
    return members;
}

void
wl_session_open_gateway(WlSession *self)
{
    g_autoptr(GArray) members = dup_members(self->config);
    const WlGatewayConfig config = {
        .uuid = self->settings.uuid,
        .ifindex = wl_link_get_ifindex(self->link),
        .members = members,
        .networks = self->settings.shared_networks,
        .exit = self->settings.offer_exit,
        .open = self->settings.forwarding,
    };
    g_autoptr(GError) error = NULL;

    wl_limitation_remove("gateway");
    if (!is_wanted(self))
        return;
    self->gateway = wl_gateway_new(&config, &error);
    if (!self->gateway)
        wl_limitation_add("gateway",
                          "members do not reach what is behind this machine, which takes nf_tables "
                          "with the modules nft_chain_nat and nft_masq: %s",
                          error->message);
}

void
wl_session_close_gateway(WlSession *self)
{
    g_clear_pointer(&self->gateway, wl_gateway_free);
}

gboolean
wl_session_forwards_ipv4(const WlSession *self)
{
    return self->settings.forwarding || self->gateway || wl_engine_is_router(self->engine);
}

gboolean
wl_session_forwards_ipv6(const WlSession *self)
{
    return self->settings.forwarding || (self->gateway && wl_gateway_needs_ipv6(self->gateway));
}
