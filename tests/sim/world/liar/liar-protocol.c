/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strategies: forged messages of the protocol and its extensions (docs/protocol.md 5.5 and 14 to
 * 17), and the source address of packets.
 */
#include "world/liar/liar-private.h"

#include <string.h>

#include "wl-boot-id.h"
#include "wl-fact-codec.h"

#define MAX_NONCES 64

static void
send_fact(SimLiarHost *self, SimHost *to, const WlFact *fact)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();

    wl_fact_encode(fact, inner);
    liar_send_inner(self, to, inner->data, inner->len, FALSE);
}

/* ---- path agreement */

/* Agreements of any epoch, probes, acks without a request; as another member; requests to probe
 * a path. */
static void
forge_paths(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    static const guint32 epochs[] = {0, 1, 2, 0x7fffffff, 0xfffffffe, 0xffffffff};

    for (guint i = 0; i < 4; i++) {
        const SimHost *other = liar_pick(self, to);
        WlPathMessage message = {
            .version = (guint8) (liar_chance(self, 0.9) ? WL_PATH_VERSION : liar_random(self, 256)),
            .flags = (guint8) liar_random(self, 4),
            .epoch = epochs[liar_random(self, G_N_ELEMENTS(epochs))],
            .probe = (guint16) liar_random(self, 65536),
            .ack = (guint16) liar_random(self, liar_chance(self, 0.5) ? 64 : 65536),
        };
        WlFact fact;

        if (!other)
            return;
        wl_fact_init_path(&fact, i % 2 ? &other->public_key : &self->host->public_key, &message);
        send_fact(self, to, &fact);
    }
}

/* ---- acks */

/* Acks of datagrams that were never sent, early and repeated ones of those that were, and requests
 * for acks. */
static void
forge_acks(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    guint8 nonces[MAX_NONCES * WL_ACK_NONCE_SIZE];
    WlFact fact;

    liar_random_bytes(work->group, nonces, sizeof(nonces));
    for (guint i = 0; i < LIAR_RECORDED; i++) {
        const LiarRecord *record = &self->received[i];
        gsize length;
        const guint8 *data = record->bytes ? g_bytes_get_data(record->bytes, &length) : NULL;

        if (data && length >= 2 + WL_KEY_SIZE + WL_ACK_NONCE_SIZE)
            memcpy(nonces + i * WL_ACK_NONCE_SIZE, data + 2 + WL_KEY_SIZE, WL_ACK_NONCE_SIZE);
    }
    wl_fact_init_ack(&fact, &self->host->public_key, nonces, MAX_NONCES);
    send_fact(self, to, &fact);
    for (guint i = 0; i < 5; i++)
        liar_send_inner(self, to, nonces, 0, TRUE);
}

/* ---- boot ids */

/* It restarts all the time, as a native member or as a Go daemon, asks for Alives, and says that
 * others restarted. */
static void
forge_boot_ids(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    const SimHost *other = liar_pick(self, to);
    GArray *facts = liar_facts_new();
    WlBootId boot_id;
    WlFact fact;

    liar_random_bytes(work->group, boot_id.bytes, sizeof(boot_id.bytes));
    if (work->step % 3)
        wl_boot_id_generate(&boot_id, liar_random_bytes, work->group);
    wl_fact_init_alive(&fact, &self->host->public_key, &boot_id, 0);
    fact.ttl = 254;
    g_array_append_val(facts, fact);
    if (other) {
        wl_fact_init_alive(&fact, &other->public_key, &boot_id, 0);
        fact.ttl = (guint16) (work->step % 2 ? 254 : 0);
        g_array_append_val(facts, fact);
    }
    liar_tell(self, to, facts, work->step % 2);
}

/* ---- its outer source */

/* One datagram with another source, which the receiver's WireGuard takes for its endpoint, and the
 * next with its own. */
static void
roam(const LiarWork *work, SimLiarHost *self, SimHost *to)
{
    const SimHost *other = liar_pick(self, to);
    guint8 bytes[] = {10, 77, 0, (guint8) (1 + liar_random(self, 250))};
    WlEndpoint source = {.port = (guint16) (1 + liar_random(self, 65535))};
    const SimPort *port = self->host->ports->len > 0 ? self->host->ports->pdata[0] : NULL;
    const WlPrefix *own = port ? sim_port_get_address(port, WL_FAMILY_V4) : NULL;

    switch (liar_random(self, 4)) {
    case 0: /* inside the tunnel */
        wl_ip_from_bytes(&source.ip, WL_FAMILY_V4, bytes);
        break;
    case 1: /* a host that is no member */
        memcpy(bytes, (const guint8[]){198, 51, 100, 77}, sizeof(bytes));
        wl_ip_from_bytes(&source.ip, WL_FAMILY_V4, bytes);
        break;
    case 2: /* another port of its own */
        if (!own)
            return;
        source.ip = own->ip;
        break;
    default: /* another member */
        if (!other || !sim_device_get_endpoint(self->host->device, &other->public_key, &source))
            return;
    }
    self->host->forged_source = source;
    liar_send_inner(self, to, (const guint8 *) "", 0, TRUE);
    memset(&self->host->forged_source, 0, sizeof(self->host->forged_source));
    liar_send_inner(self, to, (const guint8 *) "", 0, FALSE);
}

const LiarStrategy liar_protocol[] = {
    {"paths", SIM_MSEC(500), forge_paths},
    {"acks", SIM_MSEC(500), forge_acks},
    {"boot-ids", SIM_SEC(1), forge_boot_ids},
    {"roaming", SIM_SEC(2), roam},
    {NULL},
};
