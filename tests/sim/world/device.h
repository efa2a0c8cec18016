/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"
#include "world/packet.h"

/** A WireGuard device with the observable behavior of Linux: one initiation per peer every 5 s
 * (recreating the peer resets the limit), retries for 90 s, a new session after 120 s and none
 * older than 180 s, one handshake state per peer (so that crossing initiations create no session),
 * refusal of initiations whose timestamp is not later than the last, roaming on every authenticated
 * packet, cryptokey routing in both directions, passive and persistent keepalives, a new handshake
 * after 15 s of silence, and no packet without an endpoint. Numbers replace cryptography. */
typedef struct _SimDevice SimDevice;

/** The time within which a peer confirms the session of its own initiation: more than the round
 * trips of the scenarios. */
#define SIM_CONFIRMATION SIM_MSEC(300)

/** Callbacks of the device to its host. @message and @packet are borrowed. */
typedef struct {
    void (*transmit)(gpointer user_data, const WlEndpoint *to, SimMessage *message);
    void (*deliver)(gpointer user_data, const WlKey *from, SimPacket *packet);
    guint32 (*random)(gpointer user_data);
} SimDeviceCallbacks;

SimDevice *sim_device_new(const WlKey *public_key, guint16 port,
                          const SimDeviceCallbacks *callbacks, gpointer user_data);
void sim_device_free(SimDevice *self);
/** Sets the time and the offset of the host's wall clock, µs. Call this first. */
void sim_device_set_time(SimDevice *self, gint64 now, gint64 wall_offset);
/** When sim_device_run() must be called, µs; SIM_NEVER: never. */
gint64 sim_device_get_deadline(const SimDevice *self);
void sim_device_run(SimDevice *self);
/** Applies a change. TRUE if it recreated or removed a peer with a live session. */
gboolean sim_device_change(SimDevice *self, const WlPeerChange *change);
/** A dump, valid until the next call of this or of sim_device_change(). The device keeps it,
 * because making one anew for every read is most of the work in a world with hundreds of peers. */
const WlDevice *sim_device_read(SimDevice *self);
/** Erases all sessions, as Linux does when the machine is suspended. */
void sim_device_suspend(SimDevice *self);
/** Resumes after @duration µs, which WireGuard's timers do not count. */
void sim_device_resume(SimDevice *self, gint64 duration);

/** FALSE if no peer owns the destination, or it has no endpoint. */
gboolean sim_device_send(SimDevice *self, SimPacket *packet);
void sim_device_receive(SimDevice *self, const WlEndpoint *from, SimMessage *message);

/** The peer that receives packets for @ip and is the only one that may send from it; NULL: none. */
const WlKey *sim_device_find_owner(const SimDevice *self, const WlIp *ip);
/** The length of the allowed IP by which that is found; -1: there is none. */
int sim_device_find_route_length(const SimDevice *self, const WlIp *ip);
gboolean sim_device_has_peer(const SimDevice *self, const WlKey *key);
/** FALSE if the peer does not exist or has no endpoint. */
gboolean sim_device_get_endpoint(const SimDevice *self, const WlKey *key, WlEndpoint *endpoint);
/** The source of the last authenticated packet of a peer. FALSE if there is no such peer or
 * packet. */
gboolean sim_device_get_place(const SimDevice *self, const WlKey *key, WlEndpoint *endpoint);
gboolean sim_device_has_allowed(const SimDevice *self, const WlKey *key, const WlPrefix *prefix);
/** TRUE if the peer has exactly these prefixes (of WlPrefix). */
gboolean sim_device_has_just(const SimDevice *self, const WlKey *key, const GArray *allowed);
/** TRUE if the peer has a session in which packets can be sent now. */
gboolean sim_device_has_session(const SimDevice *self, const WlKey *key);
/** The session for packets to @key, for sim_device_accepts_session(); 0: none. */
guint64 sim_device_get_session(const SimDevice *self, const WlKey *key);
/** Age of the session, independent of the wall clock, µs; -1: none. */
gint64 sim_device_get_session_age(const SimDevice *self, const WlKey *key);
/** TRUE if an initiation of the peer was answered within the last SIM_CONFIRMATION and has not led
 * to a session yet. */
gboolean sim_device_is_confirming(const SimDevice *self, const WlKey *key);
gboolean sim_device_accepts_session(const SimDevice *self, const WlKey *key, guint64 session);
/** µs since the last handshake by the host's wall clock; -1: never. */
gint64 sim_device_get_handshake_age(const SimDevice *self, const WlKey *key);
guint16 sim_device_get_port(const SimDevice *self);
/** Number of initiations. */
guint sim_device_get_initiations(const SimDevice *self);
/** Number of packets with a source address that its peer does not own. */
guint64 sim_device_get_dropped(const SimDevice *self);
