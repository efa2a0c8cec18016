/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Acks that can be queued for one peer. */
#define WL_SEND_WINDOW_MAX_ACKS 64

/** A datagram of facts without an ack. */
typedef struct {
    guint64 nonce; /* the first bytes of its nonce, which identify it in the ack */
    GBytes *inner; /* owned */
    gint64 due;    /* engine time of its retransmission (µs) */
    guint tries;
    gboolean asked; /* an ack was requested */
} WlInFlight;

/** The datagrams in flight to one peer, and the acks queued for it. Written by exchange/wl-acks.c.
 */
typedef struct {
    GArray *in_flight; /* of WlInFlight */
    guint64 acks[WL_SEND_WINDOW_MAX_ACKS];
    guint n_acks;
    gint64 acks_due;
} WlSendWindow;

/** A peer begins with the first number of datagrams in flight, and with each that is acked has one
 * more, up to the second. */
#define WL_SEND_WINDOW_MIN 8
#define WL_SEND_WINDOW_MAX 64
/** Above this number of datagrams in flight to all peers, each has WL_SEND_WINDOW_MIN. */
#define WL_SEND_WINDOW_ALL 8192

/** The datagrams that may be in flight to a peer that @earned so many more by acks, with @all in
 * flight to all peers. */
guint wl_send_window_limit(guint earned, guint all);
/** What the peer has earned after another ack of a datagram that was sent once. */
guint wl_send_window_after_ack(guint earned);
/** The same after a datagram that was not acked in time: a peer that does not ack soon has the
 * minimum, and leaves the rest to those that do. */
guint wl_send_window_after_loss(guint earned);

WlSendWindow *wl_send_window_new(void);
void wl_send_window_free(WlSendWindow *self);
