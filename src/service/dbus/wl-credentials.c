/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Credentials of bus clients. A cache entry is created before the lookup and removed when the
 * unique name disappears; at most MAX_ENTRIES exist. */

#include "wl-credentials.h"

#include <pwd.h>
#include <unistd.h>

#define MAX_ENTRIES 128
#define MAX_RECORD  (64 * 1024) /* bytes of a record of the user database */

typedef struct {
    WlCredentialsFunc func;
    gpointer user_data;
} PendingCall;

typedef struct {
    WlCredentials *credentials;
    char *sender;
    guint subscription;
    gboolean known;
    guint32 uid;
    char *user;
    guint64 used;
    GArray *pending; /* of PendingCall */
} Entry;

struct _WlCredentials {
    grefcount references; /* one for each pending lookup */
    GDBusConnection *connection;
    GCancellable *cancellable;
    gboolean names;
    GHashTable *entries; /* char* sender -> Entry */
    guint64 clock;
};

typedef struct {
    WlCredentials *credentials;
    char *sender;
} Lookup;

static void
unref(WlCredentials *self)
{
    if (!g_ref_count_dec(&self->references))
        return;
    g_hash_table_unref(self->entries);
    g_object_unref(self->cancellable);
    g_object_unref(self->connection);
    g_free(self);
}

static Lookup *
lookup_new(WlCredentials *self, const char *sender)
{
    Lookup *lookup = g_new0(Lookup, 1);

    g_ref_count_inc(&self->references);
    lookup->credentials = self;
    lookup->sender = g_strdup(sender);
    return lookup;
}

static void
lookup_free(Lookup *lookup)
{
    unref(lookup->credentials);
    g_free(lookup->sender);
    g_free(lookup);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lookup, lookup_free)

static void
call_pending(Entry *entry, const WlCaller *caller)
{
    g_autoptr(GArray) pending = g_steal_pointer(&entry->pending);

    entry->pending = g_array_new(FALSE, FALSE, sizeof(PendingCall));
    for (guint i = 0; i < pending->len; i++) {
        const PendingCall *call = &g_array_index(pending, PendingCall, i);

        call->func(caller, call->user_data);
    }
}

static void
entry_free(Entry *entry)
{
    g_dbus_connection_signal_unsubscribe(entry->credentials->connection, entry->subscription);
    call_pending(entry, NULL);
    g_array_unref(entry->pending);
    g_free(entry->sender);
    g_free(entry->user);
    g_free(entry);
}

static void
drop(WlCredentials *self, const char *sender)
{
    Entry *entry = NULL;

    /* Remove it from the table first: the functions may look up again. */
    if (g_hash_table_steal_extended(self->entries, sender, NULL, (gpointer *) &entry))
        entry_free(entry);
}

static void
complete(Entry *entry, char *user)
{
    WlCaller caller = {.uid = entry->uid, .user = user};

    entry->known = TRUE;
    entry->user = user;
    call_pending(entry, &caller);
}

/* ---- the name of a user, in a thread */

static void
find_name(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
    g_autofree char *buffer = g_malloc(MAX_RECORD);
    struct passwd record, *found = NULL;

    getpwuid_r((uid_t) GPOINTER_TO_UINT(task_data), &record, buffer, MAX_RECORD, &found);
    g_task_return_pointer(task, found ? g_strdup(found->pw_name) : NULL, g_free);
}

static void
on_name(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Lookup) lookup = user_data;
    g_autofree char *user = g_task_propagate_pointer(G_TASK(result), NULL);
    Entry *entry = g_hash_table_lookup(lookup->credentials->entries, lookup->sender);

    if (entry && !entry->known)
        complete(entry, g_steal_pointer(&user));
}

/* ---- the user of a unique name */

static void
on_uid(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Lookup) lookup = user_data;
    WlCredentials *self = lookup->credentials;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
    Entry *entry = g_hash_table_lookup(self->entries, lookup->sender);

    if (!entry)
        return; /* the name disappeared or wl_credentials_free() was called */
    if (!reply) {
        drop(self, lookup->sender);
        return;
    }
    g_variant_get(reply, "(u)", &entry->uid);
    if (!self->names || entry->uid == 0) {
        complete(entry, NULL);
        return;
    }
    g_autoptr(GTask) task =
        g_task_new(NULL, self->cancellable, on_name, lookup_new(self, lookup->sender));

    g_task_set_task_data(task, GUINT_TO_POINTER(entry->uid), NULL);
    g_task_run_in_thread(task, find_name);
}

static void
on_owner_changed(GDBusConnection *connection, const char *bus, const char *path,
                 const char *interface, const char *signal, GVariant *parameters,
                 gpointer user_data)
{
    Entry *entry = user_data;

    drop(entry->credentials, entry->sender);
}

static gboolean
make_room(WlCredentials *self)
{
    GHashTableIter iter;
    Entry *entry, *oldest = NULL;

    if (g_hash_table_size(self->entries) < MAX_ENTRIES)
        return TRUE;
    g_hash_table_iter_init(&iter, self->entries);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *) &entry)) {
        if (entry->known && (!oldest || entry->used < oldest->used))
            oldest = entry;
    }
    if (oldest)
        drop(self, oldest->sender);
    return oldest != NULL;
}

static Entry *
add(WlCredentials *self, const char *sender)
{
    Entry *entry = g_new0(Entry, 1);

    entry->credentials = self;
    entry->sender = g_strdup(sender);
    entry->pending = g_array_new(FALSE, FALSE, sizeof(PendingCall));
    g_hash_table_insert(self->entries, entry->sender, entry);
    /* Subscribe before the lookup, so that no change is missed. */
    entry->subscription = g_dbus_connection_signal_subscribe(
        self->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
        "/org/freedesktop/DBus", sender, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, entry, NULL);
    g_dbus_connection_call(
        self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "GetConnectionUnixUser", g_variant_new("(s)", sender), G_VARIANT_TYPE("(u)"),
        G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_uid, lookup_new(self, sender));
    return entry;
}

void
wl_credentials_look_up(WlCredentials *self, const char *sender, WlCredentialsFunc func,
                       gpointer user_data)
{
    Entry *entry = g_hash_table_lookup(self->entries, sender);
    PendingCall pending = {func, user_data};

    if (entry && entry->known) {
        WlCaller caller = {.uid = entry->uid, .user = entry->user};

        entry->used = ++self->clock;
        func(&caller, user_data);
        return;
    }
    if (!entry && !make_room(self)) {
        func(NULL, user_data);
        return;
    }
    if (!entry)
        entry = add(self, sender);
    entry->used = ++self->clock;
    g_array_append_val(entry->pending, pending);
}

/* ---- life */

WlCredentials *
wl_credentials_new(GDBusConnection *connection, gboolean names)
{
    WlCredentials *self = g_new0(WlCredentials, 1);

    g_ref_count_init(&self->references);
    self->connection = g_object_ref(connection);
    self->cancellable = g_cancellable_new();
    self->names = names;
    self->entries =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
    return self;
}

void
wl_credentials_free(WlCredentials *self)
{
    if (!self)
        return;
    g_cancellable_cancel(self->cancellable);
    g_hash_table_remove_all(self->entries);
    unref(self);
}
