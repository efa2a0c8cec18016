/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-profiles.h"

#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"
#include "wl-ctl-output.h"

#include <string.h>

#define MAX_PROFILES 256
#define MAX_LABEL    63 /* columns of a name */
#define KEY_START    8  /* characters of a key that stand for it */

/* ---- values -------------------------------------------------------------------------------- */

const char *
wl_ctl_get_string(GVariant *properties, const char *name)
{
    const char *value = "";

    if (!g_variant_lookup(properties, name, "&s", &value))
        g_variant_lookup(properties, name, "&o", &value);
    return value;
}

guint64
wl_ctl_get_uint(GVariant *properties, const char *name)
{
    guint64 value = 0;
    guint32 value32;
    guint16 value16;

    if (g_variant_lookup(properties, name, "u", &value32))
        value = value32;
    else if (g_variant_lookup(properties, name, "q", &value16))
        value = value16;
    else
        g_variant_lookup(properties, name, "t", &value);
    return value;
}

gint64
wl_ctl_get_int(GVariant *properties, const char *name)
{
    gint64 value = 0;

    g_variant_lookup(properties, name, "x", &value);
    return value;
}

gboolean
wl_ctl_get_boolean(GVariant *properties, const char *name)
{
    gboolean value = FALSE;

    g_variant_lookup(properties, name, "b", &value);
    return value;
}

GVariant *
wl_ctl_get_value(GVariant *properties, const char *name, const char *type)
{
    return g_variant_lookup_value(properties, name, G_VARIANT_TYPE(type));
}

char *
wl_ctl_get_list(GVariant *properties, const char *name, const char *separator)
{
    g_autoptr(GVariant) list = wl_ctl_get_value(properties, name, "as");
    g_autofree const char **strings = list ? g_variant_get_strv(list, NULL) : NULL;

    return strings ? g_strjoinv(separator, (char **) strings) : g_strdup("");
}

char *
wl_ctl_short_key(const char *key)
{
    g_autofree char *shown = wl_ctl_harmless(key);
    const char *end = shown;

    for (guint i = 0; i < KEY_START && *end; i++)
        end = g_utf8_next_char(end);
    return g_strdup_printf("%.*s…", (int) (end - shown), shown);
}

char *
wl_ctl_profile_label(const WlCtlProfile *profile)
{
    const char *id = wl_ctl_get_string(profile->link, "Id");

    return wl_ctl_quote(*id ? id : wl_ctl_get_string(profile->link, "Uuid"), MAX_LABEL);
}

char *
wl_ctl_peer_label(const WlCtlPeer *peer)
{
    const char *name = wl_ctl_get_string(peer->properties, "Name");

    if (*name)
        return wl_ctl_quote(name, MAX_LABEL);
    return wl_ctl_short_key(wl_ctl_get_string(peer->properties, "PublicKey"));
}

const WlCtlPeer *
wl_ctl_profile_find_peer(const WlCtlProfile *profile, const char *path)
{
    for (guint i = 0; i < profile->peers->len; i++) {
        const WlCtlPeer *peer = g_ptr_array_index(profile->peers, i);

        if (strcmp(peer->path, path) == 0)
            return peer;
    }
    return NULL;
}

/* ---- life ---------------------------------------------------------------------------------- */

static void
peer_free(WlCtlPeer *peer)
{
    g_free(peer->path);
    g_variant_unref(peer->properties);
    g_free(peer);
}

static void
profile_free(WlCtlProfile *profile)
{
    g_free(profile->service);
    g_clear_pointer(&profile->link, g_variant_unref);
    g_ptr_array_unref(profile->peers);
    g_free(profile);
}

static WlCtlProfiles *
profiles_new(void)
{
    WlCtlProfiles *self = g_new0(WlCtlProfiles, 1);

    self->profiles = g_ptr_array_new_with_free_func((GDestroyNotify) profile_free);
    self->problems = g_ptr_array_new_with_free_func((GDestroyNotify) g_error_free);
    return self;
}

void
wl_ctl_profiles_free(WlCtlProfiles *self)
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
    return strcmp(wl_ctl_get_string(a, name), wl_ctl_get_string(b, name));
}

static int
compare_peers(gconstpointer a, gconstpointer b)
{
    const WlCtlPeer *left = *(WlCtlPeer *const *) a, *right = *(WlCtlPeer *const *) b;
    gboolean left_named = *wl_ctl_get_string(left->properties, "Name") != '\0';
    gboolean right_named = *wl_ctl_get_string(right->properties, "Name") != '\0';
    int order;

    if (left_named != right_named)
        return left_named ? -1 : 1;
    order = compare_strings(left->properties, right->properties, "Name");
    return order ? order : compare_strings(left->properties, right->properties, "PublicKey");
}

