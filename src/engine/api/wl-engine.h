/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-config.h"
#include "wl-engine-output.h"
#include "wl-engine-view.h"
#include "wl-local-address.h"

/**
 * The protocol and every decision, as a pure machine: inputs are calls, effects are a list of
 * outputs, time and random bytes come from outside. Two engines given the same inputs do the same
 * things.
 *
 * All times are microseconds of CLOCK_BOOTTIME (any monotonic origin will do) and never go back.
 * After every input the caller takes the outputs (in order) and asks for the next deadline.
 */
typedef struct _WlEngine WlEngine;

/* ---- life ---------------------------------------------------------------------------------- */

/**
 * @config is copied. The first turn emits one WL_PEER_ADD for each configured peer, so the link
 * must exist before the outputs are carried out. NULL with *error if the configuration contradicts
 * itself (the own key among others' duplicates, two peers with one link-local address, a key
 * without public key).
 */
WlEngine *wl_engine_new(const WlEngineConfig *config, gint64 now, WlRandomFunc random,
                        gpointer user_data, GError **error);
/**
 * What the engine knew before it was last stopped: the result of wl_engine_dup_memory(), which may
 * be damaged or old. To be called right after wl_engine_new(). FALSE with *error, of one sentence,
 * if nothing of it can be used; then nothing is changed.
 */
gboolean wl_engine_recall(WlEngine *self, gint64 now, const char *memory, gsize length,
                          GError **error);
/** Learned members with their names, allowed IPs and addresses that worked, as text for
 * wl_engine_recall(); no secrets. To be freed with g_free(). */
char *wl_engine_dup_memory(const WlEngine *self);
void wl_engine_free(WlEngine *self); /* wipes all keys */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEngine, wl_engine_free)

/* ---- inputs (each runs one turn) ----------------------------------------------------------- */

void wl_engine_time(WlEngine *self, gint64 now);
void wl_engine_snapshot(WlEngine *self, gint64 now, const WlDevice *device);
void wl_engine_datagram(WlEngine *self, gint64 now, const WlIp *source, const guint8 *data,
                        gsize length);
/** The whole list, whenever it changed. No address with `announce` and no default route: no uplink,
 * nothing is tried. */
void wl_engine_local_addresses(WlEngine *self, gint64 now, const WlLocalAddress *addresses,
                               gsize n);
/** Answer to WL_OUTPUT_RESOLVE; @n = 0 if the name could not be resolved. */
void wl_engine_resolved(WlEngine *self, gint64 now, const char *name, const WlEndpoint *endpoints,
                        gsize n);
/** A WL_OUTPUT_CHANGE_PEER could not be carried out: the engine asks for a snapshot and tries
 * again. */
void wl_engine_change_failed(WlEngine *self, gint64 now, const WlKey *key);
/** A WL_OUTPUT_SEND failed for good (anything but "no endpoint", "unreachable", "no key"). */
void wl_engine_send_failed(WlEngine *self, gint64 now, const WlKey *key);
/** The echo of a WL_OUTPUT_PROBE with that sequence number came back. */
void wl_engine_probe_answered(WlEngine *self, gint64 now, const WlKey *key, guint16 sequence);
/** Answer to WL_OUTPUT_WATCH_TRAFFIC: a packet, for @destination (NULL: not known). */
void wl_engine_traffic_began(WlEngine *self, gint64 now, const WlIp *destination);
/** Answer to WL_OUTPUT_ASK_NEIGHBOUR, once for each, within 10 s; @reachable also where it cannot
 * be asked for: on links without neighbours. */
void wl_engine_neighbour(WlEngine *self, gint64 now, const WlIp *address, guint32 ifindex,
                         gboolean reachable);
/** The machine slept: sessions and NAT mappings may be gone, and others have forgotten us. */
void wl_engine_resumed(WlEngine *self, gint64 now);
typedef enum {
    WL_CONNECTIVITY_UNKNOWN, /* as good as full */
    WL_CONNECTIVITY_PORTAL,  /* peers without a live session are tried once a minute, LAN ones as
                                ever */
    WL_CONNECTIVITY_FULL,
} WlConnectivity;
/** What stands between this machine and the internet. */
void wl_engine_connectivity(WlEngine *self, gint64 now, WlConnectivity connectivity);
/** Gateways and DNS servers of this machine's uplinks: no fact may claim a prefix that has one. */
void wl_engine_local_servers(WlEngine *self, gint64 now, const WlIp *servers, gsize n);
/** Another default route or access point: a new uplink also where all addresses stay the same. */
void wl_engine_uplink_changed(WlEngine *self, gint64 now);
/**
 * The profile says something else than before: its peers, and the own name, role, networks and
 * `chatty`, are @config's from now on, and what was told is judged by that. Key, listen port and
 * addresses stay. Sessions of peers of which it says the same are not disturbed; a peer that is not
 * in it any more goes, unless somebody who is believed calls it a member. FALSE with *error if the
 * configuration contradicts itself; then nothing is changed.
 */
gboolean wl_engine_change_profile(WlEngine *self, gint64 now, const WlEngineConfig *config,
                                  GError **error);
/** The link was made anew and is empty: everything is added again and announced again. */
void wl_engine_link_recreated(WlEngine *self, gint64 now);
/** Sends and tries everything now (`Refresh` on D-Bus). FALSE: less than 5 s after the last time,
 * nothing is done. */
gboolean wl_engine_refresh(WlEngine *self, gint64 now);
/**
 * Forgets an address of a peer that others told or that worked before (`ForgetEndpoint` on D-Bus);
 * who still stands for it will tell it again. FALSE with *error, of one sentence, if there is no
 * such peer, no such address, or only the profile says so.
 */
gboolean wl_engine_forget_endpoint(WlEngine *self, gint64 now, const WlKey *key,
                                   const WlEndpoint *endpoint, GError **error);

/** The next output, to be freed by the caller; NULL when there is none. */
WlOutput *wl_engine_next_output(WlEngine *self);
/** When wl_engine_time() must be called at the latest; G_MAXINT64: never. */
gint64 wl_engine_get_deadline(const WlEngine *self);
