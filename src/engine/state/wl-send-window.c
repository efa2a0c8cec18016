/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-send-window.h"
#include "wl-array.h"

static void
in_flight_clear(WlInFlight *datagram)
{
    g_bytes_unref(datagram->inner);
}

guint
wl_send_window_limit(guint earned, guint all)
{
    return all >= WL_SEND_WINDOW_ALL ? WL_SEND_WINDOW_MIN : WL_SEND_WINDOW_MIN + earned;
}

guint
wl_send_window_after_ack(guint earned)
{
    return MIN(earned + 1, WL_SEND_WINDOW_MAX - WL_SEND_WINDOW_MIN);
}

guint
wl_send_window_after_loss(guint earned)
{
    return earned / 2;
}

WlSendWindow *
wl_send_window_new(void)
{
    WlSendWindow *self = g_new0(WlSendWindow, 1);

    self->in_flight = wl_array_new(WlInFlight);
    g_array_set_clear_func(self->in_flight, (GDestroyNotify) in_flight_clear);
    return self;
}

void
wl_send_window_free(WlSendWindow *self)
{
    if (!self)
        return;
    g_array_unref(self->in_flight);
    g_free(self);
}