static int
compare_profiles(gconstpointer a, gconstpointer b)
{
    const WlCtlProfile *left = *(WlCtlProfile *const *) a, *right = *(WlCtlProfile *const *) b;
    int order = compare_strings(left->link, right->link, "Id");

    return order ? order : compare_strings(left->link, right->link, "Uuid");
}

static void
add_peer(WlCtlProfile *profile, const char *path, GVariant *properties)
{
    WlCtlPeer *peer = g_new0(WlCtlPeer, 1);

    peer->path = g_strdup(path);
    peer->properties = properties;
    g_ptr_array_add(profile->peers, peer);
}

/* @objects: a{oa{sa{sv}}}. The link of the result is NULL if there is none among them. */
static WlCtlProfile *
profile_new(const char *service, GVariant *objects, gint64 read_at)
{
    WlCtlProfile *profile = g_new0(WlCtlProfile, 1);
    GVariant *interfaces;
    GVariantIter iter;
    const char *path;

    profile->service = g_strdup(service);
    profile->read_at = read_at;
    profile->peers = g_ptr_array_new_with_free_func((GDestroyNotify) peer_free);
    g_variant_iter_init(&iter, objects);
    while (g_variant_iter_loop(&iter, "{&o@a{sa{sv}}}", &path, &interfaces)) {
        GVariant *properties;

        properties =
            g_variant_lookup_value(interfaces, WL_CTL_PEER_INTERFACE, G_VARIANT_TYPE_VARDICT);
        if (properties)
            add_peer(profile, path, properties);
        if (!profile->link)
            profile->link =
                g_variant_lookup_value(interfaces, WL_CTL_LINK_INTERFACE, G_VARIANT_TYPE_VARDICT);
    }
    g_ptr_array_sort(profile->peers, compare_peers);
    return profile;
}

/* ---- from the bus -------------------------------------------------------------------------- */

/* Each process queues for the base name, so its queue is the list of them. */
static GStrv
list_services(GDBusConnection *bus, GError **error)
{
    g_autoptr(WlCtlCall) call =
        wl_ctl_call_new("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                        "ListQueuedOwners", g_variant_new("(s)", WL_CTL_BASE_NAME), "(as)");
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GError) failure = NULL;
    GStrv owners = NULL;

    reply = wl_ctl_call_one(bus, call, &failure);
    if (reply)
        g_variant_get(reply, "(^as)", &owners);
    else if (wl_ctl_error_is_gone(failure))
        owners = g_new0(char *, 1);
    else
        g_propagate_error(error, wl_ctl_error_new_remote(failure, "the system bus"));
    return owners;
}

/* "the service of an active profile (process 1234)". */
static char *
describe_service(GDBusConnection *bus, const char *service)
{
    g_autoptr(WlCtlCall) call =
        wl_ctl_call_new("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                        "GetConnectionUnixProcessID", g_variant_new("(s)", service), "(u)");
    g_autoptr(GVariant) reply = wl_ctl_call_one(bus, call, NULL);
    guint32 process = 0;

    if (reply)
        g_variant_get(reply, "(u)", &process);
    return process ? g_strdup_printf("the service of an active profile (process %u)", process)
                   : g_strdup("the service of an active profile");
}

static void
check_version(WlCtlProfiles *self, const WlCtlProfile *profile)
{
    const char *version = wl_ctl_get_string(profile->link, "Version");
    g_autofree char *label = wl_ctl_profile_label(profile);
    g_autofree char *shown = wl_ctl_quote(version, MAX_LABEL);

    if (strcmp(version, WL_VERSION) == 0)
        return;
    g_ptr_array_add(
        self->problems,
        g_error_new(WL_CTL_ERROR, WL_EXIT_OTHER_VERSION,
                    "the service of \"%s\" is version %s and this wirelinkctl " WL_VERSION
                    ": take the profile down and up again with nmcli, which starts the service "
                    "that is installed",
                    label, *shown ? shown : "unknown"));
}

static void
take_objects(WlCtlProfiles *self, GDBusConnection *bus, const WlCtlCall *call)
{
    g_autoptr(GVariant) objects = g_variant_get_child_value(call->reply, 0);
    WlCtlProfile *profile = profile_new(call->destination, objects, call->answered);

    if (profile->link) {
        g_ptr_array_add(self->profiles, profile);
        return;
    }
    /* Without objects it is not up yet, or not any more. */
    if (g_variant_n_children(objects) > 0) {
        g_autofree char *who = describe_service(bus, call->destination);
        g_autoptr(GError) foreign = g_error_new_literal(
            G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE, WL_CTL_LINK_INTERFACE);

        g_ptr_array_add(self->problems, wl_ctl_error_new_remote(foreign, who));
    }
    profile_free(profile);
}

static void
take_error(WlCtlProfiles *self, GDBusConnection *bus, const char *service, const GError *failure)
{
    g_autofree char *who = NULL;
    GError *problem;

    if (wl_ctl_error_is_gone(failure) || g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    who = describe_service(bus, service);
    problem = wl_ctl_error_new_remote(failure, who);
    if (problem->code == WL_EXIT_NOT_PERMITTED) {
        self->denied++;
        g_error_free(problem);
    } else {
        g_ptr_array_add(self->problems, problem);
    }
}

static WlCtlProfiles *
load_all(GDBusConnection *bus, GCancellable *cancellable, GError **error)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) wl_ctl_call_free);
    g_auto(GStrv) services = list_services(bus, error);
    WlCtlProfiles *self;

    if (!services)
        return NULL;
    for (guint i = 0; services[i] && i < MAX_PROFILES; i++)
        g_ptr_array_add(calls, wl_ctl_call_new(services[i], WL_CTL_ROOT_PATH,
                                               "org.freedesktop.DBus.ObjectManager",
                                               "GetManagedObjects", NULL, "(a{oa{sa{sv}}})"));
    wl_ctl_call_all(bus, calls, cancellable);
    self = profiles_new();
    for (guint i = 0; i < calls->len; i++) {
        WlCtlCall *call = g_ptr_array_index(calls, i);

        if (call->reply)
            take_objects(self, bus, call);
        else
            take_error(self, bus, call->destination, call->error);
    }
    g_ptr_array_sort(self->profiles, compare_profiles);
    return self;
}

