/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-config.h"
#include "wl-engine-output.h"
#include "wl-engine-view.h"
#include "wl-local-address.h"

/**
 * The protocol and every decision, as a pure state machine: inputs are calls, effects are a list of
 * outputs, time and random bytes are arguments. Two engines with the same inputs produce the same
 * outputs.
 *
 * Times are microseconds of CLOCK_BOOTTIME or any other monotonic clock and never decrease. After
 * every input the caller takes the outputs, carries them out in order, and reads the next deadline.
 * The engine is not thread-safe and never calls back.
 */
typedef struct _WlEngine WlEngine;

/* ---- life ---------------------------------------------------------------------------------- */

/**
 * Copies @config. The first turn emits a WL_PEER_ADD for every configured peer, so the link must
 * exist before its outputs are carried out. NULL with *error if the configuration contradicts
 * itself (see wl_engine_config_check()).
 */
WlEngine *wl_engine_new(const WlEngineConfig *config, gint64 now, WlRandomFunc random,
                        gpointer user_data, GError **error);
/**
 * Restores @state, a result of wl_engine_dup_state() that may be damaged or old. Call it right
 * after wl_engine_new(). FALSE with *error, one sentence, if nothing of it is usable; the engine is
 * then unchanged.
 */
gboolean wl_engine_load_state(WlEngine *self, gint64 now, const char *state, gsize length,
                              GError **error);
/** Learned members with their names, allowed IPs and endpoints that worked, as text for
 * wl_engine_load_state(). Contains no secrets. Free with g_free(). */
char *wl_engine_dup_state(const WlEngine *self);
/** Wipes all keys. */
void wl_engine_free(WlEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEngine, wl_engine_free)

/* ---- inputs (each runs one turn) ----------------------------------------------------------- */

/** The deadline has passed. */
void wl_engine_advance_time(WlEngine *self, gint64 now);
/** The device as it is now, usually the reply to WL_OUTPUT_READ_DEVICE. */
void wl_engine_device_snapshot(WlEngine *self, gint64 now, const WlDevice *device);
/** A datagram arrived at the fact socket from the address @source. */
void wl_engine_datagram_received(WlEngine *self, gint64 now, const WlIp *source, const guint8 *data,
                                 gsize length);
/** The complete list, after every change. Without an address to announce and without a default
 * route there is no uplink, and the engine does not try to connect. */
void wl_engine_set_local_addresses(WlEngine *self, gint64 now, const WlLocalAddress *addresses,
                                   gsize n);
/** The reply to WL_OUTPUT_RESOLVE; @n is 0 if resolving failed. */
void wl_engine_name_resolved(WlEngine *self, gint64 now, const char *name,
                             const WlEndpoint *endpoints, gsize n);
/** A WL_OUTPUT_CHANGE_PEER failed. The engine reads the device and tries again. */
void wl_engine_peer_change_failed(WlEngine *self, gint64 now, const WlKey *key);
/** A WL_OUTPUT_SEND failed for a reason other than "no endpoint", "unreachable" or "no key". */
void wl_engine_send_failed(WlEngine *self, gint64 now, const WlKey *key);
/** The reply to the WL_OUTPUT_SEND_ECHO with that sequence number arrived. */
void wl_engine_echo_reply(WlEngine *self, gint64 now, const WlKey *key, guint16 sequence);
/** The reply to WL_OUTPUT_WATCH_TRAFFIC: a packet to @destination (NULL: unknown). */
void wl_engine_traffic_started(WlEngine *self, gint64 now, const WlIp *destination);
/** The reply to WL_OUTPUT_RESOLVE_NEIGHBOR, exactly one within 10 s. @reachable is TRUE as well on
 * links without neighbor resolution. */
void wl_engine_neighbor_result(WlEngine *self, gint64 now, const WlIp *address, guint32 ifindex,
                               gboolean reachable);
/** The machine resumed from sleep: sessions and NAT mappings may be gone, and facts about it may
 * have expired elsewhere. */
void wl_engine_resumed(WlEngine *self, gint64 now);

typedef enum {
    WL_CONNECTIVITY_UNKNOWN, /* treated as full */
    WL_CONNECTIVITY_PORTAL,  /* behind a captive portal: peers without a session are tried once a
                                minute; those on a local network as usual */
    WL_CONNECTIVITY_FULL,
} WlConnectivity;
/** The reachability of the internet changed. */
void wl_engine_set_connectivity(WlEngine *self, gint64 now, WlConnectivity connectivity);
/** Gateways and DNS servers of this machine's uplinks, the complete list. No fact may claim a
 * prefix that covers one of them. */
void wl_engine_set_protected_hosts(WlEngine *self, gint64 now, const WlIp *hosts, gsize n);
/** Another default route or access point: a new uplink even if no address changed. */
void wl_engine_uplink_changed(WlEngine *self, gint64 now);
/**
 * Takes peers, name, role, networks and `chatty` from @config and evaluates all facts anew. Key,
 * listen port and addresses stay. The sessions of unchanged peers are not disturbed; a peer that is
 * no longer configured is removed unless an accepted fact names it. FALSE with *error if the
 * configuration contradicts itself; the engine is then unchanged.
 */
gboolean wl_engine_reload_profile(WlEngine *self, gint64 now, const WlEngineConfig *config,
                                  GError **error);
/** The link was recreated and is empty: every peer is added and every fact advertised again. */
void wl_engine_link_recreated(WlEngine *self, gint64 now);
/** Advertises everything and tries every peer now (`Refresh` on D-Bus). FALSE less than 5 s after
 * the previous call; nothing is done then. */
gboolean wl_engine_refresh(WlEngine *self, gint64 now);
/**
 * Forgets an endpoint of a peer that facts or the state cache supplied (`ForgetEndpoint` on D-Bus).
 * A source that still originates it will advertise it again. FALSE with *error, one sentence, if
 * there is no such peer or endpoint, or only the profile supplies it.
 */
gboolean wl_engine_forget_endpoint(WlEngine *self, gint64 now, const WlKey *key,
                                   const WlEndpoint *endpoint, GError **error);

/** The next output, owned by the caller; NULL if there is none. */
WlOutput *wl_engine_next_output(WlEngine *self);
/** The latest time for the next wl_engine_advance_time(); G_MAXINT64: never. */
gint64 wl_engine_get_deadline(const WlEngine *self);
