/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Connects the watches of the machine to the inputs of a session. */

#include "wl-system-events.h"

#include "wl-session-control.h"
#include "wl-sleep-monitor.h"
#include "wl-uplinks.h"

struct _WlSystemEvents {
    WlSession *session;
    WlUplinks *uplinks;
    WlSleepMonitor *sleep_monitor;
};

static void
on_connectivity(WlConnectivity connectivity, gpointer user_data)
{
    WlSystemEvents *self = user_data;

    wl_session_set_connectivity(self->session, connectivity);
}

static void
on_primary(gpointer user_data)
{
    WlSystemEvents *self = user_data;

    wl_session_uplink_changed(self->session);
}

static void
on_dns(const GArray *servers, gboolean vpn, gpointer user_data)
{
    WlSystemEvents *self = user_data;

    wl_session_set_dns(self->session, servers, vpn);
}

static void
on_resumed(const char *reason, gpointer user_data)
{
    WlSystemEvents *self = user_data;

    g_message("%s", reason);
    wl_session_resumed(self->session);
}

static const WlUplinksEvents uplinks_events = {
    .connectivity = on_connectivity,
    .primary = on_primary,
    .dns = on_dns,
};

WlSystemEvents *
wl_system_events_new(GDBusConnection *connection, WlSession *session)
{
    WlSystemEvents *self = g_new0(WlSystemEvents, 1);

    self->session = session;
    self->uplinks = wl_uplinks_new(connection, &uplinks_events, self);
    self->sleep_monitor = wl_sleep_monitor_new(connection, on_resumed, self);
    return self;
}

void
wl_system_events_free(WlSystemEvents *self)
{
    if (!self)
        return;
    wl_uplinks_free(self->uplinks);
    wl_sleep_monitor_free(self->sleep_monitor);
    g_free(self);
}
