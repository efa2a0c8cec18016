/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"
#include "wl-ctl-profiles.h"
#include "wl-ctl-svg.h"
#include "wl-ctl.h"

#include <stdio.h>

#define INTERVAL 1100 /* ms between two reads: a service reads the counters once a second */

static gboolean
set_flag(gpointer user_data)
{
    gboolean *flag = user_data;

    *flag = TRUE;
    return G_SOURCE_REMOVE;
}

static void
wait_interval(void)
{
    gboolean over = FALSE;

    g_timeout_add(INTERVAL, set_flag, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}

WlExit
wl_cmd_map(char **arguments)
{
    gboolean svg = FALSE;
    const GOptionEntry entries[] = {
        {"svg", 0, 0, G_OPTION_ARG_NONE, &svg, "as SVG, on standard output", NULL},
        {NULL},
    };
    g_auto(GStrv) rest = NULL;
    g_autoptr(GDBusConnection) bus = NULL;
    g_autoptr(WlCtlProfiles) before = NULL;
    g_autoptr(WlCtlProfiles) profiles = NULL;
    g_autofree char *picture = NULL;
    g_autoptr(GError) error = NULL;
    const WlCtlProfile *profile;

    if (!wl_ctl_parse("map", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    if (!svg)
        return wl_ctl_fail_usage(FALSE, "map", "map draws as SVG alone: say --svg");
    bus = wl_ctl_bus_get(&error);
    before = bus ? wl_ctl_profiles_load(bus, rest[0], NULL, &error) : NULL;
    if (!before || !wl_ctl_profiles_get_only(before, &error))
        return wl_ctl_fail(FALSE, error);
    /* Two reads make rates. */
    wait_interval();
    profiles = wl_ctl_profiles_load(bus, rest[0], NULL, &error);
    profile = profiles ? wl_ctl_profiles_get_only(profiles, &error) : NULL;
    if (!profile)
        return wl_ctl_fail(FALSE, error);
    picture = wl_ctl_svg_new(profile, wl_ctl_profiles_find(before, profile->service));
    fputs(picture, stdout);
    return wl_ctl_profiles_finish(profiles, FALSE);
}