/* ---- the one asked for --------------------------------------------------------------------- */

static gboolean
is_called(const WlCtlProfile *profile, const char *name)
{
    return strcmp(wl_ctl_get_string(profile->link, "Id"), name) == 0 ||
           strcmp(wl_ctl_get_string(profile->link, "Uuid"), name) == 0 ||
           strcmp(wl_ctl_get_string(profile->link, "Interface"), name) == 0;
}

/* What fails elsewhere is no problem where the profile asked for was found. */
static void
keep_called(WlCtlProfiles *self, const char *name)
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
set_nothing(const WlCtlProfiles *self, const char *name, GError **error)
{
    g_autofree char *shown = name ? wl_ctl_quote(name, MAX_LABEL) : NULL;

    if (self->problems->len > 0)
        g_propagate_error(error, g_error_copy(g_ptr_array_index(self->problems, 0)));
    else if (self->denied > 0)
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_NOT_PERMITTED,
                            "only root and the users of a private profile may see its peers: run "
                            "this as root, as with sudo");
    else if (name)
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                    "no active wirelink profile is called \"%s\": wirelinkctl status shows all, "
                    "and nmcli connection up NAME brings one up",
                    shown);
    else
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                            "no wirelink profile is active: bring one up with nmcli connection up "
                            "NAME");
}

WlCtlProfiles *
wl_ctl_profiles_load(GDBusConnection *bus, const char *name, GCancellable *cancellable,
                     GError **error)
{
    g_autoptr(WlCtlProfiles) self = load_all(bus, cancellable, error);

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

WlExit
wl_ctl_profiles_finish(const WlCtlProfiles *self, gboolean json)
{
    const GError *first = self->problems->len > 0 ? g_ptr_array_index(self->problems, 0) : NULL;

    for (guint i = 0; !json && i < self->problems->len; i++) {
        const GError *problem = g_ptr_array_index(self->problems, i);

        wl_ctl_complain("%s", problem->message);
    }
    return first ? (WlExit) first->code : WL_EXIT_OK;
}

const WlCtlProfile *
wl_ctl_profiles_get_only(const WlCtlProfiles *self, GError **error)
{
    g_autoptr(GString) labels = g_string_new(NULL);

    if (self->profiles->len == 1)
        return g_ptr_array_index(self->profiles, 0);
    for (guint i = 0; i < self->profiles->len; i++) {
        g_autofree char *label = wl_ctl_profile_label(g_ptr_array_index(self->profiles, i));

        g_string_append_printf(labels, "%s\"%s\"", i > 0 ? ", " : "", label);
    }
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_USAGE, "several profiles are active: say which of %s",
                labels->str);
    return NULL;
}

const WlCtlProfile *
wl_ctl_profiles_find(const WlCtlProfiles *self, const char *service)
{
    for (guint i = 0; i < self->profiles->len; i++) {
        const WlCtlProfile *profile = g_ptr_array_index(self->profiles, i);

        if (strcmp(profile->service, service) == 0)
            return profile;
    }
    return NULL;
}
