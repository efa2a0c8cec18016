/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-device.h"

/**
 * A WireGuard device as far as the engine can tell: one initiation per peer in 5 s (reset by
 * re-creating the peer), retries for 90 s, cryptokey routing both ways, no endpoint no packet,
 * roaming on authenticated packets, rekey after 120 s, rejection after 180 s, passive keepalive
 * after 10 s, a new handshake after 15 s of silence. Cryptography is replaced by numbers.
 */
typedef struct _WgModel WgModel;

typedef enum {
    WG_INITIATION,
    WG_RESPONSE,
    WG_DATA, /* a keepalive if `inner` is NULL */
} WgMessageKind;

/** A packet inside the tunnel. */
typedef struct {
    WlIp source, destination;
    GBytes *facts; /* a datagram to the fact port; NULL: an echo */
    guint echo;    /* number */
    gboolean reply;
    guint forwards;
} WgInner;

typedef struct {
    WgMessageKind kind;
    WlKey sender; /* initiation: who; in reality encrypted */
    WlKey receiver;
    guint64 handshake; /* initiation and response: its number */
    guint64 session;   /* response and data */
    WgInner *inner;
} WgMessage;

void wg_inner_free(WgInner *inner);
void wg_message_free(WgMessage *message);

/** What the device does to the world. @message and @inner are given away. */
typedef struct {
    void (*transmit)(gpointer user_data, const WlEndpoint *to, WgMessage *message);
    void (*deliver)(gpointer user_data, WgInner *inner);
    guint32 (*random)(gpointer user_data);
} WgCallbacks;

WgModel *wg_model_new(const WlKey *public_key, guint16 port, const WgCallbacks *callbacks,
                      gpointer user_data);
void wg_model_free(WgModel *self);
void wg_model_set_time(WgModel *self, gint64 now);
gint64 wg_model_get_deadline(const WgModel *self);
/** Runs the timers that are due. */
void wg_model_run(WgModel *self);
/** TRUE if a peer with a live session was re-created or removed by it. */
gboolean wg_model_change(WgModel *self, const WlPeerChange *change);
WlDevice *wg_model_read(const WgModel *self);
/** Takes @inner; FALSE if no peer or no endpoint takes it. */
gboolean wg_model_send(WgModel *self, WgInner *inner);
/** Takes @message. */
void wg_model_receive(WgModel *self, const WlEndpoint *from, WgMessage *message);
guint wg_model_get_initiations(const WgModel *self);
