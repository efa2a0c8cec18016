/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"
#include "wl-ctl-output.h"
#include "wl-ctl-profiles.h"
#include "wl-ctl-signals.h"
#include "wl-ctl-terminal.h"
#include "wl-ctl.h"

#include <stdio.h>
#include <string.h>

#define TURN      250            /* ms between two looks at the clock */
#define SHORTEST  G_USEC_PER_SEC /* us between two reads of everything */
#define MAX_LABEL 63
#define MAX_NOTE  300

typedef struct {
    char *name, *key, *state, *reason; /* as the service says them */
} Peer;

typedef struct {
    char *label, *id;
    GHashTable *peers; /* of Peer by object path */
    guint64 read;      /* place of the reply that it is as of */
} Profile;

typedef struct {
    const char *name; /* of the profile asked for, or NULL */
    gboolean json;
    WlPage page;
    WlCtlSignals *signals;
    GHashTable *profiles; /* of Profile by unique name */
    gboolean want_read;
} Watch;

static void
peer_free(Peer *peer)
{
    g_free(peer->name);
    g_free(peer->key);
    g_free(peer->state);
    g_free(peer->reason);
    g_free(peer);
}

static void
profile_free(Profile *profile)
{
    g_free(profile->label);
    g_free(profile->id);
    g_hash_table_unref(profile->peers);
    g_free(profile);
}

static Peer *
peer_new(GVariant *properties)
{
    Peer *peer = g_new0(Peer, 1);

    peer->name = g_strdup(wl_ctl_get_string(properties, "Name"));
    peer->key = g_strdup(wl_ctl_get_string(properties, "PublicKey"));
    peer->state = g_strdup(wl_ctl_get_string(properties, "State"));
    peer->reason = g_strdup(wl_ctl_get_string(properties, "Reason"));
    return peer;
}

static Profile *
profile_new(const WlCtlProfile *read)
{
    Profile *profile = g_new0(Profile, 1);

    profile->label = wl_ctl_profile_label(read);
    profile->id = g_strdup(wl_ctl_get_string(read->link, "Id"));
    profile->peers =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) peer_free);
    return profile;
}

/* ---- lines --------------------------------------------------------------------------------- */

static void
print_json(const Profile *profile, const Peer *peer, const char *change, const char *before)
{
    JsonObject *object = json_object_new();

    json_object_set_int_member(object, "time", g_get_real_time() / G_USEC_PER_SEC);
    json_object_set_string_member(object, "profile", profile->id);
    json_object_set_string_member(object, "change", change);
    if (peer) {
        json_object_set_string_member(object, "peer", peer->name);
        json_object_set_string_member(object, "public_key", peer->key);
        if (before)
            json_object_set_string_member(object, "old_state", before);
        json_object_set_string_member(object, "state", peer->state);
        json_object_set_string_member(object, "reason", peer->reason);
    }
    wl_ctl_print_json(object, FALSE);
}

static void
append_state(const Watch *self, GString *line, const char *state)
{
    g_autofree char *shown = wl_ctl_quote(state, MAX_LABEL);

    wl_page_append(&self->page, line, wl_style_of_state(state), *shown ? shown : "-");
}

static void
append_change(const Watch *self, GString *line, const Peer *peer, const char *change,
              const char *before)
{
    g_autofree char *reason = wl_ctl_quote(peer->reason, MAX_NOTE);

    if (strcmp(change, "removed") == 0) {
        g_string_append(line, change);
        return;
    }
    if (strcmp(change, "added") == 0)
        g_string_append_printf(line, "%s, ", change);
    if (before) {
        append_state(self, line, before);
        g_string_append(line, " -> ");
    }
    append_state(self, line, peer->state);
    if (*reason)
        g_string_append_printf(line, ": %s", reason);
}

/* @change: "up" or "down" of a profile; "added", "removed" or "state" of a peer. @before: its old
 * state, NULL where there was none or it is the same. */
static void
report(const Watch *self, const Profile *profile, const Peer *peer, const char *change,
       const char *before)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *time = g_date_time_format(now, "%H:%M:%S");
    g_autoptr(GString) line = g_string_new(time);

    if (self->json) {
        print_json(profile, peer, change, before);
        fflush(stdout);
        return;
    }
    g_string_append_printf(line, "  %s", profile->label);
    if (peer) {
        g_autofree char *name =
            *peer->name ? wl_ctl_quote(peer->name, MAX_LABEL) : wl_ctl_short_key(peer->key);

        g_string_append_printf(line, "  %s  ", name);
        append_change(self, line, peer, change, before);
    } else {
        g_string_append_printf(line, "  %s", change);
    }
    puts(line->str);
    fflush(stdout);
}

/* ---- what changed -------------------------------------------------------------------------- */

