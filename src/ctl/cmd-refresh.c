/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that change something: refresh and forget. polkit decides about them. */
#include "wl-address.h"
#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"
#include "wl-ctl-json.h"
#include "wl-ctl-output.h"
#include "wl-ctl-subject.h"
#include "wl-ctl.h"

#include <stdio.h>
#include <unistd.h>

#define MAX_QUOTED 80

/* A person at a terminal may be asked for a password. */
static WlCtlCall *
new_change(const WlCtlProfile *profile, const char *method, GVariant *parameters)
{
    WlCtlCall *call = wl_ctl_call_new(profile->service, WL_CTL_LINK_PATH, WL_CTL_LINK_INTERFACE,
                                      method, parameters, "()");

    if (isatty(STDIN_FILENO))
        call->flags |= G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION;
    return call;
}

/* NULL if it was done. */
static GError *
get_failure(const WlCtlProfile *profile, const WlCtlCall *call)
{
    g_autofree char *label = wl_ctl_profile_label(profile);
    g_autofree char *who = g_strdup_printf("the service of \"%s\"", label);

    return call->error ? wl_ctl_error_new_remote(call->error, who) : NULL;
}

static void
print_refreshed(const WlCtlProfiles *profiles, const GPtrArray *calls)
{
    JsonObject *object = json_object_new();
    JsonArray *refreshed = json_array_new();

    for (guint i = 0; i < calls->len; i++) {
        const WlCtlProfile *profile = g_ptr_array_index(profiles->profiles, i);
        const WlCtlCall *call = g_ptr_array_index(calls, i);

        if (call->reply)
            json_array_add_string_element(refreshed, wl_ctl_get_string(profile->link, "Id"));
    }
    json_object_set_array_member(object, "refreshed", refreshed);
    wl_ctl_json_add_problems(object, profiles);
    wl_ctl_print_json(object, TRUE);
}

static WlExit
refresh(GDBusConnection *bus, WlCtlProfiles *profiles, gboolean json)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) wl_ctl_call_free);
    GPtrArray *list = profiles->profiles;
    guint done = 0;

    for (guint i = 0; i < list->len; i++)
        g_ptr_array_add(calls, new_change(g_ptr_array_index(list, i), "Refresh", NULL));
    wl_ctl_call_all(bus, calls, NULL);
    for (guint i = 0; i < list->len; i++) {
        const WlCtlProfile *profile = g_ptr_array_index(list, i);
        g_autofree char *label = wl_ctl_profile_label(profile);
        GError *failure = get_failure(profile, g_ptr_array_index(calls, i));

        done += !failure;
        if (failure)
            g_ptr_array_add(profiles->problems, failure);
        else if (!json)
            printf("%s: told and tried everything again\n", label);
    }
    if (json && done == 0)
        return wl_ctl_fail(TRUE,
                           g_ptr_array_index(profiles->problems, profiles->problems->len - 1));
    if (json)
        print_refreshed(profiles, calls);
    return wl_ctl_profiles_finish(profiles, json);
}

WlExit
wl_cmd_refresh(char **arguments)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print one JSON document", NULL},
        {NULL},
    };
    g_auto(GStrv) rest = NULL;
    g_auto(WlCtlSubject) subject = {0};
    WlExit result;

    if (!wl_ctl_parse("refresh", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    result = wl_ctl_subject_load(&subject, rest[0], json);
    return result == WL_EXIT_OK ? refresh(subject.bus, subject.profiles, json) : result;
}

/* ---- forget -------------------------------------------------------------------------------- */

static WlExit
forget(GDBusConnection *bus, const WlCtlProfile *profile, const WlCtlPeer *peer,
       const char *address, gboolean json)
{
    const char *key = wl_ctl_get_string(peer->properties, "PublicKey");
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) wl_ctl_call_free);
    g_autofree char *label = wl_ctl_peer_label(peer);
    g_autofree char *shown = wl_ctl_quote(address, MAX_QUOTED);
    g_autoptr(GError) failure = NULL;

    g_ptr_array_add(calls,
                    new_change(profile, "ForgetEndpoint", g_variant_new("(ss)", key, address)));
    wl_ctl_call_all(bus, calls, NULL);
    failure = get_failure(profile, g_ptr_array_index(calls, 0));
    if (failure)
        return wl_ctl_fail(json, failure);
    if (json) {
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "public_key", key);
        json_object_set_string_member(object, "forgotten", address);
        wl_ctl_print_json(object, TRUE);
    } else {
        printf("%s: forgot %s; it comes back if somebody tells it again\n", label, shown);
    }
    return WL_EXIT_OK;
}

WlExit
wl_cmd_forget(char **arguments)
{
    gboolean json = FALSE;
    g_autofree char *name = NULL;
    const GOptionEntry entries[] = {
        {"profile", 0, 0, G_OPTION_ARG_STRING, &name, "look in this profile alone", "PROFILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print one JSON document", NULL},
        {NULL},
    };
    g_auto(GStrv) rest = NULL;
    g_auto(WlCtlSubject) subject = {0};
    WlEndpoint endpoint;
    WlExit result;

    if (!wl_ctl_parse("forget", arguments, entries, 2, &rest))
        return WL_EXIT_USAGE;
    if (g_strv_length(rest) < 2)
        return wl_ctl_fail_usage(json, "forget",
                                 "forget needs a peer and an address with its port");
    if (!wl_endpoint_parse(rest[1], &endpoint)) {
        g_autofree char *shown = wl_ctl_quote(rest[1], MAX_QUOTED);

        return wl_ctl_fail_usage(json, "forget",
                                 "\"%s\" is not an address with its port, as 192.0.2.1:51820 or "
                                 "[2001:db8::1]:51820",
                                 shown);
    }
    result = wl_ctl_subject_load_peer(&subject, name, rest[0], WL_PICK_TO_CHANGE, json);
    if (result != WL_EXIT_OK)
        return result;
    return forget(subject.bus, subject.profile, subject.peer, rest[1], json);
}
