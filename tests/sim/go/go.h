/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"

/**
 * A member that keeps the time and the rules of the Go daemon (docs/protocol.md 4 to 10) with its
 * quirks (docs/protocol.md 12): chunks of 5 s, an Alive in 30 s, facts of 255 s, the endpoint tried
 * least recently. A pure machine like WlEngine, and driven like one, but written from the protocol
 * alone: it shares the bytes with the engine and none of its decisions.
 *
 * Its clock is CLOCK_MONOTONIC: the time it is given stands still while the machine sleeps
 * (docs/protocol.md 12.2). Its outputs are SEND, CHANGE_PEER, WANT_SNAPSHOT, RESOLVE and LOG;
 * WANT_SNAPSHOT and RESOLVE are to be answered before the next output is taken, as a daemon that
 * reads and resolves in place would be.
 *
 * Of the configuration it reads what that daemon has settings for: an entry for the
 * own key gives its own name, trust and allowed IPs; `networks`, `name` and preshared keys are not
 * read. It adds peers to its device and never sets keepalives; what a wg-quick file would have put
 * there is the caller's business. It announces every address of the machine.
 */
typedef struct _Classic Classic;

/** @config is copied. NULL with *error if it contradicts itself. The first chunk is asked for at
 * once. */
Classic *classic_new(const WlEngineConfig *config, gint64 now, WlRandomFunc random,
                     gpointer user_data, GError **error);
void classic_free(Classic *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Classic, classic_free)

void classic_time(Classic *self, gint64 now);
void classic_snapshot(Classic *self, gint64 now, const WlDevice *device);
void classic_datagram(Classic *self, gint64 now, const WlIp *source, const guint8 *data,
                      gsize length);
void classic_local_addresses(Classic *self, gint64 now, const WlLocalAddress *addresses, gsize n);
void classic_resolved(Classic *self, gint64 now, const char *name, const WlEndpoint *endpoints,
                      gsize n);
void classic_send_failed(Classic *self, gint64 now, const WlKey *key);

/** The next output, to be freed by the caller; NULL when there is none. */
WlOutput *classic_next_output(Classic *self);
gint64 classic_get_deadline(const Classic *self);

/* ---- views --------------------------------------------------------------------------------- */

/** What can be known of a peer since the last chunk; arrays last until the next input. */
typedef struct {
    gboolean configured;
    gboolean in_device;
    gboolean healthy, alive, basic, router;
    const char *name;   /* configured or learned; NULL: none */
    gint64 alive_until; /* -1: not alive */
    WlEndpoint endpoint;
    const GArray *allowed_ips; /* of WlPrefix, the link-local one included; NULL: not in device */
} ClassicPeer;

/** FALSE if there is no such peer. */
gboolean classic_get_peer(const Classic *self, const WlKey *key, ClassicPeer *peer);
/** Those in the device, sorted; of WlKey; to be freed with g_array_unref(). */
GArray *classic_dup_peers(const Classic *self);
/** Everything believed, its own facts included; of WlFact; to be freed with g_array_unref(). */
GArray *classic_dup_facts(const Classic *self);
guint classic_get_fact_count(const Classic *self);
const WlKey *classic_get_public_key(const Classic *self);
const WlBootId *classic_get_boot_id(const Classic *self);
gboolean classic_is_router(const Classic *self);
/** For traces: one line a fact, then one a peer, sorted; to be freed with g_free(). */
char *classic_dup_state(const Classic *self);