static void
set_string(char **place, const char *value)
{
    g_free(*place);
    *place = g_strdup(value);
}

/* @state, @reason: NULL where they stay. */
static void
update_peer(const Watch *self, const Profile *profile, Peer *peer, const char *state,
            const char *reason)
{
    g_autofree char *before = g_strdup(peer->state);
    gboolean other_state = state && strcmp(state, peer->state) != 0;
    gboolean other_reason = reason && strcmp(reason, peer->reason) != 0;

    if (!other_state && !other_reason)
        return;
    if (state)
        set_string(&peer->state, state);
    if (reason)
        set_string(&peer->reason, reason);
    report(self, profile, peer, "state", other_state ? before : NULL);
}

static void
add_peer(const Watch *self, Profile *profile, const char *path, GVariant *properties,
         gboolean silent)
{
    Peer *peer = peer_new(properties);

    g_hash_table_insert(profile->peers, g_strdup(path), peer);
    if (!silent)
        report(self, profile, peer, "added", NULL);
}

static void
remove_peer(const Watch *self, Profile *profile, const char *path)
{
    const Peer *peer = g_hash_table_lookup(profile->peers, path);

    if (!peer)
        return;
    report(self, profile, peer, "removed", NULL);
    g_hash_table_remove(profile->peers, path);
}

static void
compare_profile(const Watch *self, Profile *profile, const WlCtlProfile *read, gboolean silent)
{
    g_autoptr(GList) paths = g_hash_table_get_keys(profile->peers);

    for (GList *i = paths; i; i = i->next) {
        if (!wl_ctl_profile_find_peer(read, i->data))
            remove_peer(self, profile, i->data);
    }
    for (guint i = 0; i < read->peers->len; i++) {
        const WlCtlPeer *now = g_ptr_array_index(read->peers, i);
        Peer *peer = g_hash_table_lookup(profile->peers, now->path);

        if (!peer) {
            add_peer(self, profile, now->path, now->properties, silent);
            continue;
        }
        set_string(&peer->name, wl_ctl_get_string(now->properties, "Name"));
        update_peer(self, profile, peer, wl_ctl_get_string(now->properties, "State"),
                    wl_ctl_get_string(now->properties, "Reason"));
    }
    profile->read = wl_ctl_signals_get_read(self->signals, read->service);
}

/* @read: NULL where nothing is active any more. */
static void
compare_all(Watch *self, const WlCtlProfiles *read, gboolean silent)
{
    g_autoptr(GList) services = g_hash_table_get_keys(self->profiles);

    for (GList *i = services; i; i = i->next) {
        /* What does not answer now is not down for that. */
        if (read && (read->problems->len > 0 || wl_ctl_profiles_find(read, i->data)))
            continue;
        report(self, g_hash_table_lookup(self->profiles, i->data), NULL, "down", NULL);
        g_hash_table_remove(self->profiles, i->data);
    }
    for (guint i = 0; read && i < read->profiles->len; i++) {
        const WlCtlProfile *now = g_ptr_array_index(read->profiles, i);
        Profile *profile = g_hash_table_lookup(self->profiles, now->service);

        if (!profile) {
            profile = profile_new(now);
            g_hash_table_insert(self->profiles, g_strdup(now->service), profile);
            if (!silent)
                report(self, profile, NULL, "up", NULL);
        }
        compare_profile(self, profile, now, silent);
    }
}

/* ---- signals ------------------------------------------------------------------------------- */

static gboolean
is_about_state(const char *const *names)
{
    return g_strv_contains(names, "State") || g_strv_contains(names, "Reason") ||
           g_strv_contains(names, "Name");
}

static void
take_changes(Watch *self, Profile *profile, const WlCtlSignal *signal)
{
    g_autoptr(GVariant) changed = NULL;
    g_autofree const char **invalidated = NULL;
    const char *name = NULL, *state = NULL, *reason = NULL;
    Peer *peer = g_hash_table_lookup(profile->peers, signal->path);

    if (!g_variant_is_of_type(signal->parameters, G_VARIANT_TYPE("(sa{sv}as)")) || !peer)
        return;
    g_variant_get(signal->parameters, "(&s@a{sv}^a&s)", NULL, &changed, &invalidated);
    g_variant_lookup(changed, "Name", "&s", &name);
    g_variant_lookup(changed, "State", "&s", &state);
    g_variant_lookup(changed, "Reason", "&s", &reason);
    if (name)
        set_string(&peer->name, name);
    update_peer(self, profile, peer, state, reason);
    if (is_about_state(invalidated))
        self->want_read = TRUE;
}

