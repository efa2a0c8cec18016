/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-credentials.h"

#include <pwd.h>
#include <unistd.h>

#define MAX_ENTRIES 128
#define MAX_RECORD  (64 * 1024) /* of the user database */

typedef struct {
    WlCredentialsFunc func;
    gpointer user_data;
} Waiting;

typedef struct {
    WlCredentials *callers;
    char *sender;
    guint subscription;
    gboolean known;
    guint32 uid;
    char *user;
    guint64 used;
    GArray *waiting; /* of Waiting */
} Entry;

struct _WlCredentials {
    grefcount references; /* one for each question under way */
    GDBusConnection *connection;
    GCancellable *cancellable;
    gboolean names;
    GHashTable *entries; /* char* sender -> Entry */
    guint64 clock;
};

typedef struct {
    WlCredentials *callers;
    char *sender;
} Question;

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

static Question *
question_new(WlCredentials *self, const char *sender)
{
    Question *question = g_new0(Question, 1);

    g_ref_count_inc(&self->references);
    question->callers = self;
    question->sender = g_strdup(sender);
    return question;
}

static void
question_free(Question *question)
{
    unref(question->callers);
    g_free(question->sender);
    g_free(question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Question, question_free)

static void
answer(Entry *entry, const WlCaller *caller)
{
    g_autoptr(GArray) waiting = g_steal_pointer(&entry->waiting);

    entry->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
    for (guint i = 0; i < waiting->len; i++) {
        const Waiting *one = &g_array_index(waiting, Waiting, i);

        one->func(caller, one->user_data);
    }
}

static void
entry_free(Entry *entry)
{
    g_dbus_connection_signal_unsubscribe(entry->callers->connection, entry->subscription);
    answer(entry, NULL);
    g_array_unref(entry->waiting);
    g_free(entry->sender);
    g_free(entry->user);
    g_free(entry);
}

static void
drop(WlCredentials *self, const char *sender)
{
    Entry *entry = NULL;

    /* Out of the table first: those who wait may ask again. */
    if (g_hash_table_steal_extended(self->entries, sender, NULL, (gpointer *) &entry))
        entry_free(entry);
}

static void
settle(Entry *entry, char *user)
{
    WlCaller caller = {.uid = entry->uid, .user = user};

    entry->known = TRUE;
    entry->user = user;
    answer(entry, &caller);
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
    g_autoptr(Question) question = user_data;
    g_autofree char *user = g_task_propagate_pointer(G_TASK(result), NULL);
    Entry *entry = g_hash_table_lookup(question->callers->entries, question->sender);

    if (entry && !entry->known)
        settle(entry, g_steal_pointer(&user));
}

/* ---- the user of a unique name */

static void
on_uid(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Question) question = user_data;
    WlCredentials *self = question->callers;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
    Entry *entry = g_hash_table_lookup(self->entries, question->sender);

    if (!entry)
        return; /* gone in between, or we are */
    if (!reply) {
        drop(self, question->sender);
        return;
    }
    g_variant_get(reply, "(u)", &entry->uid);
    if (!self->names || entry->uid == 0) {
        settle(entry, NULL);
        return;
    }
    g_autoptr(GTask) task =
        g_task_new(NULL, self->cancellable, on_name, question_new(self, question->sender));

    g_task_set_task_data(task, GUINT_TO_POINTER(entry->uid), NULL);
    g_task_run_in_thread(task, find_name);
}

static void
on_owner_changed(GDBusConnection *connection, const char *bus, const char *path,
                 const char *interface, const char *signal, GVariant *parameters,
                 gpointer user_data)
{
    Entry *entry = user_data;

    drop(entry->callers, entry->sender);
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

    entry->callers = self;
    entry->sender = g_strdup(sender);
    entry->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
    g_hash_table_insert(self->entries, entry->sender, entry);
    /* Before the question, so that nothing falls in between. */
    entry->subscription = g_dbus_connection_signal_subscribe(
        self->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
        "/org/freedesktop/DBus", sender, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, entry, NULL);
    g_dbus_connection_call(
        self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        "GetConnectionUnixUser", g_variant_new("(s)", sender), G_VARIANT_TYPE("(u)"),
        G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_uid, question_new(self, sender));
    return entry;
}

void
wl_credentials_look_up(WlCredentials *self, const char *sender, WlCredentialsFunc func,
                       gpointer user_data)
{
    Entry *entry = g_hash_table_lookup(self->entries, sender);
    Waiting waiting = {func, user_data};

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
    g_array_append_val(entry->waiting, waiting);
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
