/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All active profiles, read from their services at once. A service that does not answer, or that
 * the caller may not read, is a problem of the result and does not hide the others.
 */
#include "wl-active-profiles.h"

#include <string.h>

#include "wl-bus.h"
#include "wl-display.h"
#include "wl-print.h"
#include "wl-remote-error.h"

#define MAX_PROFILES 256
#define POLL_MS      100
#define END_MS       1000 /* for a service to end */
#define SETTLE_MS    3500 /* for a peer to answer, or to be called silent */
#define RECENT       3    /* s: a peer that was heard since then answers */
#define MAX_LABEL    63   /* columns of a name */

static WlActiveProfiles *
profiles_new(void)
{
    WlActiveProfiles *self = g_new0(WlActiveProfiles, 1);

    self->profiles = g_ptr_array_new_with_free_func((GDestroyNotify) wl_active_profile_free);
    self->problems = g_ptr_array_new_with_free_func((GDestroyNotify) g_error_free);
    return self;
}

void
wl_active_profiles_free(WlActiveProfiles *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->profiles);
    g_ptr_array_unref(self->problems);
    g_free(self);
}

static int
compare_strings(GVariant *a, GVariant *b, const char *name)
{
    return strcmp(wl_property_string(a, name), wl_property_string(b, name));
}

static int
compare_profiles(gconstpointer a, gconstpointer b)
{
    const WlActiveProfile *left = *(WlActiveProfile *const *) a,
                          *right = *(WlActiveProfile *const *) b;
    int order = compare_strings(left->link, right->link, "Id");

    return order ? order : compare_strings(left->link, right->link, "Uuid");
}

/* ---- from the bus ---------------------------------------------------------------------------- */

/* Every service queues for the base name, so the queue lists all services. */
static GStrv
list_services(GDBusConnection *bus, GError **error)
{
    g_autoptr(WlCall) call =
        wl_call_new("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                    "ListQueuedOwners", g_variant_new("(s)", WL_BUS_NAME), "(as)");
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) failure = NULL;
    GStrv owners = NULL;

    reply = wl_call_one(bus, call, &failure);
    if (reply)
        g_variant_get(reply, "(^as)", &owners);
    else if (wl_remote_error_is_gone(failure))
        owners = g_new0(char *, 1);
    else
        g_propagate_error(error, wl_remote_error_new(failure, "the system bus"));
    return owners;
}

