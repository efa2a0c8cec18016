/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"
#include "wl-ctl-subject.h"
#include "wl-ctl-svg.h"
#include "wl-ctl.h"

#include <stdio.h>

#define INTERVAL 1100 /* ms between two reads: a service reads the counters once a second */

WlExit
wl_cmd_map(char **arguments)
{
    gboolean svg = FALSE;
    const GOptionEntry entries[] = {
        {"svg", 0, 0, G_OPTION_ARG_NONE, &svg, "as SVG, on standard output", NULL},
        {NULL},
    };
    g_auto(GStrv) rest = NULL;
    g_auto(WlCtlSubject) before = {0};
    g_autoptr(WlCtlProfiles) profiles = NULL;
    g_autofree char *picture = NULL;
    g_autoptr(GError) error = NULL;
    const WlCtlProfile *profile;
    WlExit result;

    if (!wl_ctl_parse("map", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    if (!svg)
        return wl_ctl_fail_usage(FALSE, "map", "map draws as SVG alone: say --svg");
    result = wl_ctl_subject_load(&before, rest[0], FALSE);
    if (result != WL_EXIT_OK)
        return result;
    if (!wl_ctl_profiles_get_only(before.profiles, &error))
        return wl_ctl_fail(FALSE, error);
    /* Two reads make rates. */
    wl_ctl_wait(INTERVAL);
    profiles = wl_ctl_profiles_load(before.bus, rest[0], NULL, &error);
    profile = profiles ? wl_ctl_profiles_get_only(profiles, &error) : NULL;
    if (!profile)
        return wl_ctl_fail(FALSE, error);
    picture = wl_ctl_svg_new(profile, wl_ctl_profiles_find(before.profiles, profile->service));
    fputs(picture, stdout);
    return wl_ctl_profiles_finish(profiles, FALSE);
}
