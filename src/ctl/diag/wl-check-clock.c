/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's check of the clock against what was seen with it before.
 */
#include "wl-check-clock.h"

#include "wl-past-events.h"

#define TOLERANCE 60 /* s */

gint64
wl_check_clock_latest(const WlEventList *list)
{
    gint64 latest = 0;

    for (guint i = 0; i < list->events->len; i++)
        latest = MAX(latest, ((const WlEvent *) list->events->pdata[i])->time);
    return latest;
}

static char *
format_time(gint64 time)
{
    g_autoptr(GDateTime) local = g_date_time_new_from_unix_local(time);

    return local ? g_date_time_format(local, "%Y-%m-%d %H:%M:%S") : g_strdup("a later time");
}

void
wl_check_clock(WlDoctor *doctor, const char *label, const char *uuid, const WlActiveProfile *active,
               gint64 now)
{
    g_autoptr(WlEventList) list = wl_past_events_read(uuid, NULL);
    gint64 latest = list ? wl_check_clock_latest(list) : 0;
    g_autofree char *then = NULL;
    g_autofree char *shown = NULL;

    for (guint i = 0; active && i < active->peers->len; i++) {
        const WlActivePeer *peer = active->peers->pdata[i];

        latest = MAX(latest, wl_property_int(peer->properties, "LastHandshake"));
    }
    if (latest <= now + TOLERANCE)
        return;
    then = format_time(latest);
    shown = format_time(now);
    wl_doctor_add(doctor, "clock", WL_CHECK_FAIL,
                  "set the clock, for example with timedatectl set-ntp yes: peers refuse "
                  "handshakes of this machine that are dated before its last one; if the clock was "
                  "wrong then and is right now, reactivate the profile on the peers",
                  "%s: the clock went back: it was %s already, and is %s", label, then, shown);
}
