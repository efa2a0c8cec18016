/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paces a function that answers bursts of events. A WlPacer owns its timer.
 */
#include "wl-pacer.h"

#include "wl-fd-source.h"

struct _WlPacer {
    guint interval; /* ms */
    void (*func)(gpointer user_data);
    gpointer user_data;
    gboolean requested;
    GSource *timer; /* NULL: nothing is requested, and the last run is an interval ago */
};

WlPacer *
wl_pacer_new(guint interval, void (*func)(gpointer user_data), gpointer user_data)
{
    WlPacer *self = g_new0(WlPacer, 1);

    self->interval = interval;
    self->func = func;
    self->user_data = user_data;
    return self;
}

void
wl_pacer_free(WlPacer *self)
{
    if (!self)
        return;
    wl_source_clear(&self->timer);
    g_free(self);
}

static gboolean
on_time(gpointer user_data)
{
    WlPacer *self = user_data;

    wl_source_clear(&self->timer);
    if (!self->requested)
        return G_SOURCE_REMOVE;
    self->requested = FALSE;
    self->timer = wl_timeout_source_new(self->interval, on_time, self);
    self->func(self->user_data);
    return G_SOURCE_REMOVE;
}

void
wl_pacer_request(WlPacer *self)
{
    self->requested = TRUE;
    if (!self->timer)
        self->timer = wl_timeout_source_new(0, on_time, self);
}
