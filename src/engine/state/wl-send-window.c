/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-send-window.h"
#include "wl-array.h"

static void
in_flight_clear(WlInFlight *datagram)
{
    g_bytes_unref(datagram->inner);
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
