/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl map: the network as this member sees it, as an SVG picture on standard output. */
#include <stdio.h>

#include "wl-bus.h"
#include "wl-command.h"
#include "wl-map.h"

#define INTERVAL 1100 /* ms between two reads: a service reads its counters once a second */

static struct {
    gboolean svg;
} options;

static const GOptionEntry entries[] = {
    {"svg", 0, 0, G_OPTION_ARG_NONE, &options.svg, "print the map as SVG on standard output", NULL},
    {NULL},
};

static WlExit
run(WlRequest *request)
{
    g_autoptr(WlActiveProfiles) profiles = NULL;
    g_autofree char *picture = NULL;
    g_autoptr(GError) error = NULL;
    const WlActiveProfile *profile;

    if (!wl_active_profiles_get_only(request->profiles, &error))
        return wl_exit_error(FALSE, error);
    /* Rates need two reads. */
    wl_bus_wait(INTERVAL);
    profiles = wl_active_profiles_load(request->bus, request->operands[0], NULL, &error);
    profile = profiles ? wl_active_profiles_get_only(profiles, &error) : NULL;
    if (!profile)
        return wl_exit_error(FALSE, error);
    picture = wl_map_new(profile, wl_active_profiles_find(request->profiles, profile->service));
    fputs(picture, stdout);
    return wl_active_profiles_finish(profiles, FALSE);
}

const WlCommand wl_command_map = {
    .name = "map",
    .operands = "[PROFILE]",
    .summary = "draw the network as this member sees it",
    .wants = WL_WANTS_PROFILE,
    .options = entries,
    .n_required = 1,
    .run = run,
};