static void
take_added(Watch *self, Profile *profile, const WlCtlSignal *signal)
{
    g_autoptr(GVariant) interfaces = NULL;
    g_autoptr(GVariant) properties = NULL;
    const char *path;

    if (!g_variant_is_of_type(signal->parameters, G_VARIANT_TYPE("(oa{sa{sv}})")))
        return;
    g_variant_get(signal->parameters, "(&o@a{sa{sv}})", &path, &interfaces);
    properties = g_variant_lookup_value(interfaces, WL_CTL_PEER_INTERFACE, G_VARIANT_TYPE_VARDICT);
    if (!properties || g_hash_table_contains(profile->peers, path))
        return;
    /* Those of a private profile are to be read. */
    if (*wl_ctl_get_string(properties, "PublicKey"))
        add_peer(self, profile, path, properties, FALSE);
    else
        self->want_read = TRUE;
}

static void
take_removed(Watch *self, Profile *profile, const WlCtlSignal *signal)
{
    g_autofree const char **interfaces = NULL;
    const char *path;

    if (!g_variant_is_of_type(signal->parameters, G_VARIANT_TYPE("(oas)")))
        return;
    g_variant_get(signal->parameters, "(&o^a&s)", &path, &interfaces);
    if (g_strv_contains(interfaces, WL_CTL_PEER_INTERFACE))
        remove_peer(self, profile, path);
}

static void
take_signal(Watch *self, const WlCtlSignal *signal)
{
    Profile *profile = g_hash_table_lookup(self->profiles, signal->sender);

    /* A service that came or went, or one that is not known yet. */
    if (!profile)
        self->want_read = TRUE;
    else if (signal->place <= profile->read)
        return; /* it is older than what was read */
    else if (strcmp(signal->member, "PropertiesChanged") == 0)
        take_changes(self, profile, signal);
    else if (strcmp(signal->member, "InterfacesAdded") == 0)
        take_added(self, profile, signal);
    else if (strcmp(signal->member, "InterfacesRemoved") == 0)
        take_removed(self, profile, signal);
}

/* ---- the command --------------------------------------------------------------------------- */

static gboolean
turn(gpointer user_data)
{
    return G_SOURCE_CONTINUE;
}

/* A service that does not answer keeps what was known of it. */
static void
read_again(Watch *self, GDBusConnection *bus, GCancellable *end)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlCtlProfiles) read = wl_ctl_profiles_load(bus, self->name, end, &error);

    self->want_read = FALSE;
    if (g_cancellable_is_cancelled(end))
        return;
    if (read || g_error_matches(error, WL_CTL_ERROR, WL_EXIT_NOTHING))
        compare_all(self, read, FALSE);
}

static WlExit
watch(Watch *self, GDBusConnection *bus)
{
    g_autoptr(WlScreen) screen = wl_screen_new(FALSE);
    GCancellable *end = wl_screen_get_end(screen);
    guint timer = g_timeout_add(TURN, turn, NULL);
    gint64 last = 0;

    while (!g_cancellable_is_cancelled(end) && !g_dbus_connection_is_closed(bus)) {
        g_autoptr(WlCtlSignal) signal = wl_ctl_signals_take(self->signals);

        if (signal) {
            take_signal(self, signal);
        } else if (self->want_read && g_get_monotonic_time() - last >= SHORTEST) {
            read_again(self, bus, end);
            last = g_get_monotonic_time();
        } else {
            g_main_context_iteration(NULL, TRUE);
        }
        /* Nobody reads on. */
        if (ferror(stdout))
            break;
    }
    g_source_remove(timer);
    return g_cancellable_is_cancelled(end) ? WL_EXIT_OK : WL_EXIT_FAILURE;
}

WlExit
wl_cmd_watch(char **arguments)
{
    Watch self = {0};
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &self.json, "print a JSON document a line", NULL},
        {NULL},
    };
    g_auto(GStrv) rest = NULL;
    g_autoptr(GDBusConnection) bus = NULL;
    g_autoptr(WlCtlSignals) signals = NULL;
    g_autoptr(WlCtlProfiles) first = NULL;
    g_autoptr(GError) error = NULL;
    WlExit result;

    if (!wl_ctl_parse("watch", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    bus = wl_ctl_bus_get(&error);
    signals = bus ? wl_ctl_signals_new(bus) : NULL;
    first = bus ? wl_ctl_profiles_load(bus, rest[0], NULL, &error) : NULL;
    if (!first)
        return wl_ctl_fail(self.json, error);
    self.name = rest[0];
    self.signals = signals;
    wl_page_init(&self.page);
    self.profiles =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) profile_free);
    wl_ctl_profiles_finish(first, FALSE);
    compare_all(&self, first, TRUE);
    result = watch(&self, bus);
    if (g_dbus_connection_is_closed(bus))
        wl_ctl_complain("the system bus is gone: start dbus, and NetworkManager after it");
    g_hash_table_unref(self.profiles);
    return result;
}
