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

WlSendWindow *wl_send_window_new(void);
void wl_send_window_free(WlSendWindow *self);
