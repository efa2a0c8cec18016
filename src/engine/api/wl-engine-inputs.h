/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"
#include "wl-engine-config.h"
#include "wl-local-address.h"

/* The inputs of the engine. Each runs one turn. @now is engine time, see
 * wl-engine.h. */

typedef struct _WlEngine WlEngine;

/**
 * Restores @state, a result of wl_engine_dup_state() that may be damaged or old. Call it right
 * after wl_engine_new(). FALSE with *error, one sentence, if nothing of it is usable; the engine is
 * then unchanged.
 */
gboolean wl_engine_load_state(WlEngine *self, gint64 now, const char *state, gsize length,
                              GError **error);
/** The deadline has passed. */
void wl_engine_advance_time(WlEngine *self, gint64 now);
/** The device as it is now, usually the reply to WL_OUTPUT_READ_DEVICE. */
void wl_engine_device_snapshot(WlEngine *self, gint64 now, const WlDevice *device);
/** A datagram arrived at the fact socket from the address @source. */
void wl_engine_datagram_received(WlEngine *self, gint64 now, const WlIp *source, const guint8 *data,
                                 gsize length);
/**
 * The complete list, after every change. An uplink counts for an address family once it has a
 * global address of that family, whether or not there is a route: without one the kernel would send
 * with another source, such as a tunnel address of ours. Without any there is no uplink, and the
 * engine does not try to connect. When the first address of a family comes, the endpoints of that
 * family are set in the device again, which makes WireGuard forget the source that it used before.
 */
void wl_engine_set_local_addresses(WlEngine *self, gint64 now, const WlLocalAddress *addresses,
                                   gsize n);
/** The complete list of the endpoints at which gateways pass packets on to WireGuard's port, after
 * every change. They are announced, unless private, and are no endpoints of others. */
void wl_engine_set_mapped_endpoints(WlEngine *self, gint64 now, const WlEndpoint *endpoints,
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
/** A user looks at the peers: those not heard just now are probed, unless they are very many. */
void wl_engine_check_peers(WlEngine *self, gint64 now);
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
 * Takes peers, name, role, networks and `chatty` from @config and evaluates all facts again. Key,
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
 * Uses the router with @key before the others of the profile for as long as it answers (`UseRouter`
 * on D-Bus), until the engine ends or another is named; NULL: those of the profile in their order.
 * FALSE with *error, one sentence, if the profile has not several routers, this is none of them, or
 * it does not answer.
 */
gboolean wl_engine_use_router(WlEngine *self, gint64 now, const WlKey *key, GError **error);
/**
 * Forgets an endpoint of a peer that facts or the state cache supplied (`ForgetEndpoint` on D-Bus).
 * A source that still originates it will advertise it again. FALSE with *error, one sentence, if
 * there is no such peer or endpoint, or only the profile supplies it.
 */
gboolean wl_engine_forget_endpoint(WlEngine *self, gint64 now, const WlKey *key,
                                   const WlEndpoint *endpoint, GError **error);
