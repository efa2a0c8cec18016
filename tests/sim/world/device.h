/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "world/packet.h"
#include "wl-device.h"

/**
 * A WireGuard device as Linux has it, as far as anybody outside can tell: one initiation per peer
 * in 5 s (a limit that re-creating the peer resets), retries for 90 s, a new session after 120 s
 * and none older than 180 s, one handshake state per peer (so that initiations that cross bring
 * nobody a session), initiations refused whose time stamp is not later than the last, roaming on
 * every authenticated packet, cryptokey routing in both directions, passive and persistent
 * keepalive, a new handshake after 15 s of silence, no endpoint no packet. Cryptography is replaced
 * by numbers.
 */
typedef struct _SimDevice SimDevice;

/** What the device does to its host. @message and @packet are lent. */
typedef struct {
    void (*transmit)(gpointer user_data, const WlEndpoint *to, SimMessage *message);
    void (*deliver)(gpointer user_data, const WlKey *from, SimPacket *packet);
    guint32 (*random)(gpointer user_data);
} SimDeviceCallbacks;

SimDevice *sim_device_new(const WlKey *public_key, guint16 port,
                          const SimDeviceCallbacks *callbacks, gpointer user_data);
void sim_device_free(SimDevice *self);
/** Before anything else: the time, and how far the host's wall clock is before it. */
void sim_device_set_time(SimDevice *self, gint64 now, gint64 wall_offset);
/** When sim_device_run() has to be called; SIM_NEVER: not. */
gint64 sim_device_get_deadline(const SimDevice *self);
void sim_device_run(SimDevice *self);
/** TRUE if a peer with a live session was re-created or removed by it. */
gboolean sim_device_change(SimDevice *self, const WlPeerChange *change);
WlDevice *sim_device_read(const SimDevice *self);
/** The machine goes to sleep: all sessions are erased, as Linux does. */
void sim_device_suspend(SimDevice *self);
/** It slept for @duration; WireGuard's timers do not count that. */
void sim_device_resume(SimDevice *self, gint64 duration);

/** FALSE if no peer owns the destination, or it has no endpoint. */
gboolean sim_device_send(SimDevice *self, SimPacket *packet);
void sim_device_receive(SimDevice *self, const WlEndpoint *from, SimMessage *message);

/** Who gets what goes to @ip, and alone may send from it; NULL: nobody. */
const WlKey *sim_device_find_owner(const SimDevice *self, const WlIp *ip);
gboolean sim_device_has_peer(const SimDevice *self, const WlKey *key);
/** FALSE if there is no such peer or it has none. */
gboolean sim_device_get_endpoint(const SimDevice *self, const WlKey *key, WlEndpoint *endpoint);
/** Where the last authenticated packet of a peer came from. FALSE: there is no such peer, or none
 * came. */
gboolean sim_device_get_place(const SimDevice *self, const WlKey *key, WlEndpoint *endpoint);
gboolean sim_device_has_allowed(const SimDevice *self, const WlKey *key, const WlPrefix *prefix);
/** All of them (of WlPrefix), and nothing else. */
gboolean sim_device_has_just(const SimDevice *self, const WlKey *key, const GArray *allowed);
/** A session that packets can be sent in now. */
gboolean sim_device_has_session(const SimDevice *self, const WlKey *key);
/** The session that packets to @key are sent in, to be compared with
 * sim_device_accepts_session(); 0: none. */
guint64 sim_device_get_session(const SimDevice *self, const WlKey *key);
/** µs since it began, whatever the clock was set to; -1: none. */
gint64 sim_device_get_session_age(const SimDevice *self, const WlKey *key);
gboolean sim_device_accepts_session(const SimDevice *self, const WlKey *key, guint64 session);
/** µs since the last handshake by the host's wall clock; -1: never. */
gint64 sim_device_get_handshake_age(const SimDevice *self, const WlKey *key);
guint16 sim_device_get_port(const SimDevice *self);
/** Handshakes begun. */
guint sim_device_get_initiations(const SimDevice *self);
/** Packets whose source was another peer's. */
guint64 sim_device_get_dropped(const SimDevice *self);
