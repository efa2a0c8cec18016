/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the events of a profile from its service, or from the file that outlives the service. Lists
 * belong to the caller.
 */
#include "wl-past-events.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "wl-bus.h"
#include "wl-host.h"
#include "wl-profile-uuid.h"
#include "wl-remote-error.h"
#include "wl-state-directory.h"

static gboolean
get_kind(const char *text, WlEventKind *kind)
{
    for (WlEventKind i = WL_EVENT_UP; i <= WL_EVENT_REMOVED; i++) {
        *kind = i;
        if (strcmp(text, wl_event_kind_to_string(i)) == 0)
            return TRUE;
    }
    return FALSE;
}

static WlEventList *
unpack(GVariant *reply)
{
    g_autoptr(GVariant) list = g_variant_get_child_value(reply, 0);
    WlEventList *self = wl_event_list_new();

    for (gsize i = 0; i < g_variant_n_children(list); i++) {
        g_autoptr(GVariant) properties = g_variant_get_child_value(list, i);
        WlEvent event = {
            .time = wl_property_int(properties, "Time"),
            .key = (char *) wl_property_string(properties, "PublicKey"),
            .name = (char *) wl_property_string(properties, "Name"),
            .state = (char *) wl_property_string(properties, "State"),
            .text = (char *) wl_property_string(properties, "Text"),
        };

        if (get_kind(wl_property_string(properties, "Kind"), &event.kind))
            wl_event_list_add(self, &event);
    }
    return self;
}

WlEventList *
wl_past_events_load(GDBusConnection *bus, const WlActiveProfile *profile, GError **error)
{
    g_autoptr(WlCall) call = wl_call_new(profile->service, WL_BUS_LINK_PATH, WL_BUS_LINK_INTERFACE,
                                         "GetEvents", NULL, "(aa{sv})");
    g_autofree char *label = wl_active_profile_label(profile);
    g_autofree char *subject = g_strdup_printf("the service of \"%s\"", label);
    g_autoptr(GError) failure = NULL;
    g_autoptr(GVariant) reply = wl_call_one(bus, call, &failure);

    if (reply)
        return unpack(reply);
    g_propagate_error(error, wl_remote_error_new(failure, subject));
    return NULL;
}

static WlEventList *
read_file(const char *directory, const char *uuid, GError **error)
{
    g_autofree char *file = g_strconcat(uuid, WL_EVENT_LIST_SUFFIX, NULL);
    g_autofree char *path = g_build_filename(directory, file, NULL);
    g_autofree char *whole = wl_host_path(path);
    g_autofree char *text = NULL;
    WlEventList *self;

    if (strchr(uuid, '/'))
        return wl_event_list_new();
    if (access(whole, R_OK) != 0 && errno == EACCES) {
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_NOT_PERMITTED,
                            "only root may read what happened to a profile that is not active: run "
                            "the command with sudo");
        return NULL;
    }
    text = wl_host_read(path);
    self = wl_event_list_new();
    if (text)
        wl_event_list_parse(self, text);
    return self;
}

WlEventList *
wl_past_events_read(const char *uuid, GError **error)
{
    return read_file(wl_state_directory(), uuid, error);
}

WlEventList *
wl_past_events_read_of_file(const char *name, GError **error)
{
    g_autofree char *uuid = wl_profile_uuid_of_file(name);

    return read_file(WL_STATE_DIR, uuid, error);
}
