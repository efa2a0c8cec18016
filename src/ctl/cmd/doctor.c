/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl doctor: checks this machine and its profiles, and names remedies. */
#include <stdio.h>
#include <string.h>

#include "wl-bus.h"
#include "wl-check-firewall.h"
#include "wl-check-host.h"
#include "wl-check-key.h"
#include "wl-check-manager.h"
#include "wl-check-profile.h"
#include "wl-check-refused-calls.h"
#include "wl-check-trust.h"
#include "wl-command.h"
#include "wl-display.h"
#include "wl-doctor-show.h"
#include "wl-known-facts.h"
#include "wl-round-trips.h"

#define MAX_QUOTED 63

/* ---- profiles ------------------------------------------------------------------------------ */

static const WlActiveProfile *
find_active(const WlActiveProfiles *profiles, const char *uuid)
{
    for (guint i = 0; profiles && i < profiles->profiles->len; i++) {
        const WlActiveProfile *profile = g_ptr_array_index(profiles->profiles, i);

        if (strcmp(wl_property_string(profile->link, "Uuid"), uuid) == 0)
            return profile;
    }
    return NULL;
}

static gboolean
is_stored(const GPtrArray *stored, const WlActiveProfile *active)
{
    for (guint i = 0; i < stored->len; i++) {
        const WlStoredProfile *profile = g_ptr_array_index(stored, i);

        if (strcmp(profile->uuid, wl_property_string(active->link, "Uuid")) == 0)
            return TRUE;
    }
    return FALSE;
}

/* TRUE if @name is NULL or names the profile. */
static gboolean
is_named(const char *name, const char *id, const char *uuid, const char *interface)
{
    return !name || g_strcmp0(name, id) == 0 || g_strcmp0(name, uuid) == 0 ||
           g_strcmp0(name, interface) == 0;
}

/* Returns the number of profiles that were checked. */
static guint
check_profiles(WlDoctor *doctor, const GPtrArray *stored, const WlActiveProfiles *profiles,
               const char *name, gboolean denied)
{
    guint checked = 0;

    for (guint i = 0; i < stored->len; i++) {
        const WlStoredProfile *profile = g_ptr_array_index(stored, i);
        const WlActiveProfile *active = find_active(profiles, profile->uuid);
        const char *interface = active ? wl_property_string(active->link, "Interface") : NULL;

        if (!is_named(name, profile->id, profile->uuid, interface))
            continue;
        wl_check_profile(doctor, profile, active, denied);
        checked++;
    }
    /* Profiles that NetworkManager does not show to this user. */
    for (guint i = 0; profiles && i < profiles->profiles->len; i++) {
        const WlActiveProfile *active = g_ptr_array_index(profiles->profiles, i);

        if (is_stored(stored, active) || !is_named(name, wl_property_string(active->link, "Id"),
                                                   wl_property_string(active->link, "Uuid"),
                                                   wl_property_string(active->link, "Interface")))
            continue;
        wl_check_profile(doctor, NULL, active, denied);
        checked++;
    }
    return checked;
}

static void
check_keys(WlDoctor *doctor, GDBusConnection *bus, const WlActiveProfiles *profiles,
           const char *name)
{
    g_autoptr(GPtrArray) all = wl_known_facts_load(bus, profiles->profiles);

    for (guint i = 0; i < profiles->profiles->len; i++) {
        const WlActiveProfile *active = g_ptr_array_index(profiles->profiles, i);
        const WlKnownFacts *known = g_ptr_array_index(all, i);
        g_autofree char *label = wl_active_profile_label(active);

        if (is_named(name, wl_property_string(active->link, "Id"),
                     wl_property_string(active->link, "Uuid"),
                     wl_property_string(active->link, "Interface")))
            wl_check_keys(doctor, label, active, known->facts);
    }
}

/* Services that do not answer. Those of another version are reported with their profile. */
static void
add_problems(WlDoctor *doctor, const WlActiveProfiles *profiles, const GError *error)
{
    if (error && error->code == WL_EXIT_NOT_PERMITTED)
        wl_doctor_add(doctor, "service", WL_CHECK_WARN, "run it with sudo to see all profiles",
                      "an active profile is visible only to root and its users");
    else if (error && error->code != WL_EXIT_NOTHING)
        wl_doctor_add(doctor, "service", WL_CHECK_FAIL,
                      "reactivate the profile with wirelinkctl down and up", "%s", error->message);
    for (guint i = 0; profiles && i < profiles->problems->len; i++) {
        const GError *problem = g_ptr_array_index(profiles->problems, i);

        if (!strstr(problem->message, "this wirelinkctl " WL_VERSION))
            wl_doctor_add(doctor, "service", WL_CHECK_FAIL,
                          "reactivate the profile with wirelinkctl down and up", "%s",
                          problem->message);
    }
}

static WlExit
examine(WlDoctor *doctor, const char *name, gboolean json)
{
    g_autoptr(GError) no_bus = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = wl_bus_get(&no_bus);
    g_autoptr(WlActiveProfiles) profiles = NULL;
    g_autoptr(GPtrArray) stored = NULL;
    gboolean denied;
    guint checked;

    wl_check_host(doctor);
    wl_check_refused_calls(doctor);
    if (!bus) {
        wl_doctor_add(doctor, "bus", WL_CHECK_FAIL, "start dbus, then NetworkManager",
                      "the system bus does not answer");
        return wl_doctor_show(doctor, json);
    }
    wl_check_manager(doctor, bus);
    wl_check_firewall(doctor, bus);
    stored = wl_stored_profiles_load(bus);
    profiles = wl_active_profiles_load_settled(bus, NULL, &error);
    if (profiles)
        wl_round_trips_complete(bus, profiles);
    denied = profiles ? profiles->denied > 0
                      : g_error_matches(error, WL_CTL_ERROR, WL_EXIT_NOT_PERMITTED);
    checked = check_profiles(doctor, stored, profiles, name, denied);
    if (profiles) {
        wl_check_trust(doctor, bus, profiles);
        check_keys(doctor, bus, profiles, name);
    }
    if (name && checked == 0) {
        g_autofree char *shown = wl_display_quote(name, MAX_QUOTED);
        g_autoptr(GError) unknown = g_error_new(
            WL_CTL_ERROR, WL_EXIT_NOTHING,
            "no wirelink profile is named \"%s\"; nmcli connection show lists all profiles", shown);

        return wl_exit_error(json, unknown);
    }
    if (!name)
        add_problems(doctor, profiles, error);
    if (!name && checked == 0 && error && error->code == WL_EXIT_NOTHING)
        wl_doctor_add(
            doctor, "profile", WL_CHECK_WARN,
            "create a network with wirelinkctl new, or import the file of a member: nmcli "
            "connection import type wirelink file FILE",
            "there is no wirelink profile");
    return wl_doctor_show(doctor, json);
}

static WlExit
run(WlRequest *request)
{
    g_autoptr(WlDoctor) doctor = wl_doctor_new();

    return examine(doctor, request->operands[0], request->json);
}

const WlCommand wl_command_doctor = {
    .name = "doctor",
    .operands = "[PROFILE]",
    .summary = "check this machine and its networks, and name the remedy for each problem",
    .json = TRUE,
    .run = run,
};
