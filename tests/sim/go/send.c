/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which facts a Go daemon sends to which peer.
 */
#include "go/go-private.h"

#include "wl-engine-config.h"
#include "wl-group.h"
#include "wl-link-local.h"

typedef enum {
    SEND_NOTHING,
    SEND_PING,
    SEND_FACTS,
} Level;

/* docs/protocol.md 5.6.1. */
static gboolean
is_worth_sending(const GoDaemon *self, const WlFact *fact)
{
    const GoState *state = go_state(self, &fact->subject);

    return wl_key_equal(&fact->subject, &self->key) || !state || state->alive || state->healthy;
}

/* Step 2. */
static Level
level_for(const GoDaemon *self, const WlDevicePeer *peer)
{
    const WlPeerConfig *config = wl_engine_config_find(self->config, &peer->public_key);

    if (!wl_endpoint_is_set(&peer->endpoint))
        return SEND_NOTHING;
    if (go_configured_trust(self, &peer->public_key) >= WL_TRUST_ALLOWED_IPS ||
        go_is_router_peer(peer) || (config && config->fact_exchanger))
        return SEND_FACTS;
    if (!self->config->chatty && !self->router)
        return SEND_PING;
    return peer->handshake_age >= 0 && peer->handshake_age < GO_HANDSHAKE_VALIDITY ? SEND_FACTS
                                                                                   : SEND_PING;
}

/* Step 3. */
static void
add_facts(GoDaemon *self, const WlKey *peer, const GPtrArray *facts, WlGroup *group, gint64 now)
{
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = facts->pdata[i];

        if (fact->attribute != WL_ATTRIBUTE_METADATA && wl_key_equal(&fact->subject, peer))
            continue;
        if (!go_knowledge_needs(self->knowledge, fact, peer, now, GO_FACT_MARGIN))
            continue;
        wl_group_add(group, fact, now);
        /* A queued fact counts as known, even if the datagram is lost. */
        go_knowledge_sent(self->knowledge, fact, peer);
    }
}

/* Step 4. */
static void
add_ping(GoDaemon *self, const WlKey *peer, WlGroup *group, gint64 now)
{
    WlFact alive;

    wl_fact_init_alive(&alive, &self->key, &self->boot_id, now + GO_FACT_TTL);
    if (go_knowledge_needs(self->knowledge, &alive, peer, now, GO_ALIVE_MARGIN)) {
        wl_group_add(group, &alive, now);
        go_knowledge_sent(self->knowledge, &alive, peer);
    } else if (wl_group_add_if_room(group, &alive, now)) {
        go_knowledge_sent(self->knowledge, &alive, peer);
    }
    wl_fact_clear(&alive);
}

static void
send_groups(GoDaemon *self, const WlKey *peer, const WlGroup *group)
{
    for (guint i = 0; i < wl_group_count(group); i++) {
        const GByteArray *inner = wl_group_get(group, i);
        GBytes *bytes = wl_signer_sign(self->signer, peer, inner->data, inner->len);
        WlOutput *output;

        if (!bytes) {
            go_log(self, peer, "cannot sign a datagram");
            return;
        }
        output = go_emit(self, WL_OUTPUT_SEND);
        output->key = *peer;
        wl_key_link_local(peer, &output->destination);
        output->bytes = bytes;
    }
}

void
go_send(GoDaemon *self, const WlDevice *device, gint64 now)
{
    g_autoptr(GPtrArray) facts = g_ptr_array_new();

    for (guint i = 0; i < self->facts->list->len; i++) {
        if (is_worth_sending(self, self->facts->list->pdata[i]))
            g_ptr_array_add(facts, self->facts->list->pdata[i]);
    }
    for (guint i = 0; i < device->peers->len; i++) {
        const WlDevicePeer *peer = device->peers->pdata[i];
        Level level = level_for(self, peer);
        g_autoptr(WlGroup) group = wl_group_new();

        if (level == SEND_NOTHING)
            continue;
        if (level == SEND_FACTS)
            add_facts(self, &peer->public_key, facts, group, now);
        add_ping(self, &peer->public_key, group, now);
        send_groups(self, &peer->public_key, group);
    }
}