/* "the service of an active profile (process 1234)". */
static char *
describe_service(GDBusConnection *bus, const char *service)
{
    g_autoptr(WlCall) call =
        wl_call_new("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                    "GetConnectionUnixProcessID", g_variant_new("(s)", service), "(u)");
    g_autoptr(GVariant) reply = wl_call_one(bus, call, NULL);
    guint32 process = 0;

    if (reply)
        g_variant_get(reply, "(u)", &process);
    return process ? g_strdup_printf("the service of an active profile (process %u)", process)
                   : g_strdup("the service of an active profile");
}

static void
check_version(WlActiveProfiles *self, const WlActiveProfile *profile)
{
    const char *version = wl_property_string(profile->link, "Version");
    g_autofree char *label = wl_active_profile_label(profile);
    g_autofree char *shown = wl_display_quote(version, MAX_LABEL);

    if (strcmp(version, WL_VERSION) == 0)
        return;
    g_ptr_array_add(self->problems,
                    g_error_new(WL_CTL_ERROR, WL_EXIT_OTHER_VERSION,
                                "the service of \"%s\" has version %s, this wirelinkctl " WL_VERSION
                                ": reactivate the profile with wirelinkctl down and up to "
                                "start the installed service",
                                label, *shown ? shown : "unknown"));
}

static void
take_objects(WlActiveProfiles *self, GDBusConnection *bus, const WlCall *call)
{
    g_autoptr(GVariant) objects = g_variant_get_child_value(call->reply, 0);
    WlActiveProfile *profile = wl_active_profile_new(call->destination, objects, call->answered);

    if (profile) {
        g_ptr_array_add(self->profiles, profile);
        return;
    }
    /* Without objects the profile is not yet active, or no longer. */
    if (g_variant_n_children(objects) > 0) {
        g_autofree char *subject = describe_service(bus, call->destination);
        g_autoptr(GError) foreign = g_error_new_literal(
            G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE, WL_BUS_LINK_INTERFACE);

        g_ptr_array_add(self->problems, wl_remote_error_new(foreign, subject));
    }
}

static void
take_error(WlActiveProfiles *self, GDBusConnection *bus, const char *service, const GError *failure)
{
    g_autofree char *subject = NULL;
    GError *problem;

    if (wl_remote_error_is_gone(failure) ||
        g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    subject = describe_service(bus, service);
    problem = wl_remote_error_new(failure, subject);
    if (problem->code == WL_EXIT_NOT_PERMITTED) {
        self->denied++;
        g_error_free(problem);
    } else {
        g_ptr_array_add(self->problems, problem);
    }
}

static WlActiveProfiles *
load_all(GDBusConnection *bus, GCancellable *cancellable, GError **error)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) wl_call_free);
    g_auto(GStrv) services = list_services(bus, error);
    WlActiveProfiles *self;

    if (!services)
        return NULL;
    for (guint i = 0; services[i] && i < MAX_PROFILES; i++)
        g_ptr_array_add(calls, wl_call_new(services[i], WL_BUS_ROOT_PATH,
                                           "org.freedesktop.DBus.ObjectManager",
                                           "GetManagedObjects", NULL, "(a{oa{sa{sv}}})"));
    wl_call_all(bus, calls, cancellable);
    self = profiles_new();
    for (guint i = 0; i < calls->len; i++) {
        WlCall *call = g_ptr_array_index(calls, i);

        if (call->reply)
            take_objects(self, bus, call);
        else
            take_error(self, bus, call->destination, call->error);
    }
    g_ptr_array_sort(self->profiles, compare_profiles);
    return self;
}

static gboolean
has_foreign(const WlActiveProfiles *self)
{
    for (guint i = 0; i < self->problems->len; i++) {
        if (((const GError *) self->problems->pdata[i])->code == WL_EXIT_OTHER_VERSION)
            return TRUE;
    }
    return FALSE;
}

/* A service that ends has no objects any more, but still its name: only one that stays so has
 * another version. */
static WlActiveProfiles *
load_present(GDBusConnection *bus, GCancellable *cancellable, GError **error)
{
    WlActiveProfiles *self = load_all(bus, cancellable, error);

    for (guint waited = 0;
         self && has_foreign(self) && waited < END_MS && !g_cancellable_is_cancelled(cancellable);
         waited += POLL_MS) {
        wl_active_profiles_free(self);
        wl_bus_wait(POLL_MS);
        self = load_all(bus, cancellable, error);
    }
    return self;
}

/* ---- one profile --------------------------------------------------------------------------- */

static gboolean
is_called(const WlActiveProfile *profile, const char *name)
{
    return strcmp(wl_property_string(profile->link, "Id"), name) == 0 ||
           strcmp(wl_property_string(profile->link, "Uuid"), name) == 0 ||
           strcmp(wl_property_string(profile->link, "Interface"), name) == 0;
}

/* Problems of other profiles do not matter once the named one is found. */
static void
keep_called(WlActiveProfiles *self, const char *name)
{
    gboolean found = FALSE;

    for (guint i = self->profiles->len; i > 0; i--) {
        if (is_called(g_ptr_array_index(self->profiles, i - 1), name))
            found = TRUE;
        else
            g_ptr_array_remove_index(self->profiles, i - 1);
    }
    if (found) {
        g_ptr_array_set_size(self->problems, 0);
        self->denied = 0;
    }
}

