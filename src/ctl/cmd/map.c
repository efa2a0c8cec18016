/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl map: the network as this member sees it, as an SVG picture in a file or on standard
 * output. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "wl-bus.h"
#include "wl-command.h"
#include "wl-display.h"
#include "wl-map.h"
#include "wl-private-file.h"

#define INTERVAL 1100 /* ms between two reads: a service reads its counters once a second */

static struct {
    char *output;
    gboolean open;
} options;

static const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
     "write to this file; - is standard output", "FILE"},
    {"open", 0, 0, G_OPTION_ARG_NONE, &options.open, "show the file in the program for pictures",
     NULL},
    {NULL},
};

/* The file of the map, or NULL for standard output. A terminal cannot show it. */
static char *
choose_file(const WlActiveProfile *profile)
{
    g_autofree char *label = NULL;
    g_autofree char *name = NULL;

    if (options.output)
        return strcmp(options.output, "-") == 0 ? NULL : g_strdup(options.output);
    if (!options.open && !isatty(STDOUT_FILENO))
        return NULL;
    label = wl_active_profile_label(profile);
    name = g_strdup_printf("%s.svg", g_strdelimit(label, "/ ", '-'));
    return options.open ? g_build_filename(g_get_user_cache_dir(), name, NULL)
                        : g_steal_pointer(&name);
}

/* The program may outlive this one. */
static gboolean
show(const char *path, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autofree char *uri = g_file_get_uri(file);

    if (g_app_info_launch_default_for_uri(uri, NULL, error))
        return TRUE;
    g_prefix_error(error, "the map is in \"%s\", but no program shows it: ", path);
    return FALSE;
}

static gboolean
deliver(const char *picture, const WlActiveProfile *profile, GError **error)
{
    g_autofree char *path = choose_file(profile);
    g_autofree char *shown = path ? wl_display_escape(path) : NULL;

    if (!path)
        return fputs(picture, stdout) >= 0;
    if (options.open)
        g_mkdir_with_parents(g_get_user_cache_dir(), 0700);
    if (!wl_private_file_write(path, picture, strlen(picture), WL_PRIVATE_FILE_REPLACE, error))
        return FALSE;
    if (options.open)
        return show(path, error);
    printf("The map is in \"%s\".\n", shown);
    return TRUE;
}

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
    picture = wl_map_new(profile, wl_active_profiles_find(request->profiles, profile->service),
                         g_get_real_time() / G_USEC_PER_SEC);
    if (!deliver(picture, profile, &error))
        return wl_exit_error(FALSE, error);
    return wl_active_profiles_finish(profiles, FALSE);
}

const WlCommand wl_command_map = {
    .name = "map",
    .operands = "[PROFILE]",
    .summary = "draw the network as this member sees it",
    .wants = WL_WANTS_PROFILE,
    .options = entries,
    .run = run,
};
