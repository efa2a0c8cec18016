/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine.h"

/**
 * A model of the Go daemon: its times and rules (docs/protocol.md 4 to 10) with its quirks
 * (docs/protocol.md 12), such as chunks of 5 s, an Alive every 30 s, facts of 255 s, and the
 * endpoint tried least recently. A pure machine that is driven like WlEngine but written from the
 * protocol alone: it shares the codec with the engine and none of its decisions. Its clock is
 * CLOCK_MONOTONIC, which does not advance while the machine sleeps (docs/protocol.md 12.2). Its
 * outputs are SEND, CHANGE_PEER, WANT_SNAPSHOT, RESOLVE and LOG; WANT_SNAPSHOT and RESOLVE must be
 * answered before the next output is taken, since a daemon reads and resolves synchronously. It
 * reads those parts of the configuration for which the daemon has settings: an entry for the own
 * key gives its own name, trust and allowed IPs; `networks`, `name` and preshared keys are ignored.
 * It adds peers to its device and never sets keepalives; the caller configures the device as a
 * wg-quick file would. It announces every address of the machine.
 */
typedef struct _GoDaemon GoDaemon;

/** Copies @config. NULL with *error if it is contradictory. The first deadline is now. */
GoDaemon *go_new(const WlEngineConfig *config, gint64 now, WlRandomFunc random, gpointer user_data,
                 GError **error);
void go_free(GoDaemon *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GoDaemon, go_free)

void go_time(GoDaemon *self, gint64 now);
void go_snapshot(GoDaemon *self, gint64 now, const WlDevice *device);
void go_datagram(GoDaemon *self, gint64 now, const WlIp *source, const guint8 *data, gsize length);
void go_local_addresses(GoDaemon *self, gint64 now, const WlLocalAddress *addresses, gsize n);
void go_resolved(GoDaemon *self, gint64 now, const char *name, const WlEndpoint *endpoints,
                 gsize n);
void go_send_failed(GoDaemon *self, gint64 now, const WlKey *key);

/** The next output, to be freed by the caller; NULL when there is none. */
WlOutput *go_next_output(GoDaemon *self);
gint64 go_get_deadline(const GoDaemon *self);

/* ---- views --------------------------------------------------------------------------------- */

/** The view of a peer since the last chunk. Arrays last until the next input. */
typedef struct {
    gboolean configured;
    gboolean in_device;
    gboolean healthy, alive, basic, router;
    const char *name;   /* configured or learned; NULL: none */
    gint64 alive_until; /* -1: not alive */
    WlEndpoint endpoint;
    const GArray *allowed_ips; /* of WlPrefix, the link-local one included; NULL: not in device */
} GoPeer;

/** FALSE if the peer does not exist. */
gboolean go_get_peer(const GoDaemon *self, const WlKey *key, GoPeer *peer);
/** The peers in the device, sorted; of WlKey. Free with g_array_unref(). */
GArray *go_dup_peers(const GoDaemon *self);
/** All accepted and local facts; of WlFact. Free with g_array_unref(). */
GArray *go_dup_facts(const GoDaemon *self);
guint go_get_fact_count(const GoDaemon *self);
const WlKey *go_get_public_key(const GoDaemon *self);
const WlBootId *go_get_boot_id(const GoDaemon *self);
gboolean go_is_router(const GoDaemon *self);
/** For traces: one line for each fact, then one for each peer, sorted. Free with g_free(). */
char *go_dup_state(const GoDaemon *self);