static void
set_nothing(const WlActiveProfiles *self, const char *name, GError **error)
{
    g_autofree char *shown = name ? wl_display_quote(name, MAX_LABEL) : NULL;

    if (self->problems->len > 0)
        g_propagate_error(error, g_error_copy(g_ptr_array_index(self->problems, 0)));
    else if (self->denied > 0)
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_NOT_PERMITTED,
                            "only root and the users of a private profile may see its peers: "
                            "run the command with sudo");
    else if (name)
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                    "no active wirelink profile is named \"%s\": wirelinkctl status "
                    "shows all active profiles, nmcli connection up NAME activates "
                    "one",
                    shown);
    else
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                            "no wirelink profile is active: activate one with nmcli "
                            "connection up NAME");
}

WlActiveProfiles *
wl_active_profiles_load(GDBusConnection *bus, const char *name, GCancellable *cancellable,
                        GError **error)
{
    g_autoptr(WlActiveProfiles) self = load_present(bus, cancellable, error);

    if (!self)
        return NULL;
    if (name)
        keep_called(self, name);
    if (self->profiles->len == 0) {
        set_nothing(self, name, error);
        return NULL;
    }
    for (guint i = 0; i < self->profiles->len; i++)
        check_version(self, g_ptr_array_index(self->profiles, i));
    return g_steal_pointer(&self);
}

/* Reading has its service probe it. */
static gboolean
is_in_doubt(const WlActivePeer *peer, gint64 now)
{
    gint64 heard = wl_property_int(peer->properties, "LastReply");

    return g_str_has_prefix(wl_property_string(peer->properties, "State"), "direct") &&
           !wl_property_boolean(peer->properties, "Basic") && heard > 0 && now - heard > RECENT;
}

static gboolean
are_in_doubt(const WlActiveProfiles *self)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;

    for (guint i = 0; i < self->profiles->len; i++) {
        const WlActiveProfile *profile = self->profiles->pdata[i];

        for (guint j = 0; j < profile->peers->len; j++) {
            if (is_in_doubt(profile->peers->pdata[j], now))
                return TRUE;
        }
    }
    return FALSE;
}

WlActiveProfiles *
wl_active_profiles_load_settled(GDBusConnection *bus, const char *name, GError **error)
{
    WlActiveProfiles *self = wl_active_profiles_load(bus, name, NULL, error);

    for (guint waited = 0; self && waited < SETTLE_MS && are_in_doubt(self); waited += POLL_MS) {
        wl_active_profiles_free(self);
        wl_bus_wait(POLL_MS);
        self = wl_active_profiles_load(bus, name, NULL, error);
    }
    return self;
}

WlExit
wl_active_profiles_finish(const WlActiveProfiles *self, gboolean json)
{
    const GError *first = self->problems->len > 0 ? g_ptr_array_index(self->problems, 0) : NULL;

    for (guint i = 0; !json && i < self->problems->len; i++) {
        const GError *problem = g_ptr_array_index(self->problems, i);

        wl_print_error("%s", problem->message);
    }
    return first ? (WlExit) first->code : WL_EXIT_OK;
}

const WlActiveProfile *
wl_active_profiles_get_only(const WlActiveProfiles *self, GError **error)
{
    g_autoptr(GString) labels = g_string_new(NULL);

    if (self->profiles->len == 1)
        return g_ptr_array_index(self->profiles, 0);
    for (guint i = 0; i < self->profiles->len; i++) {
        g_autofree char *label = wl_active_profile_label(g_ptr_array_index(self->profiles, i));

        g_string_append_printf(labels, "%s\"%s\"", i > 0 ? ", " : "", label);
    }
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_USAGE, "several profiles are active: name one of %s",
                labels->str);
    return NULL;
}

const WlActiveProfile *
wl_active_profiles_find(const WlActiveProfiles *self, const char *service)
{
    for (guint i = 0; i < self->profiles->len; i++) {
        const WlActiveProfile *profile = g_ptr_array_index(self->profiles, i);

        if (strcmp(profile->service, service) == 0)
            return profile;
    }
    return NULL;
}
