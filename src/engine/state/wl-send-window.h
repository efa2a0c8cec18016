/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** Acks that are queued for one peer at a time. */
#define WL_SEND_WINDOW_MAX_ACKS 64

/** A datagram of facts that is not known to have arrived. */
typedef struct {
    guint64 nonce; /* its first bytes, by which it is acked */
    GBytes *inner; /* owned */
    gint64 due;    /* when it is sent again */
    guint tries;
    gboolean asked; /* for an ack */
} WlInFlight;

/** What one peer has in flight, and what is to be acked to it. Written by exchange/wl-acks.c. */
typedef struct {
    GArray *in_flight; /* of WlInFlight */
    guint64 acks[WL_SEND_WINDOW_MAX_ACKS];
    guint n_acks;
    gint64 acks_due;
} WlSendWindow;

WlSendWindow *wl_send_window_new(void);
void wl_send_window_free(WlSendWindow *self);
